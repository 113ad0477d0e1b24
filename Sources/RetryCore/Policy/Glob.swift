/// A glob: `*` stands for any text, `?` for one character; all else is literal, case counts.
package struct Glob: Hashable, Sendable, CustomStringConvertible {
    /// The glob as the file writes it.
    package let text: String

    /// Takes a glob as it is; every text is one.
    package init(_ text: String) {
        self.text = text
    }

    package var description: String { text }
}
