import Primitives
import Testing

@testable import RetryCore

@Suite struct ExecutionReadingTests {
    private static let start = WallTime(milliseconds: 1_760_000_000_000)

    /// One attempt: its action, the second of its start, the second of its end, how it ended.
    struct Attempt: Sendable, CustomTestStringConvertible {
        let action: ActionName
        let from: Int
        let to: Int
        let status: ActionStatus
        var stage: StageName = "Deploy"

        init(
            _ action: ActionName,
            _ from: Int,
            _ to: Int,
            _ status: ActionStatus,
            _ stage: StageName = "Deploy"
        ) {
            (self.action, self.from, self.to, self.status) = (action, from, to, status)
            self.stage = stage
        }

        var testDescription: String { "\(action) \(from)-\(to) \(status)" }

        func row(_ number: Int) -> ActionRow {
            ActionRow(
                stage: stage,
                action: ActionSnapshot(
                    name: action,
                    executionID: ActionExecutionID("a\(number)"),
                    status: status,
                    lastStatusChange: ExecutionReadingTests.start + .seconds(to)
                ),
                started: ExecutionReadingTests.start + .seconds(from)
            )
        }
    }

    private func reading(
        _ attempts: [Attempt],
        _ status: ExecutionStatus = .failed
    ) -> ExecutionReading {
        ExecutionReading(
            summary: ExecutionSummary(id: "e", status: status, mode: .parallel),
            rows: attempts.enumerated().map { $1.row($0) }
        )
    }

    @Test(
        arguments: [
            // A definition that drops RETRY, or gets it, makes no retry of before another's.
            (known: (1, 0), shown: (0, 1), expected: (1, 0)),
            ((1, 0), (0, 2), (1, 1)), ((0, 1), (1, 0), (0, 1)), ((0, 1), (1, 1), (1, 1)),
            ((0, 0), (0, 1), (0, 1)), ((0, 0), (1, 0), (1, 0)),
            // A history that lags.
            ((1, 1), (1, 0), (1, 0)), ((1, 1), (0, 1), (1, 0)), ((1, 0), (0, 0), (0, 0)),
        ] as [(known: (Int, Int), shown: (Int, Int), expected: (Int, Int))]
    )
    func `whose a retry was does not change with the definition`(
        known: (Int, Int),
        shown: (Int, Int),
        expected: (Int, Int)
    ) {
        let before = RetryCounters(automatic: known.0, manual: known.1)
        let counters = RetryCounters(automatic: shown.0, manual: shown.1).following(before)
        #expect(counters == RetryCounters(automatic: expected.0, manual: expected.1))
    }

    @Test(arguments: [
        ([Attempt("A", 0, 5, .failed)], 0),
        ([Attempt("A", 0, 5, .failed), Attempt("A", 6, 9, .failed)], 1),
        // Two that failed together are retried together.
        (
            [
                Attempt("A", 0, 5, .failed), Attempt("B", 0, 4, .failed),
                Attempt("A", 9, 12, .failed), Attempt("B", 10, 11, .succeeded),
            ], 1
        ),
        // ALL_ACTIONS runs again what had succeeded.
        (
            [
                Attempt("A", 0, 5, .succeeded), Attempt("B", 6, 8, .failed),
                Attempt("A", 9, 10, .succeeded), Attempt("B", 11, 12, .failed),
            ], 1
        ),
        // A first, then a later action: each retry counts.
        (
            [
                Attempt("A", 0, 5, .failed), Attempt("A", 6, 8, .succeeded),
                Attempt("B", 9, 12, .failed), Attempt("B", 14, 15, .failed),
                Attempt("B", 20, 21, .succeeded),
            ], 3
        ),
        // A stop that abandoned it may be retried too.
        ([Attempt("A", 0, 5, .abandoned), Attempt("A", 7, 9, .failed)], 1),
    ])
    func `retries are counted by the attempts`(attempts: [Attempt], retries: Int) {
        for order in [attempts, attempts.reversed()] {
            let stage = reading(order).stage("Deploy", retriesItself: false)
            #expect(stage.counters == RetryCounters(automatic: 0, manual: retries))
        }
        let own = reading(attempts).stage("Deploy", retriesItself: true).counters
        #expect(own.automatic == min(1, retries))
        #expect(own.automatic + own.manual == retries)
    }

    @Test(arguments: [
        (ExecutionStatus.failed, StageStatus.failed), (.inProgress, .inProgress),
        (.stopped, .stopped), (.stopping, .stopping), (.cancelled, .cancelled),
        (.superseded, .cancelled), (.succeeded, .succeeded), (.unknown("X"), .unknown("X")),
    ])
    func `the newest stage has the execution's status, and those before have succeeded`(
        status: ExecutionStatus,
        expected: StageStatus
    ) {
        let reading = reading(
            [Attempt("Build", 0, 5, .failed, "Build"), Attempt("A", 6, 9, .failed)],
            status
        )
        #expect(reading.currentStage == "Deploy")
        #expect(reading.stage("Deploy", retriesItself: false).latest?.status == expected)
        #expect(reading.stage("Build", retriesItself: false).latest?.status == .succeeded)
    }

    @Test(arguments: [
        ([Attempt("A", 0, 5, .inProgress)], true),
        ([Attempt("A", 0, 5, .succeeded)], true),
        ([], true),
        ([Attempt("A", 0, 5, .failed), Attempt("B", 0, 5, .inProgress)], false),
        ([Attempt("A", 0, 5, .failed), Attempt("A", 6, 9, .inProgress)], true),
    ])
    func `a failed execution without a failed action has a history that lags`(
        attempts: [Attempt],
        lacks: Bool
    ) {
        #expect(reading(attempts).lacksFailure == lacks)
        #expect(!reading(attempts, .inProgress).lacksFailure)
    }

    @Test func `an attempt that two pages show counts once, as it was last`() {
        var older = Attempt("A", 0, 5, .inProgress).row(1)
        older.action.lastStatusChange = Self.start
        let newer = Attempt("A", 0, 5, .failed).row(1)
        for rows in [[older, newer], [newer, older]] {
            let summary = ExecutionSummary(id: "e", status: .failed)
            let stage = ExecutionReading(summary: summary, rows: rows)
                .stage("Deploy", retriesItself: false)
            #expect(stage.actions.map(\.status) == [.failed])
            #expect(stage.counters.manual == 0)
        }
    }
}
