import CodePipelineSimulator
import Primitives
import RetryCore

/// AWS's state of one stage and one execution at the moment of the daemon's report.
struct StageNow: Sendable {
    /// The truth about the stage; nil: the pipeline has no such stage, or no state.
    var truth: StageTruth?
    /// The truth about the execution in the stage, whether or not it is still the latest.
    var own: StageTruth?
    /// Whether the definition has the stage.
    var isThere = false
    /// When the pipeline was created or got its current definition, in true milliseconds.
    var changedAt = Int64.min
    /// Whether executions of the pipeline run side by side.
    var isParallel = false
    /// Whether the execution runs the current version.
    var isCurrent = false
    /// Whether the execution is done with the stage: it succeeded or passed it over.
    var isDone = false
    /// Whether the target still reaches the pipeline that had the execution.
    var isReached = true
    /// Whether AWS knows the execution, and whether that began in a mode of the other kind.
    var isKnown = false
    var isOfOtherMode = false
}

extension ServiceModel {
    /// AWS's current state, by the pipeline's name in the model.
    func now(_ key: EpisodeKey, _ name: String) -> StageNow {
        var now = StageNow()
        do throws(ServiceError) {
            let definition = try definition(of: name)
            now.isThere = definition.stages.contains { $0.name == key.stage.text }
            now.isParallel = definition.executionMode == .parallel
            let state = try state(of: name)
            let changedAt = max(state.created, state.updated).milliseconds
            now.changedAt = changedAt - HostClock.epoch.milliseconds
            now.truth = try truth(of: state)[key.stage]
            let execution = try execution(key.execution.text, of: name)
            now.isKnown = true
            now.isOfOtherMode = (execution.mode == .parallel) != now.isParallel
            now.isCurrent = state.version == execution.version
            let status = execution.stageStatuses[key.stage.text]
            now.isDone = status == .succeeded || status == .skipped
            guard execution.mode != .parallel, !now.isParallel else {
                now.truth = nil
                now.own = try truth(of: execution, in: key, name)
                return now
            }
            now.own = try truth(of: key, name, status, latest: now.truth)
        } catch {
            return now
        }
        return now
    }
}

/// The daemon's reports on outcomes, compared with the truth.
extension Oracle {
    /// There is one, for as long as the ledger keeps it.
    mutating func noteOutcome(_ key: EpisodeKey, _ kind: ReportKind, at time: Int64) {
        let isForgotten = isDeleted(key, at: time)
        cases[key, default: Case()].outcomes += 1
        cases[key]?.endedAt = time
        guard cases[key]?.outcomes ?? 0 > 1, !isForgotten, !recalls.excuses(key, at: time)
        else { return }
        blame(.outcome, "\(kind.rawValue) is another outcome of \(key)")
    }

    /// For how long the ledger keeps the newest outcome of a stage, in milliseconds.
    private static let memory: Int64 = 400 * 86_400_000
    /// The same of all others.
    private static let shortMemory: Int64 = 30 * 86_400_000

    /// Whether the ledger no longer has an outcome.
    ///
    /// While a target looks in another Region, an episode from there may be the newest of a stage
    /// of the same name.
    private func isDeleted(_ key: EpisodeKey, at time: Int64) -> Bool {
        guard let endedAt = cases[key]?.endedAt else { return false }
        let age = time - endedAt
        guard age <= Oracle.memory else { return true }
        if age > Oracle.shortMemory, isRetriedSince(key, endedAt) { return true }
        guard age > Oracle.shortMemory, movedAt[key.pipeline.target] ?? .min > endedAt else {
            return false
        }
        return cases.contains { other, state in
            other.pipeline == key.pipeline && other.stage == key.stage && other != key
                && state.isSeen && state.endedAt ?? .max > endedAt
        }
    }

    /// Whether a person has retried an execution in PARALLEL mode after its outcome, and it failed
    /// again: newer ones have taken its place in the ledger as the newest of the stage.
    private func isRetriedSince(_ key: EpisodeKey, _ endedAt: Int64) -> Bool {
        guard cases[key]?.isOfHistory == true,
            let failedAt = shown(key)?.stages[key.stage]?.failed.map(\.at).max()
        else { return false }
        return failedAt > HostClock.epoch + .milliseconds(endedAt)
    }

    mutating func judgeOutcome(
        _ report: Report,
        at time: Int64,
        _ configuration: Configuration,
        _ now: (EpisodeKey) -> StageNow
    ) {
        switch report {
        case .stageRecovered(let context, _, _):
            // Its pipeline may have been deleted since the answer.
            let shown = shown(context.key)?.stages[context.key.stage]
            let isShown = shown?.execution == context.key.execution && shown?.status == .succeeded
            if !isShown, !now(context.key).isDone {
                blame(.truth, "\(context.key) recovered, and has not succeeded")
            }
        case .stageRemoved(let context, _) where cases[context.key]?.isOfHistory == true:
            let now = now(context.key)
            if now.isKnown, now.isReached || !isUnknowable(context.key) {
                blame(.truth, "\(context.key) is said to be gone, and AWS has the execution")
            }
        case .stageRemoved(let context, _):
            let now = now(context.key)
            // It may have been there again only since the newest state was requested.
            let askedAt = polledAt[context.key.pipeline] ?? startedAt
            let wasThere = now.isThere && now.changedAt < askedAt
            if wasThere, now.isReached || !isUnknowable(context.key) {
                blame(.truth, "\(context.key) is said to be gone, and is there")
            }
        case .stageSuperseded(let context, _, _) where cases[context.key]?.isOfHistory == true:
            blame(.outcome, "\(context.key) is superseded by nothing")
        case .parallelRefused(let context, _): judgeParallelRefused(context.key, at: time)
        case .stageSuperseded(let context, _, _):
            let now = now(context.key)
            let isLatest = now.truth?.execution == context.key.execution
            if isLatest, now.isReached || !isUnknowable(context.key) {
                blame(.outcome, "\(context.key) is not superseded")
            }
        case .stageNotRetried(let context, let reason, _, _, _):
            judge(reason, context.key, at: time, configuration, now(context.key))
        case .retryDeferred(let context, let reason, let until, let plan, _, _):
            judgeDeferral(
                context.key,
                reason,
                until: until,
                plan,
                at: time,
                configuration,
                now(context.key)
            )
        case .retriesExhausted(let context, let reason, _, _):
            judge(reason, context.key, at: time, configuration, now(context.key))
        case _: break
        }
    }

    /// A reason must have been true now, or in one of the two newest received states.
    private mutating func judge(
        _ reason: Reason,
        _ key: EpisodeKey,
        at time: Int64,
        _ configuration: Configuration,
        _ now: StageNow
    ) {
        // What was due when a reload came is decided first, by the file of before.
        let isBefore = former?.until == time && reason != .notWatched
        let before = isBefore ? former?.configuration.policy(of: key) : nil
        guard now.isReached, let policy = configuration.policy(of: key) ?? before else {
            if reason != .notWatched, now.isReached || !isUnknowable(key) {
                blame(.truth, "\(key), which nothing watches: \(reason.rawValue)")
            }
            return
        }
        if reason == .notWatched, !isMoving(key, at: time) {
            blame(.truth, "\(key) is watched")
        }
        judgeMode(reason, key, at: time, policy, now)
        judgePast(reason, key, policy)
        judgeCost(reason, key, policy, configuration, at: time)
        if reason == .definitionChanged, now.isCurrent {
            blame(.truth, "\(key) runs the current version")
        }
        judge(reason, key, at: time, policy, now)
    }

    /// The same for what depends on the policy, or is known by what came through.
    private mutating func judge(
        _ reason: Reason,
        _ key: EpisodeKey,
        at time: Int64,
        _ policy: StagePolicy,
        _ now: StageNow
    ) {
        let state = cases[key] ?? Case()
        let seen = [shown(key), formerShown(key)].compactMap { $0?.stages[key.stage] }
        let truths = seen.filter { $0.execution == key.execution } + [now.own].compactMap(\.self)
        let isRead = readings.isDefined(key)
        let words = truths.map { truth in
            var truth = truth
            // Only the definition tells which of the failed actions belong to this attempt; that of
            // now may lack the stage or the actions that an execution in PARALLEL mode ran.
            if !isRead || truth.isOfHistory && !truth.isCurrent { truth.failed = truth.everFailed }
            // Nor does a history tell whose a retry was but by the onFailure of its stage, which
            // may be gone: then CodePipeline's own counts as a person's.
            if truth.isOfHistory, !isRead || truth.onFailure != "RETRY" {
                truth.manualRetries += truth.automaticRetries
                truth.automaticRetries = 0
            }
            truth.isStuck = isStuck(truth, certainly: false)
            truth.lacksArtifact = lacksArtifact(truth, certainly: false)
            return Oracle.isTrue(reason, truth, state, policy, since: startedAt)
        }
        // An update of an action takes its run out of the state: then only the history has it.
        let isHidden = reason == .noFailedAction && readings.isHistoryDenied(key)
        if !words.isEmpty, words.allSatisfy({ $0 == false }), !isHidden {
            blame(.truth, "\(key) ends for \(reason.rawValue), which is not true")
        }
        judgeTimes(reason, key, at: time, state, policy)
    }

    /// Whether a reason holds; nil if it is judged elsewhere or cannot be known.
    private static func isTrue(
        _ reason: Reason,
        _ truth: StageTruth,
        _ state: Case,
        _ policy: StagePolicy,
        since start: Int64
    ) -> Bool? {
        let approvals = truth.failed.filter { $0.category == "Approval" }
        return switch reason {
        case .rollbackExecution: truth.isRollback
        case .approvalRejected: approvals.contains { $0.code.isEmpty }
        case .approvalFailed: approvals.contains { !$0.code.isEmpty }
        case .abandoned: truth.hasEverAbandoned
        case .stackNotUpdatable: truth.isStuck
        case .artifactGone: truth.lacksArtifact
        case .approvalWouldRepeat:
            truth.hasApproved && policy.whenApprovalRepeats == .leave
                && policy.modeLists.contains { $0.contains(.allActions) }
        case .conditionFailed: truth.hasFailedCondition
        case .rollsBack: truth.mayReact(by: "ROLLBACK")
        case .skips: truth.mayReact(by: "SKIP")
        case .noFailedAction:
            // The conditions of an execution in PARALLEL mode nobody can see.
            truth.status == .failed && truth.failed.isEmpty
                && (truth.isOfHistory || !truth.hasFailedCondition && !truth.hasOpenCondition)
        // Retries that a lost ledger forgot, or that were made under another target, are taken for
        // those of a person.
        case .humanRetried: truth.manualRetries > state.own
        case .stopped: truth.status == .stopped || truth.status == .stopping
        case .cancelled: truth.status == .cancelled
        case .newerExecutionWaiting: truth.hasNewerWaiting
        case .stageNever: policy.never
        case .ruleNever:
            !policy.rules.isEmpty
                && truth.failed.contains { $0.code == GeneratedScenario.fatalCode }
        case .noRuleMatched: !policy.rules.isEmpty && policy.otherwise == .never
        case .exhausted:
            state.spent(truth, since: start) >= min(policy.maxTotalRetries, policy.maxRetries)
        case .ruleExhausted: state.spent(truth, since: start) >= policy.shortestRule
        case .sameError:
            // Each attempt failed at most once.
            1 + truth.manualRetries + truth.automaticRetries >= policy.fewestSameErrors
                && state.hasRepeatedError(truth)
        // Judged elsewhere, or not to be known.
        case .definitionChanged, .parallelMode, .parallelRefused, .modeChanged, .unknownStatus,
            .changeSetConsumed, .knownBadRevision, .newerRevisionPassed, .lowSuccess, .costSpent,
            .providerRetries, .notEvaluable, .definitionUnavailable, .tooOld, .nativeRetryPending,
            .actionsInProgress,
            .transitionDisabled, .notWatched, .duplicateTarget, .gaveUpAfter, .windowClosed,
            .budgetSpent, .outageHold, .paused, .shadow, .busy, .executionLimit, .notRetryable,
            .invalidRequest, .accessDenied, .throttled, .credentials, .unreachable,
            .ledgerUnavailable:
            nil
        }
    }

    /// AWS's times are a second off at most, and the daemon computes by them.
    private mutating func judgeTimes(
        _ reason: Reason,
        _ key: EpisodeKey,
        at time: Int64,
        _ state: Case,
        _ policy: StagePolicy
    ) {
        guard trustsAnswers, let failedAt = state.firstFailedAt else { return }
        let now = HostClock.epoch + .milliseconds(time)
        if reason == .tooOld {
            if now + .seconds(5) < failedAt + policy.maxFailureAge {
                blame(.truth, "\(key) is too old \(now - failedAt) after its failure")
            }
        }
        if reason == .gaveUpAfter {
            let longest = policy.backoffs.map { max($0.max, $0.min) }.max() ?? .zero
            let calendar = OwnCalendar(policy.windows)
            let reached = calendar.opening(from: now + longest + .seconds(5))
            let spent = reached.map { calendar.openTime(from: failedAt, to: $0) + 61_000 } ?? .max
            if .milliseconds(spent) < policy.shortestGiveUp {
                blame(.truth, "\(key) is given up \(now - failedAt) after its failure")
            }
        }
    }
}

extension Oracle {
    /// The error that a state showed, and by how many retries.
    struct SeenError: Sendable {
        var at: Int64
        var error: Set<String>
        /// The attempts that ended with it.
        var attempts: Set<ActionExecutionID>
        /// The errors of its newest failure, and when that came.
        var newest: Set<String>
        var failedAt: WallTime
        var retries: Int
        /// Whether nothing ran any more: else more of the attempt may have failed since.
        var isWhole: Bool
        /// Whether it was shown only while a call of the daemon's had no answer.
        var isMissed: Bool
    }
}

extension Oracle.Case {
    /// How many retries by anyone may count: those that AWS counted, and those that may still be
    /// under way.
    ///
    /// A refusal may be lost with the process that received it. What this target's ledger does not
    /// know, since it was lost or was made under another target's name, has no intent here.
    func spent(_ truth: StageTruth, since start: Int64) -> Int {
        max(truth.manualRetries, effective)
            + max(0, recorded - own - sent.count { $0.isRefused && $0.at >= start })
    }

    /// Keeps the error of an attempt, or updates it.
    ///
    /// An older copy of the state does not know the newest failure of an attempt.
    mutating func add(_ error: Set<String>, _ truth: StageTruth, at time: Int64) {
        guard let failedAt = truth.failed.map(\.at).max() else { return }
        var newest = truth
        newest.failed.removeAll { $0.at < failedAt }
        var seen = Oracle.SeenError(
            at: time,
            error: error,
            attempts: Set(truth.failed.map(\.attempt)),
            newest: Own.error(of: newest),
            failedAt: failedAt,
            retries: truth.manualRetries + truth.automaticRetries,
            isWhole: !truth.hasRunning,
            isMissed: isCalling(at: time)
        )
        guard let last = errors.last, last.retries == seen.retries else {
            return errors.append(seen)
        }
        seen.at = last.at
        seen.isMissed = seen.isMissed && last.isMissed
        if last.failedAt > failedAt { (seen.newest, seen.failedAt) = (last.newest, last.failedAt) }
        errors[errors.count - 1] = seen
    }

    /// Whether a call of the daemon's has no answer yet, for which it waits 90 s.
    func isCalling(at time: Int64) -> Bool {
        sent.last.map { $0.answer == nil && time - $0.at < 90_000 } ?? false
    }

    /// Whether the newest two attempts that failed showed one error, or ended with one, as far as
    /// two were shown.
    ///
    /// CodePipeline's own retry comes within seconds: possibly no poll shows the state before it.
    /// An attempt that somebody else's retry ended while a call of the daemon's had no answer is
    /// not taken: the answer comes first.
    func hasRepeatedError(_ truth: StageTruth) -> Bool {
        let newest = errors.filter { !$0.isMissed }.suffix(2)
        return truth.automaticRetries > 0 || Set(newest.map(\.error)).count < 2
            || Set(newest.map(\.newest)).count < 2
    }
}

extension StagePolicy {
    private var limits: [RuleLimits] {
        rules.compactMap { rule in
            switch rule.action {
            case .never: nil
            case .retry(let limits): limits
            }
        }
    }

    /// The smallest `max_retries` of the rules.
    fileprivate var shortestRule: Int { limits.map(\.maxRetries).min() ?? maxRetries }

    /// The shortest `give_up_after`.
    fileprivate var shortestGiveUp: Duration {
        ([giveUpAfter] + limits.map(\.giveUpAfter)).min() ?? giveUpAfter
    }

    /// The smallest `stop_after_same_error`.
    fileprivate var fewestSameErrors: Int {
        ([stopAfterSameError] + limits.map(\.stopAfterSameError)).compactMap(\.self).min() ?? .max
    }
}
