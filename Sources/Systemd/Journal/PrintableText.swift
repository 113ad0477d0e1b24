import RetryCore

/// Text from outside, made fit for an entry: no control characters, no more bytes than allowed.
enum PrintableText {
    /// Makes one line of a text: line breaks and tabs become spaces, other controls U+FFFD.
    ///
    /// An escape sequence in a message could rewrite the reader's terminal, and journalctl hides a
    /// message with control characters behind `[12B blob data]`.
    static func oneLine(_ text: String) -> String {
        text.asOneLine
    }

    /// Keeps line breaks and tabs, and replaces what `journalctl -o json` prints as byte lists.
    static func field(_ text: String) -> String {
        replacing(text) { scalar in
            switch scalar {
            case "\n", "\t": scalar
            case "\r": " "
            case _: nil
            }
        }
    }

    /// Cuts a text to so many bytes on a character's border; what was cut ends with an ellipsis.
    static func cut(_ text: String, toBytes limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        let ellipsis = "…"
        guard limit >= ellipsis.utf8.count else { return "" }
        let bytes = text.utf8
        var end = bytes.index(bytes.startIndex, offsetBy: limit - ellipsis.utf8.count)
        // 10xxxxxx continues a scalar; a scalar has three such bytes at most.
        while end > bytes.startIndex, bytes[end] & 0b1100_0000 == 0b1000_0000 {
            end = bytes.index(before: end)
        }
        return String(text[..<end]) + ellipsis
    }

    /// Replaces unsafe scalars; `keep` answers what stands for one, nil for U+FFFD.
    private static func replacing(
        _ text: String,
        _ keep: (Unicode.Scalar) -> Unicode.Scalar?
    ) -> String {
        guard text.unicodeScalars.contains(where: \.steersOutput) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            result.append(scalar.steersOutput ? keep(scalar) ?? "\u{FFFD}" : scalar)
        }
        return String(result)
    }
}
