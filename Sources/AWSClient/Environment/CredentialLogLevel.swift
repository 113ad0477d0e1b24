/// How much a log line of the credentials side matters.
package enum CredentialLogLevel: Hashable, Sendable {
    /// Every step.
    case trace
    /// What was decided.
    case debug
    /// What changed.
    case info
    /// What somebody should look at.
    case warning
}
