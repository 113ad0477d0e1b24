extension Unicode.Scalar {
    /// Whether a terminal or a log could take it for a command, a line's end, or a mark that hides
    /// or reorders text: controls (C0, DEL, C1), separators of lines, marks of direction and of
    /// format, tags.
    ///
    /// The joiners U+200C and U+200D belong to words and emoji, and stay.
    package var steersOutput: Bool {
        if (0x20..<0x7F).contains(value) { return false }
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate: return true
        case .format: return value != 0x200C && value != 0x200D
        case _: return false
        }
    }

    /// Whether it ends a line or moves to the next column, so that a space stands for it.
    package var isBreakOrTab: Bool {
        switch value {
        case 0x09...0x0D, 0x85, 0x2028, 0x2029: true
        case _: false
        }
    }
}

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

    /// A JSON text whose strings hold escapes for all that could steer the output.
    ///
    /// Between its values a JSON text has nothing of that kind but line feeds, so that the same
    /// value is read from it.
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
