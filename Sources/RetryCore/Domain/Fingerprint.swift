import Primitives

/// An error with its variable parts removed: two failures from the same cause have the same
/// fingerprint.
///
/// It ignores digits, ids, ARNs, times and the pipeline's own names.
package struct Fingerprint: Hashable, Sendable, CustomStringConvertible {
    /// The error's text with the variable parts replaced, cut to 512 bytes.
    package let text: String

    /// Takes a text that is already reduced.
    package init(reduced text: String) {
        self.text = text
    }

    package var description: String { text }
}
