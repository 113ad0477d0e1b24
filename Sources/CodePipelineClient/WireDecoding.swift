import FoundationEssentials
import Primitives

extension KeyedDecodingContainer {
    /// A list's elements; absent and null lists are empty, null elements are left out.
    func list<Element: Decodable>(_ key: Key, of: Element.Type = Element.self) throws -> [Element] {
        try decodeIfPresent([Element?].self, forKey: key)?.compactMap { $0 } ?? []
    }

    /// The elements of a list without which a document is not what was asked for; an empty one will
    /// do.
    func needed<Element: Decodable>(_ key: Key, of: Element.Type = Element.self) throws -> [Element]
    {
        try decode([Element?].self, forKey: key).compactMap { $0 }
    }

    /// A map's values; an absent map is empty, null values are left out.
    func map(_ key: Key) throws -> [String: String] {
        try decodeIfPresent([String: String?].self, forKey: key)?.compactMapValues { $0 } ?? [:]
    }

    /// A value, where it is there and not null.
    func value<Value: Decodable>(_ key: Key, of: Value.Type = Value.self) throws -> Value? {
        try decodeIfPresent(Value.self, forKey: key)
    }

    /// A timestamp, where it is there and can be reckoned with.
    func time(_ key: Key) throws -> WallTime? {
        try decodeIfPresent(WireTime.self, forKey: key)?.time
    }
}

/// Why bytes are not the document that was expected.
package struct DecodingTrouble: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which document, and where in it what is wrong.
    package let description: String

    /// Refuses another pipeline's document, as a cache or a broken proxy may give it; one without a
    /// name passes.
    static func check(
        _ name: String?,
        is asked: String,
        _ document: String
    ) throws(DecodingTrouble) {
        guard let name, name != asked else { return }
        throw DecodingTrouble(
            "\(document): it is of pipeline \"\(name.printable(limit: 120))\", "
                + "asked for was \"\(asked)\""
        )
    }

    fileprivate init(_ description: String) {
        self.description = description
    }

    /// Says where a decoder failed, without the document's text.
    init(document: String, _ error: any Error) {
        let context: DecodingError.Context? =
            switch error {
            case DecodingError.typeMismatch(_, let context): context
            case DecodingError.valueNotFound(_, let context): context
            case DecodingError.keyNotFound(_, let context): context
            case DecodingError.dataCorrupted(let context): context
            case _: nil
            }
        let path = context?.codingPath.map { key in
            key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)"
        }
        let place = path.map { $0.isEmpty ? "" : " at " + $0.joined() } ?? ""
        let reason = context?.debugDescription ?? "not readable"
        description = "\(document)\(place): \(reason)"
    }
}

/// Reads the JSON documents of CodePipeline, from the service or as the AWS CLI prints them.
package struct DocumentDecoder: Sendable {
    private let decoder = JSONDecoder()

    /// Makes a decoder; it may be used from several tasks.
    package init() {}

    /// Reads what GetPipelineState answers; without `stageStates` it is no answer.
    package func decodeState(_ bytes: [UInt8]) throws(DecodingTrouble) -> PipelineState {
        let state: PipelineState
        if let quick = DocumentDecoder.quickState(bytes) {
            state = quick
        } else {
            state = try decodeAnyState(bytes)
        }
        guard state.hasStages else {
            throw DecodingTrouble("pipeline state: there is no stageStates in it")
        }
        return state
    }

    /// Reads what GetPipelineState answers in one pass; nil where there is any doubt about it.
    ///
    /// What it reads is what ``decodeAnyState(_:)`` makes of the same bytes.
    package static func quickState(_ bytes: [UInt8]) -> PipelineState? {
        JSONReader.document(bytes)
    }

    /// Reads what GetPipelineState answers with the general decoder, which says what is wrong.
    package func decodeAnyState(_ bytes: [UInt8]) throws(DecodingTrouble) -> PipelineState {
        try decode(PipelineState.self, bytes, document: "pipeline state")
    }

    /// Reads what GetPipeline answers.
    package func decodeDefinition(
        _ bytes: [UInt8]
    ) throws(DecodingTrouble) -> PipelineDefinition {
        try decode(PipelineDefinition.self, bytes, document: "pipeline definition")
    }

    /// Reads one page of what ListActionExecutions answers.
    package func decodeActionExecutions(
        _ bytes: [UInt8]
    ) throws(DecodingTrouble) -> ActionExecutionPage {
        try decode(ActionExecutionPage.self, bytes, document: "action executions")
    }

    /// Reads one page of what ListPipelineExecutions answers.
    package func decodePipelineExecutions(
        _ bytes: [UInt8]
    ) throws(DecodingTrouble) -> PipelineExecutionPage {
        try decode(PipelineExecutionPage.self, bytes, document: "pipeline executions")
    }

    /// Reads one page of what ListPipelines answers.
    package func decodePipelines(_ bytes: [UInt8]) throws(DecodingTrouble) -> PipelinePage {
        try decode(PipelinePage.self, bytes, document: "pipelines")
    }

    /// Reads what GetPipelineExecution answers.
    package func decodeExecution(_ bytes: [UInt8]) throws(DecodingTrouble) -> PipelineExecution {
        try decode(ExecutionAnswer.self, bytes, document: "pipeline execution").execution
    }

    /// Reads a document; an empty one counts as `{}`, which lacks what each answer must have.
    func decode<Document: Decodable>(
        _ type: Document.Type,
        _ bytes: [UInt8],
        document: String
    ) throws(DecodingTrouble) -> Document {
        do {
            return try decoder.decode(type, from: Data(bytes.isEmpty ? Array("{}".utf8) : bytes))
        } catch {
            throw DecodingTrouble(document: document, error)
        }
    }
}
