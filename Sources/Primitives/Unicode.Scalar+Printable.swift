extension Unicode.Scalar {
    /// Whether it is of the general category Cc: C0, DEL, C1; this category never gets another.
    ///
    /// Without Unicode's tables, since every name of every answer is asked this.
    package var isControl: Bool {
        value < 0x20 || (0x7F...0x9F).contains(value)
    }

    /// Whether a terminal or a log could interpret it as a command, a line end, or a character that
    /// hides or reorders text: controls (C0, DEL, C1), line separators, direction and format
    /// characters, tags.
    ///
    /// The joiners U+200C and U+200D belong to words and emoji, and are kept.
    package var steersOutput: Bool {
        if (0x20..<0x7F).contains(value) { return false }
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate: return true
        case .format: return value != 0x200C && value != 0x200D
        case _: return false
        }
    }

    /// Whether it ends a line or moves to the next column, so that a space replaces it.
    package var isBreakOrTab: Bool {
        switch value {
        case 0x09...0x0D, 0x85, 0x2028, 0x2029: true
        case _: false
        }
    }

    /// Whether a reader of a message does not need it: characters that control the output, every
    /// blank, and unassigned characters.
    var isUnprintable: Bool {
        if steersOutput { return true }
        return switch properties.generalCategory {
        case .spaceSeparator, .privateUse, .unassigned: true
        case _: false
        }
    }
}
