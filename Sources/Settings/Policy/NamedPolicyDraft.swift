import RetryCore
import YAML

/// The keys that one `backoff` sets.
struct BackoffDraft {
    var kind: Located<Backoff.Kind>?
    var initial: Located<Duration>?
    var factor: Located<Double>?
    var max: Located<Duration>?
    var min: Located<Duration>?
    var jitter: Located<Backoff.Jitter>?
}

/// One policy of the file.
struct NamedPolicyDraft {
    let name: PolicyName
    let position: SourcePosition
    let draft: PolicyDraft
    let windows: [WindowDraft]
    let budget: Budget?
    let cost: CostCeiling?
    /// The rules without invalid ones.
    let rules: [RuleDraft]
    /// Whether `rules` is written at all.
    let hasRules: Bool
}

/// One of `windows`.
struct WindowDraft {
    let window: Window
    let position: SourcePosition
    let key: String
}

/// One of `rules`, not yet joined with the limits that it inherits.
struct RuleDraft {
    /// The source of a rule in the file.
    enum Source {
        /// A rule of its own.
        case own(RuleName, RuleCondition)
        /// `use`: built-in rules.
        case builtIn(String)
    }

    let source: Source
    let isNever: Bool
    let limits: LimitsDraft
    let position: SourcePosition
    let key: String
}
