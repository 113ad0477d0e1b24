import Primitives

/// The values of `--log`.
package enum LogOption: String, CaseIterable, Sendable {
    /// The journal's native protocol.
    case journal
    /// Lines for people on standard error.
    case text
    /// JSON lines on standard output.
    case json
}
