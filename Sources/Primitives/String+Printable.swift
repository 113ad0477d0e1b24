/// Text from outside, made fit for a terminal or a log.
extension String {
    /// The text as one line: a space for each line's end and tab, U+FFFD for all else that could
    /// steer the output.
    package var asOneLine: String {
        replacingSteering { $0.isBreakOrTab ? " " : "\u{FFFD}" }
    }

    /// The text with its line feeds, and nothing else that could steer the output.
    package var asLines: String {
        replacingSteering { $0 == "\n" ? "\n" : $0.isBreakOrTab ? " " : "\u{FFFD}" }
    }

    /// The text with its line feeds and tabs, a blank for each carriage return, and U+FFFD for
    /// everything else that could control the output.
    ///
    /// `journalctl -o json` prints a field with any other character as a list of bytes.
    package var asJournalField: String {
        replacingSteering { scalar in
            switch scalar {
            case "\n", "\t": scalar
            case "\r": " "
            case _: "\u{FFFD}"
            }
        }
    }

    /// A short text for people: controls become blanks, runs of blanks one, and what is longer than
    /// `limit` scalars ends with an ellipsis.
    ///
    /// A server's text reaches logs and terminals; it must not control them.
    package func printable(limit: Int = 500) -> String {
        // Ids and codes, nearly always.
        if utf8.count <= limit, utf8.allSatisfy({ (0x21...0x7E).contains($0) }) { return self }
        var out = ""
        var length = 0
        var pendingBlank = false
        for scalar in unicodeScalars {
            guard !scalar.isUnprintable else {
                pendingBlank = true
                continue
            }
            if pendingBlank, !out.isEmpty {
                out.append(" ")
                length += 1
            }
            pendingBlank = false
            guard length < limit else { return out + "…" }
            out.unicodeScalars.append(scalar)
            length += 1
        }
        return out
    }

    /// A JSON text whose strings have escapes for everything that could control the output.
    ///
    /// Outside of strings a JSON text can only have line feeds of that kind, so it still has the
    /// same value.
    package var asSafeJSON: String {
        guard unicodeScalars.contains(where: { $0.steersOutput && $0 != "\n" }) else { return self }
        var result = ""
        for scalar in unicodeScalars {
            guard scalar.steersOutput, scalar != "\n" else {
                result.unicodeScalars.append(scalar)
                continue
            }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            }
        }
        return result
    }

    private func replacingSteering(_ replacement: (Unicode.Scalar) -> Unicode.Scalar) -> String {
        guard unicodeScalars.contains(where: \.steersOutput) else { return self }
        var result = UnicodeScalarView()
        for scalar in unicodeScalars {
            result.append(scalar.steersOutput ? replacement(scalar) : scalar)
        }
        return String(result)
    }
}
