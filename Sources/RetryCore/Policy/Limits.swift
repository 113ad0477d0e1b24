import Primitives

/// The limits of an episode: the conditions that end it.
struct Limits {
    let situation: Situation
    let choice: RetryChoice
    let plan: RetryPlan
    let fingerprint: Fingerprint?

    /// Every limit in order up to the first that ends the episode, and its verdict.
    func run() -> (checks: [Check], verdict: Verdict?) {
        var checks: [Check] = []
        for check in [total, rule, giveUp, sameError].compactMap(\.self) {
            checks.append(check)
            if check.result == .stop { return (checks, .exhausted(check.reason)) }
        }
        return (checks, nil)
    }

    private var total: Check {
        let used = situation.spentRetries
        let limit = situation.policy.maxTotalRetries
        let isPolicySpent = choice.rule == nil && choice.left <= 0
        let detail =
            isPolicySpent && used < limit
            ? "\(choice.ruleLimit - choice.left) of \(choice.ruleLimit) retries of the policy made"
            : "\(used) of \(limit) retries of the episode made"
        return Check(
            reason: .exhausted,
            result: used >= limit || isPolicySpent ? .stop : .pass,
            detail: detail
        )
    }

    private var rule: Check? {
        guard let rule = choice.rule else { return nil }
        let used = choice.ruleLimit - choice.left
        return Check(
            reason: .ruleExhausted,
            result: choice.left <= 0 ? .stop : .pass,
            detail: "\(used) of \(choice.ruleLimit) retries of rule \"\(rule)\" made"
        )
    }

    private var giveUp: Check {
        let earliest = plan.sendable(from: situation.now)
        let calendar = WindowCalendar(situation.policy.windows)
        let sent = calendar.nextOpening(from: earliest) ?? earliest
        return Check(
            reason: .gaveUpAfter,
            result: sent > plan.giveUpAt ? .stop : .pass,
            detail: situation.isExplained || sent > plan.giveUpAt
                ? "the retry can be sent at \(sent) at the earliest; "
                    + "give_up_after expires at \(plan.giveUpAt)"
                : ""
        )
    }

    private var sameError: Check? {
        guard let limit = choice.stopAfterSameError else { return nil }
        let history = situation.history
        let isSame = fingerprint != nil && fingerprint == history.lastFingerprint
        let run = isSame ? max(1, history.sameErrorRun) : 1
        return Check(
            reason: .sameError,
            result: run >= limit ? .stop : .pass,
            detail: "the same error \(run) times in a row; stop_after_same_error is \(limit)"
        )
    }
}

extension RetryPlan {
    /// When it can go out at the earliest: when it is due, or now when that has passed.
    func sendable(from now: WallTime) -> WallTime {
        max(due, now)
    }
}

extension Situation {
    /// When so much time that is not in closed windows has passed since the first failure.
    func givingUp(after duration: Duration) -> WallTime {
        WindowCalendar(policy.windows).time(after: duration, from: history.firstFailure)
    }

    /// The jitter of one retry, from 0 up to 1: the same in every run of the program.
    func jitter(number: Int) -> Double {
        var hash = StableHash()
        hash.add(seed)
        hash.add(episode.pipeline.target.text)
        hash.add(episode.pipeline.pipeline.text)
        hash.add(episode.stage.text)
        hash.add(episode.execution.text)
        hash.add(UInt64(truncatingIfNeeded: number))
        var generator = SplitMix64(seed: hash.value)
        return generator.uniform()
    }
}
