/// Why there are no credentials; never contains a secret.
package struct CredentialsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The source that failed, such as `profile "deploy"` or `IMDS`.
    package let source: String
    /// The error and what the reader can do.
    package let reason: String

    /// Creates an error from the source and the reason.
    package init(source: String, reason: String) {
        self.source = source
        self.reason = reason
    }

    package var description: String { "no credentials from \(source): \(reason)" }
}
