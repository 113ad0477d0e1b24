import RetryCore

/// The rule limits that one mapping of the file sets.
struct LimitsDraft {
    var modes: Located<[RetryMode]>?
    var maxRetries: Located<Int>?
    var backoff: BackoffDraft?
    var giveUpAfter: Located<Duration>?
    /// `off` is a written nil.
    var stopAfterSameError: Located<Int?>?
}

/// The keys that one `backoff` sets.
struct BackoffDraft {
    var kind: Located<Backoff.Kind>?
    var initial: Located<Duration>?
    var factor: Located<Double>?
    var max: Located<Duration>?
    var min: Located<Duration>?
    var jitter: Located<Backoff.Jitter>?
}

/// The keys that a policy, a pipeline entry or a stage entry sets; the others are inherited.
struct PolicyDraft {
    /// The position for errors of the whole.
    var position = SourcePosition.start
    var key = ""
    var limits = LimitsDraft()
    var maxTotalRetries: Located<Int>?
    var maxFailureAge: Located<Duration>?
    var whenNewerWaiting: Located<NewerWaiting>?
    var whenTransitionDisabled: Located<TransitionDisabled>?
    var whenHumanRetried: Located<HumanRetried>?
    var shadow: Located<Bool>?
    var paused: Located<Bool>?
    var otherwise: Located<Otherwise>?
}

/// One policy of the file.
struct NamedPolicyDraft {
    let name: PolicyName
    let position: SourcePosition
    let draft: PolicyDraft
    let windows: [WindowDraft]
    let budget: Budget?
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
