import CodePipelineSimulator
import Primitives
import RetryCore

/// The daemon's reports on deferrals, and on the rule that a retry counts against.
extension Oracle {
    /// A reason for waiting must be true of AWS, of the newest received answers, or of the config
    /// file.
    mutating func judgeDeferral(
        _ key: EpisodeKey,
        _ reason: Reason,
        until: WallTime,
        _ plan: RetryPlan?,
        at time: Int64,
        _ configuration: Configuration,
        _ now: StageNow
    ) {
        guard shown(key) != nil else { return }
        let wait = Wait(reason: reason, until: until, plan: plan)
        guard let policy = configuration.policy(of: key) else { return }
        if isTrue(wait, key, at: time, configuration, policy, now) == false {
            blame(.deferral, "\(key) waits for \(reason.rawValue)")
        }
    }

    /// A deferral as it was reported.
    private struct Wait {
        var reason: Reason
        var until: WallTime
        var plan: RetryPlan?
    }

    /// Whether a reason for waiting holds; nil if it is judged elsewhere or cannot be known.
    private func isTrue(
        _ wait: Wait,
        _ key: EpisodeKey,
        at time: Int64,
        _ configuration: Configuration,
        _ policy: StagePolicy,
        _ now: StageNow
    ) -> Bool? {
        let target = configuration.targets.first { $0.name == key.pipeline.target }
        let truths = known(key) + [now.truth, now.own].compactMap(\.self)
        let refusal = cases[key]?.sent.last?.answer?.refusal
        return switch wait.reason {
        case .paused:
            policy.paused || target?.paused == true
                || pauses.contains { Own.holds($0.scope, key) }
        case .windowClosed: isClosed(policy, wait, at: time)
        case .budgetSpent: configuration.budget != nil || policy.budget != nil
        case .outageHold: configuration.outageHold != nil && !waits.outages.isEmpty
        case .newerExecutionWaiting:
            policy.whenNewerWaiting == .hold && truths.contains { $0.hasNewerWaiting }
        case .transitionDisabled:
            policy.whenTransitionDisabled == .hold
                && truths.contains { !$0.isTransitionEnabled }
        case .nativeRetryPending: truths.contains { $0.mayReact(by: "RETRY") }
        case .actionsInProgress:
            readings.showsRunning(key) || truths.contains { $0.isMoving }
        case .providerRetries:
            truths.contains { isUnderWay($0) }
        case .unknownStatus: truths.contains { $0.hasUnknown || $0.status.isUnknown }
        case .definitionUnavailable:
            isUnread(key, wait.until, at: time)
                || cases[key]?.isOfHistory == true
                    && (readings.isRenewed(key.pipeline, at: time, changedAt: now.changedAt)
                        || readings.isMadeAgain(key.pipeline))
        case .busy: refusal == .conflict || cases[key]?.sent.last?.endedAt == nil
        case .executionLimit: refusal == .concurrentLimit
        case .notRetryable: refusal.map { Own.isGoneOrDone($0) } ?? false
        // Judged elsewhere, or not to be known.
        case .rollbackExecution, .approvalRejected, .approvalFailed, .abandoned,
            .conditionFailed, .rollsBack, .skips, .definitionChanged, .parallelMode,
            .parallelRefused, .modeChanged,
            .noFailedAction, .changeSetConsumed, .stackNotUpdatable, .artifactGone,
            .approvalWouldRepeat, .knownBadRevision, .newerRevisionPassed, .lowSuccess, .costSpent,
            .notEvaluable, .tooOld, .humanRetried, .stopped, .cancelled,
            .notWatched, .duplicateTarget, .stageNever, .ruleNever,
            .noRuleMatched, .exhausted, .ruleExhausted, .gaveUpAfter, .sameError, .shadow,
            .invalidRequest, .accessDenied, .throttled, .credentials, .unreachable,
            .ledgerUnavailable:
            nil
        }
    }

    /// Whether the definition or the history is not known, and it is requested again in minutes.
    private func isUnread(_ key: EpisodeKey, _ until: WallTime, at time: Int64) -> Bool {
        let wait = until - (HostClock.epoch + .milliseconds(time))
        let isTooLong = trustsDates && readings.isPassing(key) && wait > .seconds(320)
        let poll = shown(key)?.askedAt ?? time
        return readings.isLacking(key, at: time, since: poll) && !isTooLong
    }

    /// The newest two states of the episode that came through.
    private func known(_ key: EpisodeKey) -> [StageTruth] {
        [shown(key), formerShown(key)].compactMap { $0?.stages[key.stage] }
            .filter { $0.execution == key.execution }
    }

    /// Whether a window is closed now or when the retry is due, and opens at the end of the wait,
    /// two minutes off at most.
    private func isClosed(
        _ policy: StagePolicy,
        _ wait: Wait,
        at time: Int64
    ) -> Bool? {
        guard trustsDates else { return policy.windows.isEmpty ? false : nil }
        let now = HostClock.epoch + .milliseconds(time)
        let calendar = OwnCalendar(policy.windows)
        let moment = max(now, wait.plan?.due ?? now)
        let ends = [moment + .seconds(-120), moment, moment + .seconds(120)]
            .compactMap { calendar.opening(from: $0) }
        return calendar.isClosed(within: 2, of: moment)
            && ends.contains { abs((wait.until - $0).wholeMilliseconds) <= 120_000 }
    }

    /// A retry counts against the rule that knows one of the errors that came through.
    mutating func judgeRule(_ intent: Intent, _ policy: StagePolicy) {
        let key = intent.episode
        let runs = known(key).flatMap(\.failed)
        let rules = Set(
            runs.flatMap { run in
                lines(of: run.attempt).map { Own.rule(for: run, $0, of: policy) }
            }
        )
        if !rules.isEmpty, !rules.contains(intent.rule) {
            let name = intent.rule?.text ?? "the policy"
            blame(.rule, "retry \(intent.number) of \(key) counts against \(name)")
        }
    }
}

extension Own {
    /// Whether AWS answers that there is nothing to retry.
    static func isGoneOrDone(_ refusal: RetryRefusal) -> Bool {
        [.notRetryable, .stageNotFound, .pipelineNotFound].contains(refusal)
    }

    /// The first rule of the generated scenario that matches an error; nil: the policy itself
    /// decides.
    static func rule(
        for run: StageTruth.FailedRun,
        _ line: String?,
        of policy: StagePolicy
    ) -> RuleName? {
        let texts = [run.message, line].compactMap(\.self)
        return policy.rules.first { rule in
            switch rule.name.text {
            case "fatal": run.code == GeneratedScenario.fatalCode
            case "network": texts.contains { $0.contains("no route") }
            case "flaky": texts.contains { $0.hasPrefix("build ") }
            case _: false
            }
        }?.name
    }
}

extension StageTruth {
    /// Whether something in the stage runs, or may.
    fileprivate var isMoving: Bool {
        hasRunning || hasOpenCondition || hasUnknown || status == .inProgress
    }
}

extension RetryAnswer {
    /// AWS's refusal; nil when it did not refuse.
    fileprivate var refusal: RetryRefusal? {
        if case .refused(let refusal, _) = self { refusal } else { nil }
    }
}

extension StageStatus? {
    /// Whether it is an unknown status.
    fileprivate var isUnknown: Bool {
        if case .unknown = self { true } else { false }
    }
}
