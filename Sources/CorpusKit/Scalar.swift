/// A text or a number of an entry, as text.
package struct Scalar: Decodable, Hashable, Sendable {
    /// The value.
    package let text: String

    package init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        do {
            text = try value.decode(String.self)
        } catch DecodingError.typeMismatch {
            text = String(try value.decode(Int.self))
        }
    }
}
