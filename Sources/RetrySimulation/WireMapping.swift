import CodePipelineClient
import CodePipelineSimulator
import RetryCore
import RetryDaemon

/// The daemon's reading of the service's bytes: by its client and its own mapping.
///
/// Reading JSON is slow, so most seeds use the shortcut of ``ModelMapping``, which gives the same;
/// the last reading is cached, since equal content has equal bytes; and what was written of a stage
/// or a row is kept while it stays the same.
struct WireMapping: Sendable {
    /// All that the body of GetPipeline is made of.
    private struct Declaration: Hashable, Sendable {
        var definition: ServiceModel.Definition
        var version: Int
        var created: ModelTime
        var updated: ModelTime
    }

    private static let decoder = DocumentDecoder()

    private var definitions: [String: (of: Declaration, read: PipelineDefinition)] = [:]
    private var histories: [String: (of: [ServiceModel.ActionRunView], read: [ActionRow])] = [:]
    private var pages: [String: (of: [ServiceModel.ExecutionView], read: [ExecutionSummary])] = [:]
    private var writtenStages: [String: WrittenParts<ServiceModel.StageView>] = [:]
    private var writtenRuns: [String: WrittenParts<ServiceModel.ActionRunView>] = [:]
    private var writtenPages: [String: WrittenParts<ServiceModel.ExecutionView>] = [:]

    /// Reads GetPipelineState; the world keeps it while the state stays the same.
    mutating func state(
        _ state: ServiceModel.StateView,
        of model: ServiceModel
    ) -> PipelineSnapshot {
        let body = model.body(of: state, &writtenStages[state.pipeline, default: WrittenParts()])
        return WireMapping.read(body) { (body) throws(WireDecodingError) in
            PipelineSnapshot(try WireMapping.decoder.decodeState(body))
        }
    }

    /// Reads GetPipeline with a version of the pipeline that has a state.
    mutating func definition(
        _ version: Int,
        of state: ServiceModel.StateView,
        _ model: ServiceModel
    ) throws(ServiceError) -> PipelineDefinition {
        let declaration = Declaration(
            definition: try model.definition(of: state.pipeline, version: version),
            version: version,
            created: state.created,
            updated: state.updated
        )
        if let kept = definitions[state.pipeline], kept.of == declaration { return kept.read }
        let body = try model.body(ofDefinition: version, of: state.pipeline)
        let read = WireMapping.read(body) { (body) throws(WireDecodingError) in
            PipelineDefinition(try WireMapping.decoder.decodeDefinition(body))
        }
        definitions[state.pipeline] = (declaration, read)
        return read
    }

    /// Reads ListActionExecutions of an execution.
    mutating func rows(
        _ runs: [ServiceModel.ActionRunView],
        of execution: String,
        _ model: ServiceModel
    ) -> [ActionRow] {
        if let kept = histories[execution], kept.of == runs { return kept.read }
        let body = model.body(of: runs, &writtenRuns[execution, default: WrittenParts()])
        let read = WireMapping.read(body) { (body) throws(WireDecodingError) in
            try WireMapping.decoder.decodeActionExecutions(body).actionExecutionDetails
                .map { ActionRow($0) }
        }
        histories[execution] = (runs, read)
        return read
    }

    /// Reads ListPipelineExecutions of a pipeline.
    mutating func executions(
        _ page: [ServiceModel.ExecutionView],
        of pipeline: String,
        _ model: ServiceModel
    ) -> [ExecutionSummary] {
        if let kept = pages[pipeline], kept.of == page { return kept.read }
        let body = model.body(of: page, &writtenPages[pipeline, default: WrittenParts()])
        let read = WireMapping.read(body) { (body) throws(WireDecodingError) in
            try WireMapping.decoder.decodePipelineExecutions(body).pipelineExecutionSummaries
                .compactMap { ExecutionSummary($0) }
        }
        pages[pipeline] = (page, read)
        return read
    }

    /// Reads GetPipelineExecution and ListActionExecutions of an execution.
    mutating func execution(
        _ view: ServiceModel.ExecutionView,
        _ runs: [ServiceModel.ActionRunView],
        of pipeline: String,
        _ model: ServiceModel
    ) -> ExecutionReading {
        let body = model.body(of: view, pipeline: pipeline)
        let summary = WireMapping.read(body) { (body) throws(WireDecodingError) in
            ExecutionSummary(
                try WireMapping.decoder.decodePipelineExecution(body),
                of: ExecutionID(view.id)
            )
        }
        return ExecutionReading(summary: summary, rows: rows(runs, of: view.id, model))
    }

    private static func read<Value>(
        _ body: [UInt8],
        _ decode: ([UInt8]) throws(WireDecodingError) -> Value
    ) -> Value {
        do throws(WireDecodingError) {
            return try decode(body)
        } catch {
            preconditionFailure("the client does not read the model's answer: \(error)")
        }
    }
}
