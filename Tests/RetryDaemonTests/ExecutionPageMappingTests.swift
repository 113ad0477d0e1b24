import CodePipelineClient
import Primitives
import RetryCore
import RetryDaemon
import Testing

/// Pages of executions with their revisions as AWS answers them.
@Suite struct ExecutionPageMappingTests {
    private func page(_ rows: String, next: String? = nil) throws -> ExecutionPage {
        let text = #"{"pipelineExecutionSummaries":[\#(rows)]}"#
        let page = try DocumentDecoder().decodeExecutionRevisions(Array(text.utf8))
        return ExecutionPage(
            ExecutionHistoryPage(rows: page.pipelineExecutionSummaries, next: next)
        )
    }

    @Test func `a row has its execution, its start, its end and its revisions`() throws {
        let page = try page(
            """
            {"pipelineExecutionId":"e1","status":"Succeeded","startTime":1700000000.5,\
            "sourceRevisions":[{"actionName":"App","revisionId":"a1","revisionSummary":"x"}]},
            {"pipelineExecutionId":"e2","status":"Failed","startTime":1700000100}
            """,
            next: "more"
        )
        #expect(page.rows.map(\.execution) == ["e1", "e2"])
        #expect(page.rows.map(\.started.milliseconds) == [1_700_000_000_500, 1_700_000_100_000])
        #expect(page.rows.map(\.hasSucceeded) == [true, false])
        #expect(
            page.rows.map(\.revision) == [RevisionDigest([(action: "App", id: "a1")]), nil]
        )
        #expect(page.next == "more")
    }

    @Test func `a row without an id or a start is left out`() throws {
        let page = try page(
            """
            {"status":"Succeeded","startTime":1700000000},
            {"pipelineExecutionId":"e2","status":"Failed"}
            """
        )
        #expect(page.rows.isEmpty)
    }

    @Test func `the executions are those of the pipeline that was asked`() throws {
        let page = try page(#"{"pipelineExecutionId":"e1","startTime":1700000000}"#)
        let pipeline = PipelineKey(target: "prod", pipeline: "web")
        #expect(
            page.executions(of: pipeline).map(\.key)
                == [ExecutionKey(pipeline: pipeline, execution: "e1")]
        )
    }
}
