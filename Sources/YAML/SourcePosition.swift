/// A position in a text.
package struct SourcePosition: Hashable, Comparable, Sendable {
    /// The line, from 1.
    package let line: Int
    /// The column, from 1, in characters (Unicode scalars).
    package let column: Int

    /// Creates a position.
    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// The text's first character.
    package static let start = SourcePosition(line: 1, column: 1)

    /// Creates the position of a byte offset in a text of UTF-8.
    package init(offset: Int, in bytes: [UInt8]) {
        let before = bytes.prefix(max(0, offset))
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        line = before.count { $0 == 0x0A } + 1
        // Every byte but the continuation bytes of UTF-8 begins a character.
        column = before[lineStart...].count { $0 & 0xC0 != 0x80 } + 1
    }

    /// Whether `left` comes before `right`.
    package static func < (left: SourcePosition, right: SourcePosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}
