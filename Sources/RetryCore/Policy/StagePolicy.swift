/// The policy of one stage of one pipeline, with every default and override resolved.
///
/// The keys are those of the config file; the defaults are in ``StagePolicy/standard``.
package struct StagePolicy: Hashable, Sendable {
    /// The policy's name in the config file.
    package var name: PolicyName
    /// The stage entry is `never`.
    package var never: Bool
    /// The retry mode by attempt; never empty, its last repeats.
    package var modes: [RetryMode]
    /// The retries that one rule, or the policy without rules, allows; 0 = none.
    package var maxRetries: Int
    /// The retries of an episode over all rules.
    package var maxTotalRetries: Int
    /// The wait before each retry.
    package var backoff: Backoff
    /// No retry is due later than this after the episode's first failure.
    ///
    /// Time in closed windows does not count.
    package var giveUpAfter: Duration
    /// A failure older than this when it is first seen is not retried.
    package var maxFailureAge: Duration
    /// The same fingerprint this often in a row ends the episode; nil = off.
    package var stopAfterSameError: Int?
    /// What to do when a newer execution waits to enter the stage.
    package var whenNewerWaiting: NewerWaiting
    /// What to do when the transition into the stage is disabled.
    package var whenTransitionDisabled: TransitionDisabled
    /// What to do when somebody else retried the stage.
    package var whenHumanRetried: HumanRetried
    /// Whether failures of a PARALLEL pipeline are retried.
    package var parallel: ParallelMode
    /// What to do when ALL_ACTIONS would repeat an approval that was given.
    package var whenApprovalRepeats: ApprovalRepeats
    /// What to do when the same source revisions failed so in another execution and passed in none.
    package var whenRevisionFailedBefore: RevisionReaction
    /// What to do when a later execution of other source revisions succeeded.
    package var whenNewerRevisionPassed: RevisionReaction
    /// How seldom retries of such errors may recover; nil = off.
    package var successGate: SuccessGate?
    /// Decide and report `would_retry`, never call.
    package var shadow: Bool
    /// Hold every retry of the stage.
    package var paused: Bool
    /// When retries may be sent; empty = always.
    package var windows: [Window]
    /// The most retries over all episodes under this policy; nil = no limit.
    package var budget: Budget?
    /// What its retries may cost over all episodes; nil = no limit.
    package var cost: CostCeiling?
    /// The rules in order; empty = every failure is retried.
    package var rules: [Rule]
    /// What to do when there are rules and none matches.
    package var otherwise: Otherwise

    /// The policy `default` when the file does not write it.
    package static let standard = StagePolicy(
        name: "default",
        never: false,
        modes: [.failedActions],
        maxRetries: 3,
        maxTotalRetries: 3,
        backoff: .standard,
        giveUpAfter: .seconds(6 * 3600),
        maxFailureAge: .seconds(2 * 3600),
        stopAfterSameError: nil,
        whenNewerWaiting: .hold,
        whenTransitionDisabled: .hold,
        whenHumanRetried: .leave,
        parallel: .retry,
        whenApprovalRepeats: .leave,
        whenRevisionFailedBefore: .retry,
        whenNewerRevisionPassed: .retry,
        successGate: nil,
        shadow: false,
        paused: false,
        windows: [],
        budget: nil,
        cost: nil,
        rules: [],
        otherwise: .never
    )
}

/// `when_newer_waiting`.
package enum NewerWaiting: String, Hashable, Sendable, CaseIterable {
    /// Hold the retry while another execution waits to enter: it may be stopped or superseded.
    case hold
    /// Do not retry the failed execution: the newer one replaces it.
    case leave
    /// Retry all the same.
    case retry
}

/// `when_transition_disabled`.
package enum TransitionDisabled: String, Hashable, Sendable, CaseIterable {
    /// Wait until somebody enables it.
    case hold
    /// Retry all the same.
    case retry
}

/// `when_human_retried`.
package enum HumanRetried: String, Hashable, Sendable, CaseIterable {
    /// Do not retry this execution any more.
    case leave
    /// Continue within the limits.
    case `continue`
}

/// `parallel`.
package enum ParallelMode: String, Hashable, Sendable, CaseIterable {
    /// Retry a failed execution of a PARALLEL pipeline as any other.
    case retry
    /// Report what fails, and retry nothing.
    case observe
}

/// `when_approval_repeats`.
package enum ApprovalRepeats: String, Hashable, Sendable, CaseIterable {
    /// Do not retry: nobody is asked again for what they approved.
    case leave
    /// Retry all the same: people must approve once more.
    case retry
}

/// `when_revision_failed_before` and `when_newer_revision_passed`.
package enum RevisionReaction: String, Hashable, Sendable, CaseIterable {
    /// Do not retry.
    case leave
    /// Retry all the same; nothing is asked.
    case retry
}

/// `otherwise`.
package enum Otherwise: String, Hashable, Sendable, CaseIterable {
    /// An error that no rule matches is not retried.
    case never
    /// An error that no rule matches is retried under the policy's own limits.
    case retry
}

/// So many retries in so long a sliding window.
package struct Budget: Hashable, Sendable {
    /// The most retries within ``per``; 1 at least.
    package var retries: Int
    /// The window's length.
    package var per: Duration

    /// Creates a budget.
    package init(retries: Int, per: Duration) {
        self.retries = retries
        self.per = per
    }
}
