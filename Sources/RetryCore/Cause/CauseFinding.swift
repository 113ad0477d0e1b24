/// What the built-in knowledge says of a cause.
package struct CauseFinding: Hashable, Sendable {
    /// The row that holds, such as `image-pull/pull-limit`.
    package let row: String
    /// What a retry would bring.
    package let kind: CauseClass
    /// How long to wait; nil unless a retry may help.
    package let wait: CauseWait?
    /// Who says so: a document, an API, a maintained tool.
    package let source: String
    /// Whether the action's own work is known not to have begun.
    package let neverStarted: Bool

    /// The names for `use:` that it falls under: its row's, and `never-started` when it is
    /// transient and the action's own work had not begun.
    var groups: Set<String> {
        let own = String(row.prefix { $0 != "/" })
        return kind == .transient && neverStarted ? [own, CauseFinding.unstarted] : [own]
    }

    /// The group of what failed before the action's own work began.
    static let unstarted = "never-started"
}
