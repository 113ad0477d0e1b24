/// One statement's text, with `?` for each of its values.
///
/// A literal is compiled once for each database and kept, so it should be a constant; a text that
/// is used once is made by ``once(_:)``.
struct SQLiteQuery: Hashable, Sendable, ExpressibleByStringInterpolation {
    /// The SQL.
    let text: String
    /// Whether the compiled statement stays for the next time.
    let isKept: Bool

    init(stringLiteral text: String) {
        self.text = text
        isKept = true
    }

    private init(once text: String) {
        self.text = text
        isKept = false
    }

    /// A statement that is compiled, run and forgotten.
    static func once(_ text: String) -> SQLiteQuery { SQLiteQuery(once: text) }
}
