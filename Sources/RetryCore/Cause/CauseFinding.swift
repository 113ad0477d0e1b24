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

    /// Whether the rules of a name for `use:` cover it.
    ///
    /// `aws-transient`, `flaky` and `aws-permanent` (with what is unsafe) are classes,
    /// `never-started` is what is transient before the action's own work began; any other name is
    /// that of the row's group.
    package func belongs(to use: String) -> Bool {
        switch use {
        case "aws-transient": kind == .transient
        case "aws-permanent": kind == .permanent || kind == .unsafe
        case "flaky": kind == .flaky
        case "never-started": kind == .transient && neverStarted
        case _: row.hasPrefix(use + "/")
        }
    }
}
