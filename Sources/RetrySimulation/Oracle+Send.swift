import CodePipelineSimulator
import Primitives
import RetryCore

/// The laws for a retry that is planned, and for one that is being sent.
extension Oracle {
    mutating func recording(
        _ intent: Intent,
        by call: CallID,
        at time: Int64,
        _ configuration: Configuration
    ) {
        judgeOutage(intent, at: time, configuration)
        forgetDrawn(configuration, at: time)
        guard let policy = configuration.policy(of: intent.episode) else {
            return blame(.policy, "an intent for \(intent.episode), which nothing watches")
        }
        var state = cases[intent.episode] ?? Case()
        state.isDefined = readings.hasToKnow(.definition(intent.episode.pipeline), at: time)
        state.isHistoryKnown = readings.hasToKnow(.history(of: intent.episode), at: time)
        state.recorded += 1
        judgePlan(intent, state, policy)
        judgePast(intent, policy, at: time)
        judgeCost(intent, by: call, policy, configuration, at: time)
        state.allowed = max(state.allowed, policy.maxTotalRetries)
        let ofRule = policy.maxRetries(of: intent.rule)
        state.allowedByRule[intent.rule] = max(state.allowedByRule[intent.rule] ?? 0, ofRule)
        cases[intent.episode] = state
    }

    private mutating func judgePlan(_ intent: Intent, _ state: Case, _ policy: StagePolicy) {
        judgeLimit(intent, state, policy)
        let modes = Set(policy.modeLists.compactMap { Own.mode(intent.number, of: $0) })
        if !modes.contains(intent.mode) {
            blame(.mode, "retry \(intent.number) of \(intent.episode) is \(intent.mode)")
        }
        judgeRule(intent, policy)
    }

    mutating func sent(
        _ call: CallID,
        _ key: EpisodeKey,
        _ mode: RetryMode,
        at time: Int64,
        _ configuration: Configuration,
        _ rows: LedgerModel.Rows,
        _ now: StageNow
    ) {
        let poll = shown(key)
        guard let truth = poll?.stages[key.stage] else {
            return blame(.guards, "\(key) was never looked at")
        }
        let newest = rows.intents[key]?.values.max { $0.sequence < $1.sequence }
        var state = cases[key] ?? Case()
        let previous = state.sent.last
        judgeIntent(key, newest, mode, state, truth, poll?.askedAt ?? 0, at: time)
        judgeGuards(key, truth, state)
        if isRepeated(truth, isAsking: configuration.causes.isEnabled, at: time) {
            blame(.guards, "\(key) is repeated by the service that ran it")
        }
        // The history may have shown the end of an action that ran when the state was shown.
        if truth.hasRunning, now.own?.hasRunning == true, mode == .allActions {
            blame(.running, "\(key) has a running action")
        }
        if let policy = configuration.policy(of: key) {
            judgePolicy(key, truth, policy, configuration, rows, at: time)
            if mode == .allActions, truth.hasApproved, policy.whenApprovalRepeats == .leave,
                state.isHistoryKnown
            {
                blame(.policy, "\(key): an approval that was given is asked for again")
            }
            judgeTime(key, truth, state, policy, at: time)
            judgeProgress(key, truth, state, policy, configuration, at: time)
            judgeBudget(policy, configuration, at: time)
            judgeGivenUp(key, policy, at: time)
            judgeSameError(key, newest?.rule, state, policy)
            judgeAge(key, truth, state, policy)
            judgeParallel(key, truth, policy, at: time)
            sends.append(Drawn(at: time, policy: policy.name))
        } else {
            blame(.policy, "nothing watches \(key)")
        }
        judgeCounter(key, truth, state)
        judgeRelease(key, truth, at: time)
        judgeRefusals(key, state, at: time)
        if let previous { judgeAfter(previous, key, truth, poll?.askedAt ?? 0, at: time) }
        if let newest { state.usedIntents.insert(newest.sequence) }
        state.decided(by: poll?.askedAt ?? 0)
        state.sent.append(Sent(call: call, rule: newest?.rule, at: time, truth: truth))
        judgeLimit(key, state, newest?.rule)
        cases[key] = state
    }

    /// From the last poll to a call, in milliseconds: 90 s for its answer, a minute for the ledger
    /// and 90 s for the call's turn.
    private static let longestCall: Int64 = 300_000

    private mutating func judgeIntent(
        _ key: EpisodeKey,
        _ newest: Intent?,
        _ mode: RetryMode,
        _ state: Case,
        _ truth: StageTruth,
        _ askedAt: Int64,
        at time: Int64
    ) {
        if newest?.state != .open { blame(.intent, "no open intent of \(key) is durable") }
        if let newest, state.usedIntents.contains(newest.sequence) {
            blame(.intent, "intent \(newest.sequence) of \(key) was sent before")
        }
        if let open = unsettled[key], open.before == truth.baseline, time - startedAt < 59_900 {
            blame(.intent, "\(key) is retried before intent \(open.sequence) is settled")
        }
        if time - askedAt > Oracle.longestCall {
            blame(.intent, "\(key) was looked at \(time - askedAt) ms ago")
        }
        if let newest, newest.mode != mode { blame(.mode, "\(key) is retried as \(mode)") }
        if state.outcomes > 0 { blame(.outcome, "\(key) is retried after its outcome") }
    }

    private mutating func judgeGuards(
        _ key: EpisodeKey,
        _ truth: StageTruth,
        _ state: Case
    ) {
        let isDefined = state.isDefined
        let reactions = isDefined && truth.isDefinitionKnown ? truth.reactions : []
        let isVersionKnown = state.isHistoryKnown
        let isApproval = truth.failed.contains { $0.category == "Approval" }
        let faults: [(Bool, Law, String)] = [
            (truth.execution != key.execution, .guards, "is not the stage's latest execution"),
            (truth.status != .failed, .guards, "is not Failed"),
            (truth.isRollback, .guards, "is a rollback"),
            (isApproval, .guards, "was rejected by a person"),
            (truth.hasAbandoned, .guards, "has an abandoned action"),
            (reactions.contains("ROLLBACK"), .guards, "is rolled back by CodePipeline"),
            (reactions.contains("SKIP"), .guards, "is skipped by CodePipeline"),
            (truth.hasFailedCondition, .guards, "has a failed condition"),
            (truth.hasOpenCondition, .guards, "has a condition that is being evaluated"),
            (truth.isParallel, .guards, "is in PARALLEL mode"),
            (isDefined && truth.isOutdated, .guards, "ran a version of before its failure"),
            (truth.failed.isEmpty, .guards, "has no failed action"),
            (
                isVersionKnown && !truth.isCurrent && !truth.isOfHistory, .guards,
                "ran another version"
            ),
            (!isDefined && !isVersionKnown, .evaluable, "was retried unread"),
            (isStuck(truth, certainly: true), .guards, "has a stack that cannot be updated"),
            (lacksArtifact(truth, certainly: true), .guards, "lacks an input artifact"),
            (truth.hasUnknown, .evaluable, "shows an unknown status"),
        ]
        for (isBroken, law, text) in faults where isBroken { blame(law, "\(key) \(text)") }
    }

    private mutating func judgePolicy(
        _ key: EpisodeKey,
        _ truth: StageTruth,
        _ policy: StagePolicy,
        _ configuration: Configuration,
        _ rows: LedgerModel.Rows,
        at time: Int64
    ) {
        let isTargetPaused =
            configuration.targets.first { $0.name == key.pipeline.target }?.paused == true
        // More than all intents before this one can explain.
        let own = rows.intents[key]?.values.count { Own.mayHaveRun($0) } ?? 0
        let isHuman = truth.manualRetries >= max(1, own)
        let hasRules = !policy.rules.isEmpty
        let isFatal = truth.failed.contains { $0.code == GeneratedScenario.fatalCode }
        let isHard = truth.failed.contains { $0.message == GeneratedScenario.hardText }
        let faults: [(Bool, Law, String)] = [
            (policy.never, .policy, "never"),
            (policy.paused || isTargetPaused, .policy, "paused in the file"),
            (pauses.contains { $0.holds(key, at: time) }, .policy, "paused by command"),
            (policy.shadow || configuration.dryRun, .policy, "only to be said"),
            (truth.hasNewerWaiting && policy.whenNewerWaiting != .retry, .policy, "newer waiting"),
            (
                !truth.isTransitionEnabled && policy.whenTransitionDisabled == .hold, .policy,
                "transition disabled"
            ),
            (isHuman && policy.whenHumanRetried == .leave, .policy, "a person retried"),
            (hasRules && isFatal, .policy, "a rule says never"),
            (hasRules && isHard, .evaluable, "a pattern is past its bound"),
        ]
        for (isBroken, law, text) in faults where isBroken { blame(law, "\(key): \(text)") }
    }

    /// How long CodePipeline's own retry may take to come.
    private static let nativeWait = Duration.seconds(120)

    /// AWS's times may be three seconds off by whole seconds and latency.
    private mutating func judgeTime(
        _ key: EpisodeKey,
        _ truth: StageTruth,
        _ state: Case,
        _ policy: StagePolicy,
        at time: Int64
    ) {
        guard trustsDates, let failedAt = truth.failed.map(\.at).max() else { return }
        let earliest = policy.backoffs.map(\.shortest).min() ?? .zero
        let now = HostClock.epoch + .milliseconds(time)
        if now + .seconds(3) < failedAt + earliest {
            blame(.wait, "\(key) is retried \(now - failedAt) after its failure, not \(earliest)")
        }
        let isAwaited =
            truth.onFailure == "RETRY" && truth.automaticRetries == 0 && truth.isDefinitionKnown
        if state.isDefined, isAwaited, now + .seconds(3) < failedAt + Oracle.nativeWait {
            blame(.wait, "\(key) is retried \(now - failedAt) after its failure, before AWS does")
        }
        if !policy.windows.isEmpty,
            OwnCalendar(policy.windows).isClosed(from: 2, to: 1, around: now)
        {
            blame(.policy, "\(key) is retried in a closed window")
        }
    }

    /// Without faults, and if nothing holds it, a retry is sent soon after its wait.
    ///
    /// A poll may be an interval late before and after, and AWS's own retry is awaited.
    private mutating func judgeProgress(
        _ key: EpisodeKey,
        _ truth: StageTruth,
        _ state: Case,
        _ policy: StagePolicy,
        _ configuration: Configuration,
        at time: Int64
    ) {
        let isHeld =
            configuration.budget != nil || policy.budget != nil
            || configuration.outageHold != nil
        guard trustsDates, !isHeld, let calmSince, let seen = state.seenFailed,
            seen.since > calmSince + 1_200_000, seen.upheavals == upheavals,
            let failedAt = truth.failed.map(\.at).max(),
            state.sent.last.map({ !$0.isRefused || ($0.endedAt ?? .max) < seen.since }) ?? true
        else { return }
        let longest = policy.backoffs.map { max($0.max, $0.min) }.max() ?? .zero
        let due = (failedAt + longest - HostClock.epoch).wholeMilliseconds
        let native: Int64 = truth.onFailure == "RETRY" ? 120_000 : 0
        let polls = 2 * configuration.poll.interval.wholeMilliseconds
        let slack = polls + 60_000
        let open = max(due, seen.since + native, state.heldAt ?? 0) + slack
        let latest = policy.windows.isEmpty ? open : Own.opening(policy, from: open) + slack
        if time > latest {
            blame(.progress, "\(key) is retried \(time - latest) ms too late")
        }
    }

    /// No wait is longer than the longest cap, nor than the largest floor above it.
    mutating func judgeDue(_ plan: RetryPlan, _ failure: FailureFacts, _ policy: StagePolicy?) {
        guard let policy, let failedAt = failure.failedAt else { return }
        let longest = policy.backoffs.map { max($0.max, $0.min) }.max() ?? .zero
        if plan.due - failedAt > longest {
            blame(.wait, "due \(plan.due - failedAt) after the failure, at most \(longest)")
        }
    }

    /// The effect of the previous retry was awaited, and long enough.
    private mutating func judgeAfter(
        _ previous: Sent,
        _ key: EpisodeKey,
        _ truth: StageTruth,
        _ askedAt: Int64,
        at time: Int64
    ) {
        // The daemon waits this long for an answer.
        let endedAt = previous.endedAt ?? previous.at + 90_000
        if time < endedAt - 100 { blame(.intent, "\(key) is retried before it was answered") }
        if askedAt < previous.at { blame(.intent, "\(key) was not looked at since the last retry") }
        if previous.isRefused {
            let isSame = truth.baseline == previous.truth.baseline && previous.upheaval == upheavals
            if isSame, time - endedAt < 4900 {
                blame(.wait, "\(key) is retried \(time - endedAt) ms after a refusal")
            }
        } else if truth == previous.truth, time - endedAt < 59_900 {
            blame(.intent, "\(key) is retried \(time - endedAt) ms after an unsettled answer")
        }
    }

    private mutating func judgeLimit(_ key: EpisodeKey, _ state: Case, _ rule: RuleName?) {
        let spent = state.sent.filter { !$0.isRefused }
        if spent.count > state.allowed {
            blame(.limit, "\(spent.count) retries of \(key), allowed \(state.allowed)")
        }
        let ofRule = spent.count { $0.rule == rule }
        let allowed = state.allowedByRule[rule] ?? 0
        if ofRule > allowed {
            let name = rule?.text ?? "the policy"
            blame(.limit, "\(ofRule) retries of \(key) by \(name), allowed \(allowed)")
        }
    }
}

extension StagePolicy {
    /// The waits that can apply to a retry.
    var backoffs: [Backoff] {
        [backoff]
            + rules.compactMap { rule in
                switch rule.action {
                case .never: nil
                case .retry(let limits): limits.backoff
                }
            }
    }
}

extension Backoff {
    /// The least that any retry waits.
    fileprivate var shortest: Duration {
        let least: Duration =
            switch jitter {
            case .none: initial
            case .equal: initial / 2
            case .full: .zero
            }
        return Swift.max(Swift.min(least, max / 2), min)
    }
}
