/// Why there are no credentials; no secret is ever part of it.
package struct CredentialsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which source failed, such as `profile "deploy"` or `IMDS`.
    package let source: String
    /// What went wrong and what the reader can do.
    package let reason: String

    /// Makes an error of the source and what went wrong there.
    package init(source: String, reason: String) {
        self.source = source
        self.reason = reason
    }

    package var description: String { "no credentials from \(source): \(reason)" }
}
