import CodePipelineClient
import RetryCore
import RetryDaemon
import Testing

/// Pages of attempts as AWS answers them.
@Suite struct HistoryPageMappingTests {
    private func page(_ rows: String, next: String? = nil) throws -> HistoryPage {
        let text = #"{"actionExecutionDetails":[\#(rows)]}"#
        let page = try DocumentDecoder().decodeActionExecutions(Array(text.utf8))
        return HistoryPage(ActionHistoryPage(rows: page.actionExecutionDetails, next: next))
    }

    @Test func `a row has its execution and its attempt, and the page its token`() throws {
        let page = try page(
            """
            {"pipelineExecutionId":"e1","actionExecutionId":"a1","stageName":"Build",\
            "actionName":"Compile","status":"Failed"},
            {"pipelineExecutionId":"e2","actionExecutionId":"a2","stageName":"Build",\
            "actionName":"Compile","status":"Succeeded"}
            """,
            next: "more"
        )
        #expect(page.rows.map(\.execution) == ["e1", "e2"])
        #expect(page.rows.map(\.action.action.executionID) == ["a1", "a2"])
        #expect(page.rows.map(\.action.action.status) == [.failed, .succeeded])
        #expect(page.rows.map(\.action.stage) == ["Build", "Build"])
        #expect(page.next == "more")
    }

    @Test func `a row without an execution is left out`() throws {
        let page = try page(
            """
            {"actionExecutionId":"a1","stageName":"Build","actionName":"Compile"},
            {"pipelineExecutionId":"e2","actionExecutionId":"a2","stageName":"Build",\
            "actionName":"Compile"}
            """
        )
        #expect(page.rows.map(\.execution) == ["e2"])
        #expect(page.next == nil)
    }

    @Test func `a row with a name that cannot be right is left out`() throws {
        let page = try page(
            #"""
            {"pipelineExecutionId":"e1","actionExecutionId":"a1","stageName":"Bu\nild",\#
            "actionName":"Compile"},
            {"pipelineExecutionId":"e2","actionExecutionId":"a2","stageName":"Build",\#
            "actionName":"Compile"}
            """#
        )
        #expect(page.rows.map(\.execution) == ["e2"])
    }
}
