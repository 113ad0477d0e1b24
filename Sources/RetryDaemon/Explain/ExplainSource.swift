import CodePipelineClient
import RetryCore

/// Why `explain` has nothing to explain.
package struct ExplainTrouble: Error, Hashable, Sendable {
    /// What failed and what to do.
    package let message: String

    /// Makes trouble of its text.
    package init(_ message: String) {
        self.message = message
    }
}

extension ExplainFacts {
    /// Facts from what the AWS CLI printed; a document that is not given counts as not readable.
    ///
    /// - Parameters:
    ///   - state: of `get-pipeline-state`, with its name for messages.
    ///   - definition: of `get-pipeline`.
    ///   - executions: of `list-action-executions`.
    /// - Throws: ``ExplainTrouble`` naming the document that cannot be read.
    package init(
        state: (name: String, bytes: [UInt8]),
        definition: (name: String, bytes: [UInt8])?,
        executions: (name: String, bytes: [UInt8])?
    ) throws(ExplainTrouble) {
        let decoder = DocumentDecoder()
        func read<Wire>(
            _ name: String,
            _ decode: () throws(DecodingTrouble) -> Wire
        ) throws(ExplainTrouble) -> Wire {
            do {
                return try decode()
            } catch {
                throw ExplainTrouble("\(name): \(error)")
            }
        }
        let wireState = try read(state.name) { () throws(DecodingTrouble) in
            try decoder.decodeState(state.bytes)
        }
        guard !wireState.stageStates.isEmpty else {
            throw ExplainTrouble(
                "\(state.name): no stages in it; expected what "
                    + "'aws codepipeline get-pipeline-state' prints"
            )
        }
        if let fault = wireState.nameFault {
            throw ExplainTrouble("\(state.name): \(fault.field) in it \(fault.fault)")
        }
        let snapshot = PipelineSnapshot(wireState)
        var wireDefinition: WireDefinition?
        if let definition {
            wireDefinition = try read(definition.name) { () throws(DecodingTrouble) in
                try decoder.decodeDefinition(definition.bytes)
            }
        }
        var wireRows: [WireActionDetail]?
        if let executions {
            wireRows = try read(executions.name) { () throws(DecodingTrouble) in
                try decoder.decodeActionExecutions(executions.bytes).actionExecutionDetails
            }
        }
        let rows = wireRows.map { rows in
            Dictionary(grouping: rows) { ExecutionID(bounding: $0.pipelineExecutionId ?? "") }
                .mapValues { $0.map(ActionRow.init) }
        }
        self.init(
            snapshot: snapshot,
            definition: wireDefinition.map(RetryCore.PipelineDefinition.init),
            rows: rows
        )
    }

    /// Facts read from CodePipeline.
    ///
    /// - Throws: ``ExplainTrouble`` when the state cannot be read, or another answer fails for
    ///   something else than a missing permission.
    package init(
        of question: ExplainQuestion,
        from service: any PipelineService
    ) async throws(ExplainTrouble) {
        let look = try await ExplainFacts.value(
            service.state(of: question.pipeline, known: nil)
        )
        guard case .state(let snapshot, _) = look
        else { throw ExplainTrouble("GetPipelineState: the permission to read is missing") }
        let definition = try await ExplainFacts.value(service.definition(of: question.pipeline))
        let stage = snapshot.stages.first { stage in
            question.stage.map { $0 == stage.name } ?? (stage.latest?.status == .failed)
        }
        var rows: [ExecutionID: [ActionRow]] = [:]
        if let execution = stage?.latest?.id {
            let answer = await service.actions(of: question.pipeline, in: execution)
            guard let found = try ExplainFacts.value(answer) else {
                self.init(snapshot: snapshot, definition: definition, rows: nil)
                return
            }
            rows[execution] = found
        }
        self.init(snapshot: snapshot, definition: definition, rows: rows)
    }

    /// The same as a value, for a task group.
    package static func read(
        _ question: ExplainQuestion,
        from service: any PipelineService
    ) async -> Result<ExplainFacts, ExplainTrouble> {
        do throws(ExplainTrouble) {
            return .success(try await ExplainFacts(of: question, from: service))
        } catch {
            return .failure(error)
        }
    }

    /// The value of an answer; nil when the permission is missing.
    private static func value<Value>(
        _ answer: ReadAnswer<Value>
    ) throws(ExplainTrouble) -> Value? {
        switch answer {
        case .read(let value, _): return value
        case .failed(let failure):
            if failure.kind == .accessDenied { return nil }
            throw ExplainTrouble("\(failure.operation): \(failure.message)")
        }
    }
}
