import RetryCore

/// What one mapping of the file writes of the limits that a rule may carry.
struct LimitsDraft {
    var modes: Written<[RetryMode]>?
    var maxRetries: Written<Int>?
    var backoff: BackoffDraft?
    var giveUpAfter: Written<Duration>?
    /// `off` is a written nil.
    var stopAfterSameError: Written<Int?>?
}

/// What one `backoff` writes.
struct BackoffDraft {
    var kind: Written<Backoff.Kind>?
    var initial: Written<Duration>?
    var factor: Written<Double>?
    var max: Written<Duration>?
    var min: Written<Duration>?
    var jitter: Written<Backoff.Jitter>?
}

/// What a policy, a pipeline entry or a stage entry writes; what it does not write is inherited.
struct PolicyDraft {
    /// Where faults of the whole are shown.
    var mark = Mark.start
    var key = ""
    var limits = LimitsDraft()
    var maxTotalRetries: Written<Int>?
    var maxFailureAge: Written<Duration>?
    var whenNewerWaiting: Written<NewerWaiting>?
    var whenTransitionDisabled: Written<TransitionDisabled>?
    var whenHumanRetried: Written<HumanRetried>?
    var shadow: Written<Bool>?
    var paused: Written<Bool>?
    var otherwise: Written<Otherwise>?
}

/// One policy of the file.
struct NamedPolicyDraft {
    let name: PolicyName
    let mark: Mark
    let draft: PolicyDraft
    let windows: [WindowDraft]
    let budget: Budget?
    /// The rules without the faulty ones.
    let rules: [RuleDraft]
    /// Whether `rules` is written at all.
    let hasRules: Bool
}

/// One of `windows`.
struct WindowDraft {
    let window: Window
    let mark: Mark
    let key: String
}

/// One of `rules`, not yet joined with the limits that it inherits.
struct RuleDraft {
    /// What a rule of the file is made of.
    enum Source {
        /// A rule of its own.
        case own(RuleName, RuleCondition)
        /// `use`: built-in rules.
        case builtIn(String)
    }

    let source: Source
    let isNever: Bool
    let limits: LimitsDraft
    let mark: Mark
    let key: String
}
