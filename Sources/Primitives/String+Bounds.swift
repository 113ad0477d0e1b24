/// Text of any length, cut to a limit.
extension String {
    /// The longest beginning that has at most so many bytes of UTF-8 and ends with a whole scalar.
    package func cut(toUTF8 limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(startIndex, offsetBy: limit)
        // 10xxxxxx continues a scalar; a scalar has three such bytes at most.
        while end > startIndex, utf8[end] & 0b1100_0000 == 0b1000_0000 {
            end = utf8.index(before: end)
        }
        return String(self[..<end])
    }

    /// The same with an ellipsis at the end of a cut text, which counts; empty if there is no room
    /// for one.
    package func shortened(toUTF8 limit: Int) -> String {
        guard utf8.count > limit else { return self }
        let ellipsis = "…"
        guard limit >= ellipsis.utf8.count else { return "" }
        return cut(toUTF8: limit - ellipsis.utf8.count) + ellipsis
    }

    /// The first scalars, as AWS counts the characters of its texts.
    package func cut(toScalars limit: Int) -> String {
        // A text has no more scalars than bytes.
        utf8.count <= limit ? self : String(String.UnicodeScalarView(unicodeScalars.prefix(limit)))
    }
}
