/// A text that must never reach a log, an error, the ledger or a core dump.
///
/// Every rendering is `<redacted>`; the text itself is only available by an explicit access.
package struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The secret text; use it in a signature or a header and nowhere else.
    package let exposed: String

    /// Wraps a secret text.
    package init(_ text: String) {
        exposed = text
    }

    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
