package import AWSClient
import FoundationEssentials
package import Primitives

/// The operations of AWS CodePipeline that this program uses, typed.
package struct CodePipelineClient: Sendable {
    let client: AWSServiceClient
    let documents = DocumentDecoder()
    private let encoder: JSONEncoder
    let limits: HTTPLimits
    private let digester: BodyDigester

    /// Creates a client.
    ///
    /// - Parameters:
    ///   - client: The client of the service's endpoint.
    ///   - limits: The limits of one attempt; default 20 s and 6 MiB.
    ///   - digester: Recognises an unchanged state; its digests are valid for this client only.
    package init(
        _ client: AWSServiceClient,
        limits: HTTPLimits = .service,
        digester: BodyDigester
    ) {
        self.client = client
        self.limits = limits
        self.digester = digester
        encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    }

    /// Reads every stage with its last execution.
    ///
    /// - Parameters:
    ///   - name: The pipeline.
    ///   - known: The digest of an earlier answer; the same bytes again are not decoded.
    /// - Returns: The state, or that it is the known one.
    /// - Throws: ``ReadError``.
    package func pipelineState(
        name: String,
        known: StateDigest? = nil
    ) async throws(ReadError) -> Reading<PolledPipeline> {
        let operation = AWSOperation.getPipelineState
        try check(name: name, operation)
        // A valid name needs no escape in JSON, and this is the most frequent call.
        let input = Array("{\"name\":\"\(name)\"}".utf8)
        let (body, facts) = try await read(operation, input)
        let digest = digester.digest(of: body)
        return try reading(operation, facts) { () throws(WireDecodingError) in
            guard digest != known else { return .unchanged }
            let state = try documents.decodeState(body)
            try WireDecodingError.check(state.pipelineName, is: name, "pipeline state")
            return .state(state, digest)
        }
    }

    /// Reads the definition: categories, providers, run order, mode.
    ///
    /// - Throws: ``ReadError``.
    package func pipeline(name: String) async throws(ReadError) -> Reading<Wire.PipelineDefinition>
    {
        let operation = AWSOperation.getPipeline
        try check(name: name, operation)
        let (body, facts) = try await read(operation, PipelineInput(name: name))
        return try reading(operation, facts) { () throws(WireDecodingError) in
            let definition = try documents.decodeDefinition(body)
            try WireDecodingError.check(definition.name, is: name, "pipeline definition")
            return definition
        }
    }

    /// Lists the pipelines of the account and Region.
    ///
    /// - Parameters:
    ///   - pageSize: Pipelines a page, 1 to 1000; default 1000.
    ///   - maxPages: The most pages that are read; default 10.
    /// - Returns: The pipelines; incomplete when there are more pages.
    /// - Throws: ``ReadError``.
    package func pipelines(
        pageSize: Int = 1000,
        maxPages: Int = 10
    ) async throws(ReadError) -> Reading<[Wire.PipelineSummary]> {
        let operation = AWSOperation.listPipelines
        let size = min(1000, max(1, pageSize))
        return try await pages(maxPages) { token throws(ReadError) in
            let input = ListPipelinesInput(maxResults: size, nextToken: token)
            let (body, facts) = try await read(operation, input)
            let page = try reading(operation, facts) { () throws(WireDecodingError) in
                try documents.decodePipelines(body)
            }
            return (page.value.pipelines, page.value.nextToken, facts)
        }
    }

    /// Lists the newest executions of a pipeline, newest first: one page.
    ///
    /// - Parameters:
    ///   - pipeline: The pipeline.
    ///   - pageSize: Executions in it, 1 to 100; default 25.
    ///   - known: The digest of an earlier answer; the same bytes again are not decoded.
    /// - Returns: The executions, or that they are the known ones.
    /// - Throws: ``ReadError``.
    package func pipelineExecutions(
        pipeline: String,
        pageSize: Int = 25,
        known: StateDigest? = nil
    ) async throws(ReadError) -> Reading<PolledExecutionPage> {
        let operation = AWSOperation.listPipelineExecutions
        try check(name: pipeline, operation)
        let size = min(100, max(1, pageSize))
        let input = ListPipelineExecutionsInput(pipelineName: pipeline, maxResults: size)
        let (body, facts) = try await read(operation, input)
        let digest = digester.digest(of: body)
        return try reading(operation, facts) { () throws(WireDecodingError) in
            guard digest != known else { return .unchanged }
            let page = try documents.decodePipelineExecutions(body)
            return .executions(page.pipelineExecutionSummaries, digest)
        }
    }

    /// Lists the action executions of a pipeline, newest first.
    ///
    /// - Parameters:
    ///   - pipeline: The pipeline.
    ///   - execution: The pipeline execution to which they belong; nil for all.
    ///   - pageSize: Executions a page, 1 to 100; default 100.
    ///   - maxPages: The most pages that are read; default 5.
    /// - Returns: The action executions; incomplete when there are more pages.
    /// - Throws: ``ReadError``.
    package func actionExecutions(
        pipeline: String,
        execution: String?,
        pageSize: Int = 100,
        maxPages: Int = 5
    ) async throws(ReadError) -> Reading<[Wire.ActionExecutionDetail]> {
        let operation = AWSOperation.listActionExecutions
        try check(name: pipeline, operation)
        if let execution { try check(execution: execution, operation) }
        let filter = execution.map { ListActionExecutionsInput.Filter(pipelineExecutionId: $0) }
        let size = min(100, max(1, pageSize))
        return try await pages(maxPages) { token throws(ReadError) in
            let input = ListActionExecutionsInput(
                pipelineName: pipeline,
                filter: filter,
                maxResults: size,
                nextToken: token
            )
            return try await actionPage(input, of: execution)
        }
    }

    /// One page of action executions, its token and facts.
    func actionPage(
        _ input: ListActionExecutionsInput,
        of execution: String?
    ) async throws(ReadError) -> ([Wire.ActionExecutionDetail], String?, CallFacts) {
        let operation = AWSOperation.listActionExecutions
        let (body, facts) = try await read(operation, input)
        let page = try reading(operation, facts) { () throws(WireDecodingError) in
            try documents.decodeActionExecutions(body)
        }
        // Rows of another execution would be taken for actions of this one.
        let rows = page.value.actionExecutionDetails.filter { row in
            guard let execution, let other = row.pipelineExecutionId else { return true }
            return other == execution
        }
        return (rows, page.value.nextToken, facts)
    }

    /// Sends a reading call; its body and facts.
    func read(
        _ operation: AWSOperation,
        _ input: some Encodable
    ) async throws(ReadError) -> ([UInt8], CallFacts) {
        try await read(operation, encode(input, operation))
    }

    /// The same with the input in JSON.
    private func read(
        _ operation: AWSOperation,
        _ body: [UInt8]
    ) async throws(ReadError) -> ([UInt8], CallFacts) {
        let answer = await client.call(
            operation.definition,
            body: body,
            limits: limits
        )
        switch answer {
        case .accepted(let body, let facts):
            return (body, facts)
        case .refused(let error, let facts), .unknown(.serverFault(let error), let facts):
            throw ReadError(
                ReadError.Kind(error, of: operation),
                operation: operation,
                code: error.code,
                message: error.text,
                facts: facts
            )
        case .notSent(let error, let facts), .unknown(.transport(let error), let facts):
            let kind = ReadError.Kind(error)
            throw ReadError(kind, operation: operation, message: error.detail, facts: facts)
        case .unknown(.foreign(let foreign), let facts):
            let message = foreign.description
            throw ReadError(.unavailable, operation: operation, message: message, facts: facts)
        case .unknown(.unreadable(let reason), let facts):
            throw ReadError(.unreadable, operation: operation, message: reason, facts: facts)
        case .noCredentials(let error, let facts):
            throw ReadError(
                .credentials,
                operation: operation,
                message: error.description,
                facts: facts
            )
        }
    }

    /// Gathers pages until there is no token, the allowed number is read, or a token repeats.
    func pages<Item: Hashable & Sendable>(
        _ maxPages: Int,
        _ page: (String?) async throws(ReadError) -> ([Item], String?, CallFacts)
    ) async throws(ReadError) -> Reading<[Item]> {
        var items: [Item] = []
        var token: String?
        var facts = CallFacts()
        for _ in 0..<max(1, maxPages) {
            let (more, next, latest) = try await page(token)
            items += more
            facts = latest
            let isStuck = next != nil && next == token
            token = next
            if next == nil || isStuck { break }
        }
        return Reading(
            value: items,
            serverDate: facts.serverDate,
            requestID: facts.requestID,
            isComplete: token == nil
        )
    }

    func reading<Value: Hashable & Sendable>(
        _ operation: AWSOperation,
        _ facts: CallFacts,
        _ decode: () throws(WireDecodingError) -> Value
    ) throws(ReadError) -> Reading<Value> {
        do {
            return Reading(
                value: try decode(),
                serverDate: facts.serverDate,
                requestID: facts.requestID,
                isComplete: true
            )
        } catch {
            throw ReadError(
                .unreadable,
                operation: operation,
                message: error.description,
                facts: facts
            )
        }
    }

    func encode(
        _ input: some Encodable,
        _ operation: AWSOperation
    ) throws(ReadError) -> [UInt8] {
        do {
            return Array(try encoder.encode(input))
        } catch {
            throw ReadError(
                .validation,
                operation: operation,
                message: "the input cannot be written as JSON",
                facts: CallFacts()
            )
        }
    }

    func check(name: String, _ operation: AWSOperation) throws(ReadError) {
        guard !InputPattern.isName(name) else { return }
        throw ReadError(
            .validation,
            operation: operation,
            message: "\"\(name.printable(limit: 120))\" is not a name: "
                + "expected 1 to 100 of A-Z a-z 0-9 . @ - _; nothing was sent",
            facts: CallFacts()
        )
    }

    func check(execution: String, _ operation: AWSOperation) throws(ReadError) {
        guard !InputPattern.isExecutionID(execution) else { return }
        throw ReadError(
            .validation,
            operation: operation,
            message: "\"\(execution.printable(limit: 120))\" is not an execution id: "
                + "expected a UUID in lower case; nothing was sent",
            facts: CallFacts()
        )
    }
}
