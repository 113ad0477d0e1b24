import Primitives
import Testing

@testable import RootCauseClient

@Suite struct BuildReadingTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let payload: String
        let phase: String?
        let status: String?
        let code: String?
        let ran: Bool?
        let readsLog: Bool

        var testDescription: String { payload }
    }

    private static let rows = [
        Row(
            payload: "failed-command",
            phase: "BUILD",
            status: "FAILED",
            code: "COMMAND_EXECUTION_ERROR",
            ran: true,
            readsLog: true
        ),
        Row(
            payload: "timed-out",
            phase: "BUILD",
            status: "TIMED_OUT",
            code: "BUILD_TIMED_OUT",
            ran: true,
            readsLog: true
        ),
        Row(
            payload: "stopped",
            phase: "BUILD",
            status: "STOPPED",
            code: nil,
            ran: true,
            readsLog: true
        ),
        Row(
            payload: "queued",
            phase: "QUEUED",
            status: "TIMED_OUT",
            code: "BUILD_TIMED_OUT",
            ran: false,
            readsLog: false
        ),
        Row(
            payload: "provisioning",
            phase: "PROVISIONING",
            status: "FAULT",
            code: "INTERNAL_SERVICE_ERROR",
            ran: false,
            readsLog: false
        ),
        Row(
            payload: "download",
            phase: "DOWNLOAD_SOURCE",
            status: "FAILED",
            code: "Decrypted Variables Error",
            ran: false,
            readsLog: false
        ),
        Row(
            payload: "upload",
            phase: "UPLOAD_ARTIFACTS",
            status: "FAILED",
            code: "CLIENT_ERROR",
            ran: true,
            readsLog: false
        ),
        Row(
            payload: "unknown-values",
            phase: "TELEPORT",
            status: "EVAPORATED",
            code: "SOMETHING_NEW",
            ran: nil,
            readsLog: false
        ),
        Row(
            payload: "in-progress",
            phase: nil,
            status: "IN_PROGRESS",
            code: nil,
            ran: true,
            readsLog: false
        ),
    ]

    @Test(arguments: rows)
    func `the first phase that failed is the cause, by its own status`(_ row: Row) throws {
        var script: [(AWSOperation, Reply)] = [
            (.batchGetBuilds, .payload("codebuild.BatchGetBuilds.\(row.payload)"))
        ]
        if row.readsLog { script.append((.getLogEvents, .payload("logs.GetLogEvents.tail"))) }
        let reading = try CauseReading.played(Subjects.build, script)
        let evidence = try #require(reading.result.evidence)
        #expect(evidence.phase == row.phase)
        #expect(evidence.status == row.status)
        #expect(evidence.code == row.code)
        #expect(evidence.ranUserCode == row.ran)
        #expect(evidence.resource == Subjects.buildID)
        #expect(evidence.logLines.isEmpty == !row.readsLog)
        #expect(evidence.gaps.isEmpty)
        #expect(
            evidence.consoleURL
                == "https://eu-west-1.console.aws.amazon.com/codesuite/codebuild/111122223333/"
                + "projects/web/build/web%3Aabccacac-aa43-45a9-9e1f-6d58cacf179f"
        )
    }

    @Test func `the end of the log comes by lines, oldest first`() throws {
        let reading = try CauseReading.played(
            Subjects.build,
            [
                (.batchGetBuilds, .payload("codebuild.BatchGetBuilds.failed-command")),
                (.getLogEvents, .payload("logs.GetLogEvents.tail")),
            ]
        )
        #expect(
            reading.evidence.logLines.map { String($0.prefix(30)) } == [
                "[Container] 2026/11/23 01:00:0", "npm ERR! code ECONNRESET",
                "npm ERR! network aborted", "npm ERR! network This is a pro", "",
                "[Container] 2026/11/23 01:00:0", "[Container] 2026/11/23 01:00:0",
            ]
        )
        #expect(
            reading.evidence.message
                == "Error while executing command: npm ci && npm test. Reason: exit status 7"
        )
    }

    @Test func `an empty page of the log leads to the one before, once`() throws {
        let reading = try CauseReading.played(
            Subjects.build,
            [
                (.batchGetBuilds, .payload("codebuild.BatchGetBuilds.failed-command")),
                (.getLogEvents, .payload("logs.GetLogEvents.empty")),
                (.getLogEvents, .payload("logs.GetLogEvents.empty")),
            ]
        )
        #expect(reading.evidence.logLines.isEmpty)
        #expect(reading.evidence.phase == "BUILD")
    }

    @Test func `a batch leads to its first build whose failure counts`() throws {
        let reading = try CauseReading.played(
            Subjects.batch,
            [
                (.batchGetBuildBatches, .payload("codebuild.BatchGetBuildBatches.failed")),
                (.batchGetBuilds, .payload("codebuild.BatchGetBuilds.failed-command")),
                (.getLogEvents, .payload("logs.GetLogEvents.tail")),
            ]
        )
        #expect(reading.evidence.resource == Subjects.buildID)
        #expect(reading.evidence.phase == "BUILD")
        #expect(reading.calls == 3)
    }

    @Test func `a batch without a build fails by its own phase`() throws {
        let reading = try CauseReading.played(
            Subjects.batch,
            [(.batchGetBuildBatches, .payload("codebuild.BatchGetBuildBatches.spec"))]
        )
        #expect(reading.evidence.phase == "DOWNLOAD_BATCHSPEC")
        #expect(reading.evidence.code == "YAML_FILE_ERROR")
        #expect(reading.evidence.ranUserCode == false)
        #expect(reading.evidence.consoleURL?.contains("/projects/web/batch/web%3A4f4f") == true)
    }

    @Test func `a build that CodeBuild repeats itself is said to be repeated`() throws {
        let reading = try CauseReading.played(
            Subjects.build,
            [
                (.batchGetBuilds, .payload("codebuild.BatchGetBuilds.auto-retry")),
                (.getLogEvents, .denied),
            ]
        )
        #expect(reading.evidence.activity == .retrying)
        #expect(reading.evidence.gaps.map(\.kind) == [.denied])
        #expect(reading.evidence.gaps.first?.permission?.action == "logs:GetLogEvents")
    }

    @Test func `a build that is gone is no evidence`() throws {
        let reading = try CauseReading.played(
            Subjects.build,
            [(.batchGetBuilds, .payload("codebuild.BatchGetBuilds.none"))]
        )
        #expect(reading.result.evidence == nil)
        #expect(reading.result.gaps.map(\.kind) == [.missing])
    }

    @Test func `another build's answer is no evidence`() throws {
        let reading = try CauseReading.played(
            Subjects.of("CodeBuild", "web:other"),
            [(.batchGetBuilds, .payload("codebuild.BatchGetBuilds.failed-command"))]
        )
        #expect(reading.result.evidence == nil)
    }

    @Test func `no log is read where none is wanted`() throws {
        var subject = Subjects.build
        subject.logLines = 0
        let reading = try CauseReading.played(
            subject,
            [(.batchGetBuilds, .payload("codebuild.BatchGetBuilds.failed-command"))]
        )
        #expect(reading.evidence.phase == "BUILD")
    }

    @Test func `a Commands action is read from its log stream`() throws {
        let reading = try CauseReading.played(
            Subjects.commands,
            [(.getLogEvents, .payload("logs.GetLogEvents.tail"))]
        )
        let evidence = try #require(reading.result.evidence)
        #expect(evidence.resource == "/aws/codepipeline/p/abc")
        #expect(evidence.ranUserCode == true)
        #expect(evidence.logLines.count == 7)
        #expect(
            evidence.consoleURL
                == "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1"
                + "#logsV2:log-groups/log-group/$252Faws$252Fcodepipeline$252Fp/log-events/abc"
        )
    }
}
