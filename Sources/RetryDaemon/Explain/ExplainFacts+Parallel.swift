import CodePipelineClient
import RetryCore

/// The facts of a pipeline in PARALLEL mode: those of one of its executions.
extension ExplainFacts {
    /// The most executions among which one that failed is looked for: one page.
    private static let listed = 100

    /// Facts read from CodePipeline.
    ///
    /// - Throws: ``ExplainError`` when the execution does not exist or cannot be read.
    init(
        ofParallel question: ExplainQuestion,
        _ definition: PipelineDefinition?,
        from service: any PipelineService
    ) async throws(ExplainError) {
        var list: [ExecutionSummary] = []
        if question.execution == nil {
            let answer = await service.executions(
                of: question.pipeline,
                limit: ExplainFacts.listed,
                known: nil
            )
            guard case .executions(let rows, _) = try ExplainFacts.value(answer) else {
                throw ExplainError("ListPipelineExecutions: the permission to read is missing")
            }
            list = rows
        }
        guard let id = question.execution ?? ExplainFacts.newestFailed(of: list)?.id else {
            self.init(
                snapshot: PipelineSnapshot(version: definition?.version, stages: []),
                definition: definition,
                rows: [:]
            )
            notes.append(
                "the pipeline runs in PARALLEL mode, and none of its \(list.count) newest "
                    + "executions has failed"
            )
            return
        }
        let answer = await service.execution(id, of: question.pipeline)
        guard let found = try ExplainFacts.value(answer) else {
            throw ExplainError(
                "GetPipelineExecution or ListActionExecutions: the permission to read is missing"
            )
        }
        guard let reading = found else {
            throw ExplainError(
                "AWS has no execution \(id) of pipeline \(question.pipeline)",
                isOfUsage: true
            )
        }
        self.init(reading, of: question, definition)
    }

    /// Facts from output of the AWS CLI.
    ///
    /// - Parameters:
    ///   - question: The pipeline in question.
    ///   - list: Of `list-pipeline-executions`, with its name for messages.
    ///   - rows: Of `list-action-executions`.
    ///   - definition: Of `get-pipeline`.
    /// - Throws: ``ExplainError`` naming the document that cannot be read or lacks the execution.
    package init(
        ofParallel question: ExplainQuestion,
        list: (name: String, bytes: [UInt8]),
        rows: (name: String, bytes: [UInt8]),
        definition: (name: String, bytes: [UInt8])?
    ) throws(ExplainError) {
        let listFile = try InputFile(list, .pipelineExecutions)
        let rowsFile = try InputFile(rows, .executions)
        let decoder = DocumentDecoder()
        let wireList = try listFile.read { bytes throws(WireDecodingError) in
            try decoder.decodePipelineExecutions(bytes).pipelineExecutionSummaries
        }
        let wireRows = try rowsFile.read { bytes throws(WireDecodingError) in
            try decoder.decodeActionExecutions(bytes).actionExecutionDetails
        }
        let definitionFile = try definition.map { file throws(ExplainError) in
            try InputFile(file, .definition)
        }
        let wireDefinition = try definitionFile?.read { bytes throws(WireDecodingError) in
            try decoder.decodeDefinition(bytes)
        }
        let all = wireList.compactMap(ExecutionSummary.init)
        let summary = try ExplainFacts.summary(question.execution, among: all, in: listFile)
        let own = wireRows.filter { $0.pipelineExecutionId == summary.id.text }
        guard !own.isEmpty else {
            throw rowsFile.problem(
                "has no row of execution \(summary.id), which \(list.name) shows as Failed; run: "
                    + "aws codepipeline list-action-executions --pipeline-name "
                    + "\(question.pipeline) --filter pipelineExecutionId=\(summary.id) "
                    + "--output json"
            )
        }
        let reading = ExecutionReading(summary: summary, rows: own.map(ActionRow.init))
        self.init(reading, of: question, wireDefinition.map(PipelineDefinition.init))
    }

    /// The stage of an execution, as a state would show it.
    private init(
        _ reading: ExecutionReading,
        of question: ExplainQuestion,
        _ definition: PipelineDefinition?
    ) {
        let name = question.stage ?? reading.currentStage
        let reactions = name.flatMap { definition?.stages[$0]?.reactions } ?? []
        let stage = name.map { reading.stage($0, retriesItself: reactions.contains(.retry)) }
        self.init(
            snapshot: PipelineSnapshot(
                version: definition?.version ?? reading.summary.version,
                stages: [stage].compactMap(\.self)
            ),
            definition: definition,
            rows: [reading.summary.id: reading.rows]
        )
        let id = reading.summary.id
        notes.append(
            question.execution == nil
                ? "the pipeline runs in PARALLEL mode: this is its newest failed execution \(id); "
                    + "--execution chooses another one"
                : "the pipeline runs in PARALLEL mode: this is its execution \(id)"
        )
        if reading.lacksFailure {
            notes.append(
                "the execution is Failed, and its history shows no failed action: it may lag, or "
                    + "something other than an action failed it"
            )
        }
    }

    private static func newestFailed(of rows: [ExecutionSummary]) -> ExecutionSummary? {
        rows.filter { $0.status == .failed }.newest
    }

    private static func summary(
        _ execution: ExecutionID?,
        among rows: [ExecutionSummary],
        in file: InputFile
    ) throws(ExplainError) -> ExecutionSummary {
        let rest =
            file.isTruncated ? ", and it ends with a NextToken: it is not the whole list" : ""
        if let execution {
            if let row = rows.first(where: { $0.id == execution }) { return row }
            throw file.problem("has no execution \(execution)\(rest)")
        }
        if let row = newestFailed(of: rows) { return row }
        throw file.problem("none of its \(rows.count) executions has failed\(rest)")
    }
}
