import AWSClient
import Primitives

/// One execution by itself: the only reads that show a PARALLEL pipeline's stages.
extension CodePipelineClient {
    /// Reads one execution as a whole.
    ///
    /// - Parameters:
    ///   - execution: The execution.
    ///   - pipeline: Its pipeline.
    /// - Returns: The execution.
    /// - Throws: ``ReadError``.
    package func pipelineExecution(
        _ execution: String,
        pipeline: String
    ) async throws(ReadError) -> Reading<Wire.PipelineExecution> {
        let operation = AWSOperation.getPipelineExecution
        try check(name: pipeline, operation)
        try check(execution: execution, operation)
        let input = PipelineExecutionInput(
            pipelineName: pipeline,
            pipelineExecutionId: execution
        )
        let (body, facts) = try await read(operation, input)
        return try reading(operation, facts) { () throws(WireDecodingError) in
            let found = try documents.decodePipelineExecution(body)
            try WireDecodingError.check(found.pipelineName, is: pipeline, "pipeline execution")
            if let id = found.pipelineExecutionId, id != execution {
                throw WireDecodingError(
                    "pipeline execution: it is execution \"\(id.printable(limit: 120))\", "
                        + "asked for was \"\(execution)\""
                )
            }
            return found
        }
    }

    /// Lists every attempt of every action that started in one execution, newest first.
    ///
    /// A page token is valid for the filter that it came with; AWS answers a confused one with 500
    /// InternalFailure, whereupon the list is read once more from its first page.
    ///
    /// - Parameters:
    ///   - execution: The execution.
    ///   - pipeline: Its pipeline.
    ///   - pageSize: Attempts a page, 1 to 100; default 100.
    ///   - maxPages: The most pages that are read; default 5.
    /// - Returns: The attempts; incomplete when there are more pages.
    /// - Throws: ``ReadError``.
    package func attempts(
        in execution: String,
        pipeline: String,
        pageSize: Int = 100,
        maxPages: Int = 5
    ) async throws(ReadError) -> Reading<[Wire.ActionExecutionDetail]> {
        let operation = AWSOperation.listActionExecutions
        try check(name: pipeline, operation)
        try check(execution: execution, operation)
        let size = min(100, max(1, pageSize))
        var isPastFirst = false
        func all() async throws(ReadError) -> Reading<[Wire.ActionExecutionDetail]> {
            try await pages(maxPages) { token throws(ReadError) in
                isPastFirst = token != nil
                let input = ListActionExecutionsInput(
                    pipelineName: pipeline,
                    filter: ListActionExecutionsInput.Filter(
                        latestInPipelineExecution: .init(pipelineExecutionId: execution)
                    ),
                    maxResults: size,
                    nextToken: token
                )
                return try await actionPage(input, of: execution)
            }
        }
        do throws(ReadError) {
            return try await all()
        } catch  where isPastFirst && error.isTokenError {
            return try await all()
        }
    }
}

extension ReadError {
    /// Whether it may be about the page token: recorded are 500 InternalFailure for one of another
    /// filter and InvalidNextTokenException for one of another execution.
    fileprivate var isTokenError: Bool {
        code == "InternalFailure" || code == "InvalidNextTokenException"
    }
}
