import RetryCore
import Testing

@testable import RetryDaemon

@Suite struct ImportDocumentTests {
    private func document(
        pipelines: Int = 1000,
        finished: Int,
        attempts: Int = 0,
        new: Int = 0,
        failures: [String] = [],
        isFinished: Bool = false,
        seconds: Int
    ) -> ImportDocument {
        var tally = ImportTally(pipelines: pipelines)
        (tally.finished, tally.attempts, tally.new) = (finished - failures.count, attempts, new)
        tally.calls = 7
        for failure in failures { tally.fail(1, failure) }
        return ImportDocument(tally, isFinished: isFinished, elapsed: .seconds(seconds))
    }

    @Test func `the progress is one line, with rate and time left`() {
        #expect(document(finished: 0, seconds: 0).progress == "0 of 1000 pipelines, 0 attempts")
        #expect(
            document(finished: 250, attempts: 91_250, seconds: 456).progress
                == "250 of 1000 pipelines, 91250 attempts, 200 a second, 23m left"
        )
        #expect(
            document(pipelines: 2, finished: 1, attempts: 1, seconds: 20).progress
                == "1 of 2 pipelines, 1 attempt, 0 a second, 20s left"
        )
        let longest = document(
            pipelines: 100_000,
            finished: 12_345,
            attempts: 12_345_678,
            seconds: 61_728
        )
        #expect(longest.progress.count <= 80)
    }

    @Test func `the result is a sentence`() {
        #expect(
            document(finished: 1000, attempts: 9, new: 5, isFinished: true, seconds: 61).sentence
                == "imported 5 attempts of 1000 pipelines in 1m1s with 7 calls; 4 more were known"
        )
        #expect(
            document(
                pipelines: 2,
                finished: 2,
                attempts: 1,
                new: 1,
                failures: ["prod/web: AccessDeniedException: no"],
                isFinished: true,
                seconds: 3
            ).sentence
                == "imported 1 attempt of 1 pipeline in 3s with 7 calls; 1 could not be read: "
                + "prod/web: AccessDeniedException: no"
        )
    }

    @Test func `the failures that it lists are few`() {
        var tally = ImportTally(pipelines: 100)
        for number in 0..<50 { tally.fail(1, "\(number)") }
        #expect(tally.failures.count == ImportTally.mostFailures)
        #expect(tally.failed == 50)
    }

    @Test func `questions and answers about an import survive the wire`() {
        let request = ImportRequest(
            scope: PauseScope(target: "prod", pipeline: "web"),
            since: .seconds(86_400)
        )
        for question in [ControlQuestion.importHistory(request), .importProgress] {
            #expect(ControlQuestion(bytes: question.bytes) == question)
        }
        let answer = ControlAnswer(
            .done,
            progress: document(finished: 3, failures: ["no"], seconds: 9)
        )
        #expect(ControlAnswer(bytes: answer.bytes) == answer)
    }

    @Test(arguments: [
        #"{"command":"import_history"}"#,
        #"{"command":"import_history","since_seconds":0}"#,
        #"{"command":"import_history","since_seconds":9,"stage":"Build"}"#,
    ])
    func `an import without a time, or of a stage, is no question`(_ text: String) {
        #expect(ControlQuestion(bytes: Array(text.utf8)) == nil)
    }
}
