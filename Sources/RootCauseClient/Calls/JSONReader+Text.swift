import Primitives
import WireFormats

/// The longest texts that are kept of an answer, in bytes.
enum CauseText {
    /// Of a message.
    static let message = 8 << 10
    /// Of a name, an id, a code, a status.
    static let name = 2 << 10
}

extension JSONReader {
    /// Reads a text and keeps its beginning.
    mutating func text(
        _ limit: Int = CauseText.name
    ) throws(UnusualJSONError) -> String {
        try string().cut(toUTF8: limit)
    }

    /// Reads a list of texts and keeps so many of them.
    mutating func texts(limit: Int) throws(UnusualJSONError) -> [String] {
        let all: [BoundedText] = try list()
        return all.prefix(limit).map(\.text)
    }

    /// Reads an answer.
    static func answer<Value: JSONReadable>(
        _ body: [UInt8],
        of: Value.Type = Value.self
    ) throws(UnreadableAnswer) -> Value {
        guard let value: Value = document(body) else {
            throw UnreadableAnswer("it is not the JSON that was expected")
        }
        return value
    }
}

private struct BoundedText: JSONReadable {
    let text: String

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        text = try reader.text()
    }
}
