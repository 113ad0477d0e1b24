import AWSClient
import Primitives

extension CodePipelineClient {
    /// Reads one page of the attempts of all executions, newest first, up to twelve months back.
    ///
    /// - Parameters:
    ///   - pipeline: The pipeline.
    ///   - token: The token of the page before; nil: the newest page.
    ///   - pageSize: Attempts in it, 1 to 100; default 100.
    /// - Returns: The page.
    /// - Throws: ``ReadError``.
    package func actionHistory(
        pipeline: String,
        after token: String?,
        pageSize: Int = 100
    ) async throws(ReadError) -> Reading<ActionHistoryPage> {
        let operation = AWSOperation.listActionExecutions
        try check(name: pipeline, operation)
        let input = ListActionExecutionsInput(
            pipelineName: pipeline,
            filter: nil,
            maxResults: min(100, max(1, pageSize)),
            nextToken: token
        )
        let (rows, next, facts) = try await actionPage(input, of: nil)
        return Reading(
            value: ActionHistoryPage(rows: rows, next: next),
            serverDate: facts.serverDate,
            requestID: facts.requestID,
            isComplete: next == nil
        )
    }

    /// Reads one page of the executions of a pipeline with their revisions, newest first, up to
    /// twelve months back.
    ///
    /// - Parameters:
    ///   - pipeline: The pipeline.
    ///   - token: The token of the page before; nil: the newest page.
    ///   - pageSize: Executions in it, 1 to 100; default 100.
    /// - Returns: The page.
    /// - Throws: ``ReadError``.
    package func executionHistory(
        pipeline: String,
        after token: String?,
        pageSize: Int = 100
    ) async throws(ReadError) -> Reading<ExecutionHistoryPage> {
        let operation = AWSOperation.listPipelineExecutions
        try check(name: pipeline, operation)
        let size = min(100, max(1, pageSize))
        let input = ListPipelineExecutionsInput(
            pipelineName: pipeline,
            maxResults: size,
            nextToken: token
        )
        let (body, facts) = try await read(operation, input)
        return try reading(operation, facts) { () throws(WireDecodingError) in
            let page = try documents.decodeExecutionRevisions(body)
            return ExecutionHistoryPage(
                rows: page.pipelineExecutionSummaries,
                next: page.nextToken
            )
        }
    }
}
