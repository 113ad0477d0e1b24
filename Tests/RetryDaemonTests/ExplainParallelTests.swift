import Primitives
import RetryCore
import RetryDaemon
import RetryTestSupport
import Settings
import Testing

/// `explain` of an execution of a PARALLEL pipeline, from what the AWS CLI printed.
@Suite struct ExplainParallelTests {
    private static let first: ExecutionID = "0d3a9c1e-7a54-4f7e-9a39-2f6b8a5d4c11"
    private static let second: ExecutionID = "7e1c0b52-3f0d-4c8e-8d59-5a9c3a7f0002"

    private static let list = """
        {"pipelineExecutionSummaries": [
          {"pipelineExecutionId": "\(second)", "status": "Failed", "executionMode": "PARALLEL",
           "startTime": "2026-11-23T02:13:30Z", "lastUpdateTime": "2026-11-23T02:14:10Z"},
          {"pipelineExecutionId": "\(first)", "status": "Failed", "executionMode": "PARALLEL",
           "startTime": "2026-11-23T02:13:00Z", "lastUpdateTime": "2026-11-23T02:14:08Z"}
        ]}
        """

    /// The first failed twice, the second once.
    private static let rows = """
        {"actionExecutionDetails": [
          \(row(second, "a3", from: 40, to: 50)), \(row(first, "a2", from: 30, to: 35)),
          \(row(first, "a1", from: 10, to: 20))
        ]}
        """

    private static func row(_ id: ExecutionID, _ attempt: String, from: Int, to: Int) -> String {
        """
        {"pipelineExecutionId": "\(id)", "actionExecutionId": "\(attempt)", "pipelineVersion": 7,
         "stageName": "Deploy", "actionName": "Ship", "status": "Failed",
         "startTime": "2026-11-23T02:13:\(from)Z", "lastUpdateTime": "2026-11-23T02:13:\(to)Z",
         "input": {"actionTypeId": {"category": "Deploy", "owner": "AWS", "provider": "S3",
                                    "version": "1"}},
         "output": {"executionResult": {"errorDetails": {"code": "JobFailed", "message": "boom"}}}}
        """
    }

    private static func definition(_ mode: String) -> String {
        """
        {"pipeline": {"name": "web", "version": 7, "executionMode": "\(mode)", "stages": [
          {"name": "Deploy", "actions": [{"name": "Ship", "runOrder": 1, "actionTypeId":
            {"category": "Deploy", "owner": "AWS", "provider": "S3", "version": "1"}}]}]}}
        """
    }

    private func explain(
        _ execution: ExecutionID? = nil,
        policy: String = "",
        mode: String = "PARALLEL",
        list: String = ExplainParallelTests.list
    ) throws -> Explanation {
        let config = """
            aws: { region: eu-central-1 }
            policies: { default: { max_retries: 2\(policy) } }
            pipelines: [{ name: web }]
            """
        let settings = try SettingsFile.load(
            Array(config.utf8),
            path: "c.yaml",
            environment: SettingsEnvironment(now: ManualClock.start)
        ).get()
        let at = try #require(WallTime(lenient: "2026-11-23T02:15:00Z"))
        let question = ExplainQuestion(
            pipeline: "web",
            stage: nil,
            execution: execution,
            target: nil,
            retries: nil,
            at: at,
            seed: 1
        )
        let facts = try ExplainFacts(
            ofParallel: question,
            list: ("list.json", Array(list.utf8)),
            rows: ("rows.json", Array(Self.rows.utf8)),
            definition: ("definition.json", Array(Self.definition(mode).utf8))
        )
        return Explainer(settings.configuration, patterns: PatternMatcher())
            .explain(question, facts)
    }

    @Test func `the newest failed execution is explained, and is retried`() throws {
        let explanation = try explain()
        #expect(explanation.episode?.execution == Self.second)
        guard case .retry(let plan)? = explanation.verdict else {
            Issue.record("\(explanation.text)")
            return
        }
        #expect(plan.number == 1)
        #expect(explanation.text.contains("--execution chooses another one"))
    }

    @Test func `another execution is chosen by its id, with its own retries`() throws {
        let explanation = try explain(Self.first)
        #expect(explanation.episode?.execution == Self.first)
        guard case .retry(let plan)? = explanation.verdict else {
            Issue.record("\(explanation.text)")
            return
        }
        #expect(plan.number == 2)
    }

    @Test func `parallel observe and a changed mode are the reasons`() throws {
        let observed = try explain(policy: ", parallel: observe")
        #expect(observed.verdict == .leave(.parallelMode))
        #expect(try explain(mode: "SUPERSEDED").verdict == .leave(.modeChanged))
    }

    @Test(arguments: [
        ("\(first)", #"{"pipelineExecutionSummaries": []}"#, "has no execution"),
        (nil, #"{"pipelineExecutionSummaries": []}"#, "none of its 0 executions has failed"),
        (
            "9e1c0b52-3f0d-4c8e-8d59-5a9c3a7f0009",
            #"{"pipelineExecutionSummaries": [{"pipelineExecutionId": "#
                + #""9e1c0b52-3f0d-4c8e-8d59-5a9c3a7f0009", "status": "Failed"}]}"#,
            "has no row of execution"
        ), (nil, #"{"pipelines": []}"#, "list-pipelines"),
    ])
    func `files that lack the execution are refused`(
        execution: String?,
        list: String,
        problem: String
    ) {
        let error = #expect(throws: ExplainError.self) {
            try explain(execution.map { ExecutionID($0) }, list: list)
        }
        #expect(error?.message.contains(problem) == true, "\(error?.message ?? "")")
    }
}
