/// What earlier failures have in common with one, the most telling first.
package enum PrecedentLevel: Hashable, Sendable {
    /// The cause, as the action's service says it.
    case cause(Fingerprint, provider: String?)
    /// The error, by CodePipeline's words.
    case error(Fingerprint, provider: String?)
    /// The rule that asked for the retry.
    case rule(RuleName)
    /// The class, by the built-in knowledge.
    case kind(CauseClass)

    /// For people, such as `this error` or `rule "network"`.
    package var text: String {
        switch self {
        case .cause: "this cause"
        case .error: "this error"
        case .rule(let name): "rule \"\(name)\""
        case .kind(let kind): "\(kind.rawValue) errors"
        }
    }

    /// Whether an attempt failed so.
    package func holds(_ attempt: ActionAttempt) -> Bool {
        guard attempt.status == .failed else { return false }
        switch self {
        case .cause(let cause, let provider):
            return attempt.causeFingerprint == cause && attempt.provider == provider
        case .error(let error, let provider):
            return attempt.fingerprint == error && attempt.provider == provider
        case .rule(let rule): return attempt.retry?.rule == rule
        case .kind(let kind): return attempt.failure?.kind == kind
        }
    }
}
