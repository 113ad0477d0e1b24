import FoundationEssentials
import WireFormats

/// Reads the JSON documents of CodePipeline, from the service or as the AWS CLI prints them.
package struct DocumentDecoder: Sendable {
    private let decoder = JSONDecoder()

    /// Creates a decoder; it may be used from several tasks.
    package init() {}

    /// Reads an answer of GetPipelineState; without `stageStates` it is not valid.
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

    /// Reads an answer of GetPipelineState in one pass; nil for anything unusual, which the full
    /// decoder then reads.
    ///
    /// Its result equals that of ``decodeAnyState(_:)`` for the same bytes.
    package static func quickState(_ bytes: [UInt8]) -> Wire.PipelineState? {
        JSONReader.document(bytes)
    }

    /// Reads an answer of GetPipelineState with the general decoder, which explains errors.
    package func decodeAnyState(_ bytes: [UInt8]) throws(WireDecodingError) -> Wire.PipelineState {
        try decode(Wire.PipelineState.self, bytes, document: "pipeline state")
    }

    /// Reads an answer of GetPipeline.
    package func decodeDefinition(
        _ bytes: [UInt8]
    ) throws(WireDecodingError) -> Wire.PipelineDefinition {
        try read(bytes, document: "pipeline definition")
    }

    /// Reads one page of ListActionExecutions.
    package func decodeActionExecutions(
        _ bytes: [UInt8]
    ) throws(WireDecodingError) -> Wire.ActionExecutionPage {
        try read(bytes, document: "action executions")
    }

    /// Reads one page of ListPipelineExecutions.
    package func decodePipelineExecutions(
        _ bytes: [UInt8]
    ) throws(WireDecodingError) -> Wire.PipelineExecutionPage {
        try read(bytes, document: "pipeline executions")
    }

    /// Reads one page of ListPipelineExecutions with the revisions.
    package func decodeExecutionRevisions(
        _ bytes: [UInt8]
    ) throws(WireDecodingError) -> Wire.ExecutionRevisionsPage {
        try decode(Wire.ExecutionRevisionsPage.self, bytes, document: "pipeline executions")
    }

    /// Reads an answer of GetPipelineExecution.
    package func decodePipelineExecution(
        _ bytes: [UInt8]
    ) throws(WireDecodingError) -> Wire.PipelineExecution {
        try decode(Wire.PipelineExecution.self, bytes, document: "pipeline execution")
    }

    /// Reads one page of ListPipelines.
    package func decodePipelines(_ bytes: [UInt8]) throws(WireDecodingError) -> Wire.PipelinePage {
        try decode(Wire.PipelinePage.self, bytes, document: "pipelines")
    }

    /// Reads a document in one pass, or with the general decoder if anything in it is unusual.
    private func read<Document: Decodable & JSONReadable>(
        _ bytes: [UInt8],
        document: String
    ) throws(WireDecodingError) -> Document {
        if let quick: Document = JSONReader.document(bytes) { return quick }
        return try decode(Document.self, bytes, document: document)
    }

    /// Reads a document; an empty one counts as `{}`, which lacks the required members.
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
