import Primitives

/// A piece of a page.
///
/// A text becomes one only by a literal, or escaped: whatever a name or an error contains, it is
/// shown and does nothing.
struct HTML: ExpressibleByStringInterpolation {
    /// The piece.
    private(set) var text: String

    /// Takes a literal as it is.
    init(stringLiteral text: String) {
        self.text = text
    }

    /// Takes an interpolated literal, whose values are escaped.
    init(stringInterpolation: StringInterpolation) {
        text = stringInterpolation.text
    }

    /// Joins pieces.
    init(_ pieces: some Sequence<HTML>) {
        text = pieces.map(\.text).joined()
    }

    /// Collects the parts of a literal.
    struct StringInterpolation: StringInterpolationProtocol {
        /// What there is so far.
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        mutating func appendLiteral(_ literal: String) { text += literal }
        mutating func appendInterpolation(_ value: String) { text += HTML.escaped(value) }
        mutating func appendInterpolation(_ piece: HTML) { text += piece.text }
        mutating func appendInterpolation(_ pieces: [HTML]) {
            for piece in pieces { text += piece.text }
        }
        mutating func appendInterpolation(_ number: Int) { text += String(number) }
        /// A length or place in a drawing.
        mutating func appendInterpolation(_ number: Double) { text += number.shortText }
    }

    /// A text from outside: on one line, without what could steer the output, and with references
    /// for all that means something in HTML.
    private static func escaped(_ value: String) -> String {
        var result = ""
        for character in value.asOneLine.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case _: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
