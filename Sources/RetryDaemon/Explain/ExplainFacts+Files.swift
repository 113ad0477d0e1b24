import CodePipelineClient
package import RetryCore

extension ExplainFacts {
    /// Facts from output of the AWS CLI; a document that is not given counts as not readable.
    ///
    /// - Parameters:
    ///   - question: the pipeline and stage in question.
    ///   - state: of `get-pipeline-state`, with its name for messages.
    ///   - definition: of `get-pipeline`; its structure alone is taken, too.
    ///   - executions: of `list-action-executions`.
    ///   - isNamed: whether the policy in question names a stage.
    /// - Throws: ``ExplainError`` naming the document that cannot be read, is of another pipeline,
    ///   or does not contain the failure.
    package init(
        of question: ExplainQuestion,
        state: (name: String, bytes: [UInt8]),
        definition: (name: String, bytes: [UInt8])?,
        executions: (name: String, bytes: [UInt8])?,
        isNamed: (StageName) -> Bool = { _ in false }
    ) throws(ExplainError) {
        let stateFile = try InputFile(state, .state)
        let definitionFile = try definition.map { file throws(ExplainError) in
            try InputFile(file, .definition)
        }
        let executionsFile = try executions.map { file throws(ExplainError) in
            try InputFile(file, .executions)
        }
        let decoder = DocumentDecoder()
        let wireState = try stateFile.read { bytes throws(WireDecodingError) in
            try decoder.decodeState(bytes)
        }
        if let error = wireState.nameError {
            throw stateFile.problem("\(error.field) in it \(error.problem)")
        }
        let snapshot = PipelineSnapshot(wireState)
        let wireDefinition = try definitionFile?.read { bytes throws(WireDecodingError) in
            try decoder.decodeDefinition(bytes)
        }
        let wireRows = try executionsFile?.read { bytes throws(WireDecodingError) in
            try decoder.decodeActionExecutions(bytes).actionExecutionDetails
        }
        let rows = wireRows.map { rows in
            Dictionary(grouping: rows) { ExecutionID(bounding: $0.pipelineExecutionId ?? "") }
                .mapValues { $0.map(ActionRow.init) }
        }
        self.init(
            snapshot: snapshot,
            definition: wireDefinition.map(PipelineDefinition.init),
            rows: rows
        )
        try check([stateFile] + [definitionFile].compactMap(\.self), question, isNamed)
        if let executionsFile { try check(executionsFile, question, state: state.name) }
        if let version = wireDefinition?.version, let current = snapshot.version, let definition,
            version != current
        {
            notes.append(
                "\(definition.name) has version \(version) of the definition and \(state.name) "
                    + "version \(current): they were not printed at the same time"
            )
        }
    }

    /// Refuses files of another pipeline.
    ///
    /// The policy may be tried on the failure of another pipeline: then all files belong to that
    /// one, and the policy names the stage that failed.
    private mutating func check(
        _ files: [InputFile],
        _ question: ExplainQuestion,
        _ isNamed: (StageName) -> Bool
    ) throws(ExplainError) {
        let foreign = files.filter { $0.pipeline.map { $0 != question.pipeline.text } ?? false }
        guard let first = foreign.first, let own = first.pipeline else { return }
        guard Set(files.compactMap(\.pipeline)).count == 1, let stage = stage(question),
            isNamed(stage.name)
        else {
            throw first.problem(
                "is from pipeline \"\(own)\", but --pipeline says \"\(question.pipeline)\"; give "
                    + "the files of one pipeline, or its name"
            )
        }
        notes.append(
            "\(first.name) is from pipeline \"\(own)\": the policy of \"\(question.pipeline)\", "
                + "which names stage \(stage.name), is applied to its failure"
        )
    }

    /// Refuses a history without the failure: rows beyond it would count as absent.
    private mutating func check(
        _ file: InputFile,
        _ question: ExplainQuestion,
        state: String
    ) throws(ExplainError) {
        guard let stage = stage(question), let latest = stage.latest, latest.status == .failed
        else { return }
        // A condition can fail a stage without any action.
        guard !stage.conditions.all.contains(where: \.state.hasFailed) else { return }
        let rest =
            file.isTruncated ? ", and it ends with a NextToken: it is not the whole list" : ""
        let command =
            "run: aws codepipeline list-action-executions --pipeline-name \(question.pipeline) "
            + "--filter pipelineExecutionId=\(latest.id) --output json"
        guard let own = rows?[latest.id], !own.isEmpty else {
            let found = rows?.values.reduce(0) { $0 + $1.count } ?? 0
            let what = found == 0 ? "it is empty" : "its \(found) rows are of other executions"
            throw file.problem(
                "has no row of execution \(latest.id), in which stage \(stage.name) failed; "
                    + "\(what)\(rest); \(command)"
            )
        }
        let ids = own.map(\.action.executionID)
        let failed = stage.actions.filter { $0.status == .failed && $0.executionID != nil }
        guard
            failed.isEmpty || ids.contains(nil)
                || failed.contains(where: {
                    ids.contains($0.executionID)
                })
        else {
            let names = failed.map(\.name.text).joined(separator: ", ")
            throw file.problem(
                "has no row of the attempt of \(names) that failed by \(state)\(rest); it was "
                    + "printed for another attempt or before the failure; \(command)"
            )
        }
        if file.isTruncated {
            notes.append(
                "\(file.name) ends with a NextToken: it may lack some older attempts"
            )
        }
    }
}

extension InputFile {
    /// Reads the file's answer.
    func read<Wire>(
        _ decode: ([UInt8]) throws(WireDecodingError) -> Wire
    ) throws(ExplainError) -> Wire {
        do {
            return try decode(document)
        } catch {
            // The decoder's sentence may end with a full stop.
            let text = "\(error)".hasSuffix(".") ? String("\(error)".dropLast()) : "\(error)"
            throw problem("\(text); \(InputFile.expected(kind))")
        }
    }
}

extension ConditionState {
    /// Whether it may be the action that failed the stage.
    fileprivate var hasFailed: Bool {
        switch self {
        case .failed, .unknown: true
        case .none, .inProgress: false
        }
    }
}
