import FoundationEssentials

/// Reads the JSON documents of CodePipeline, from the service or as the AWS CLI prints them.
package struct DocumentDecoder: Sendable {
    private let decoder = JSONDecoder()

    /// Makes a decoder; it may be used from several tasks.
    package init() {}

    /// Reads what GetPipelineState answers; without `stageStates` it is no answer.
    package func decodeState(_ bytes: [UInt8]) throws(WireDecodingError) -> Wire.PipelineState {
        let state: Wire.PipelineState
        if let quick = DocumentDecoder.quickState(bytes) {
            state = quick
        } else {
            state = try decodeAnyState(bytes)
        }
        guard state.hasStages else {
            throw WireDecodingError("pipeline state: there is no stageStates in it")
        }
        return state
    }

    /// Reads what GetPipelineState answers in one pass; nil where there is any doubt about it.
    ///
    /// What it reads is what ``decodeAnyState(_:)`` makes of the same bytes.
    package static func quickState(_ bytes: [UInt8]) -> Wire.PipelineState? {
        JSONReader.document(bytes)
    }

    /// Reads what GetPipelineState answers with the general decoder, which says what is wrong.
    package func decodeAnyState(_ bytes: [UInt8]) throws(WireDecodingError) -> Wire.PipelineState {
        try decode(Wire.PipelineState.self, bytes, document: "pipeline state")
    }

    /// Reads what GetPipeline answers.
    package func decodeDefinition(
        _ bytes: [UInt8]
    ) throws(WireDecodingError) -> Wire.PipelineDefinition {
        try decode(Wire.PipelineDefinition.self, bytes, document: "pipeline definition")
    }

    /// Reads one page of what ListActionExecutions answers.
    package func decodeActionExecutions(
        _ bytes: [UInt8]
    ) throws(WireDecodingError) -> Wire.ActionExecutionPage {
        try decode(Wire.ActionExecutionPage.self, bytes, document: "action executions")
    }

    /// Reads one page of what ListPipelineExecutions answers.
    package func decodePipelineExecutions(
        _ bytes: [UInt8]
    ) throws(WireDecodingError) -> Wire.PipelineExecutionPage {
        try decode(Wire.PipelineExecutionPage.self, bytes, document: "pipeline executions")
    }

    /// Reads one page of what ListPipelines answers.
    package func decodePipelines(_ bytes: [UInt8]) throws(WireDecodingError) -> Wire.PipelinePage {
        try decode(Wire.PipelinePage.self, bytes, document: "pipelines")
    }

    /// Reads a document; an empty one counts as `{}`, which lacks what each answer must have.
    func decode<Document: Decodable>(
        _ type: Document.Type,
        _ bytes: [UInt8],
        document: String
    ) throws(WireDecodingError) -> Document {
        do {
            return try decoder.decode(type, from: Data(bytes.isEmpty ? Array("{}".utf8) : bytes))
        } catch {
            throw WireDecodingError(document: document, error)
        }
    }
}
