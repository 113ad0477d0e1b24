import RetryCore

/// Why `explain` has nothing to explain.
package struct ExplainError: Error, Hashable, Sendable {
    /// What failed and what to do.
    package let message: String
    /// Whether the command line asks for something that does not exist; otherwise the input is not
    /// a valid answer.
    package let isOfUsage: Bool

    /// Creates an error from its text.
    package init(_ message: String, isOfUsage: Bool = false) {
        self.message = message
        self.isOfUsage = isOfUsage
    }
}

extension ExplainFacts {
    /// Facts read from CodePipeline.
    ///
    /// - Throws: ``ExplainError`` when the state cannot be read, or another call fails for any
    ///   reason other than a missing permission.
    package init(
        of question: ExplainQuestion,
        from service: any PipelineService
    ) async throws(ExplainError) {
        let poll = try await ExplainFacts.value(
            service.state(of: question.pipeline, known: nil)
        )
        guard case .state(let snapshot, _) = poll
        else { throw ExplainError("GetPipelineState: the permission to read is missing") }
        let definition = try await ExplainFacts.value(service.definition(of: question.pipeline))
        if definition?.executionMode == .parallel {
            try await self.init(ofParallel: question, definition, from: service)
            return
        }
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
    ) async -> Result<ExplainFacts, ExplainError> {
        do throws(ExplainError) {
            return .success(try await ExplainFacts(of: question, from: service))
        } catch {
            return .failure(error)
        }
    }

    /// The value of an answer; nil when the permission is missing.
    static func value<Value>(
        _ answer: ReadAnswer<Value>
    ) throws(ExplainError) -> Value? {
        switch answer {
        case .read(let value, _): return value
        case .failed(let failure):
            if failure.kind == .accessDenied { return nil }
            throw ExplainError("\(failure.operationName): \(failure.message)")
        }
    }
}
