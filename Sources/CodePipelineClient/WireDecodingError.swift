import Primitives

/// Why bytes are not the document that was expected.
package struct WireDecodingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The document, and the problem with its position.
    package let description: String

    /// Rejects another pipeline's document, as a cache or a broken proxy may give it; one without a
    /// name passes.
    static func check(
        _ name: String?,
        is asked: String,
        _ document: String
    ) throws(WireDecodingError) {
        guard let name, name != asked else { return }
        throw WireDecodingError(
            "\(document): it is of pipeline \"\(name.printable(limit: 120))\", "
                + "asked for was \"\(asked)\""
        )
    }

    init(_ description: String) {
        self.description = description
    }

    /// Describes where a decoder failed, without the document's text.
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
