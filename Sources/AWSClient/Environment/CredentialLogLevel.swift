/// How much a log line of the credentials side matters.
package enum CredentialLogLevel: Hashable, Sendable {
    /// Every step.
    case trace
    /// A decision.
    case debug
    /// A change.
    case info
    /// A condition that somebody should look at.
    case warning
}
