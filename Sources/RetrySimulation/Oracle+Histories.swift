import CodePipelineSimulator
import Primitives
import RetryCore

/// Executions in PARALLEL mode, each of which is read by itself.
extension Oracle {
    /// What came through last of the episode's stage: the pipeline's state, or the read of its
    /// execution.
    func shown(_ key: EpisodeKey) -> Poll? {
        if histories.newest.isEmpty { return polls[key.pipeline] }
        let execution = ExecutionKey(pipeline: key.pipeline, execution: key.execution)
        return histories.newest[execution] ?? polls[key.pipeline]
    }

    /// The one before.
    func formerShown(_ key: EpisodeKey) -> Poll? {
        if histories.newest.isEmpty { return formerPolls[key.pipeline] }
        let execution = ExecutionKey(pipeline: key.pipeline, execution: key.execution)
        return histories.newest[execution] == nil
            ? formerPolls[key.pipeline] : histories.former[execution]
    }

    /// Keeps what came through; false when it is too late or older than what is known.
    mutating func take(_ poll: Poll, at time: Int64) -> Bool {
        guard time - poll.askedAt < 90_000 else { return false }
        guard let execution = poll.execution else {
            guard poll.call > polls[poll.pipeline]?.call ?? .none else { return false }
            formerPolls[poll.pipeline] = polls.replace(poll.pipeline, by: poll)
            return true
        }
        let key = ExecutionKey(pipeline: poll.pipeline, execution: execution)
        guard poll.call > histories.newest[key]?.call ?? .none else { return false }
        histories.former[key] = histories.newest.updateValue(poll, forKey: key)
        return true
    }

    /// Nothing is retried in a PARALLEL pipeline for a day after AWS was said to refuse it, nor
    /// where the policy only observes such pipelines.
    mutating func judgeParallel(
        _ key: EpisodeKey,
        _ truth: StageTruth,
        _ policy: StagePolicy,
        at time: Int64
    ) {
        guard truth.isOfHistory else { return }
        if policy.parallel == .observe { blame(.policy, "\(key): parallel is observe") }
        if isRefused(key.pipeline, at: time) {
            blame(.policy, "\(key): retries are refused in this mode")
        }
    }

    /// Whether the daemon knows that AWS refuses retries in a PARALLEL pipeline.
    ///
    /// It may have lost sight of one that was made again since.
    private func isRefused(_ key: PipelineKey, at time: Int64) -> Bool {
        guard let refusedAt = histories.refusedAt[key], !histories.remade.contains(key) else {
            return false
        }
        return time - refusedAt < 86_300_000
    }

    /// AWS is said to refuse retries in this mode: once a day, after such an answer to a retry of a
    /// stage that AWS could have taken.
    mutating func judgeParallelRefused(_ key: PipelineKey, at time: Int64) {
        if isRefused(key, at: time) {
            blame(.outcome, "\(key) is said to refuse retries twice a day")
        }
        histories.refusedAt[key] = time
        histories.remade.remove(key)
        let refused = cases.contains { other, state in
            other.pipeline == key && state.isOfHistory
                && state.sent.last?.isRefusedAsNotRetryable == true
        }
        if !refused { blame(.truth, "\(key) is said to refuse retries, and none was refused") }
    }

    /// A reason about the execution mode, which may have changed since the newest answers.
    mutating func judgeMode(
        _ reason: Reason,
        _ key: EpisodeKey,
        at time: Int64,
        _ policy: StagePolicy,
        _ now: StageNow
    ) {
        let isOfHistory = cases[key]?.isOfHistory == true
        let hasChanged = now.changedAt > time - 1_800_000
        let isTrue: Bool
        switch reason {
        case .modeChanged:
            let isOther = now.isKnown ? now.isOfOtherMode : now.isParallel != isOfHistory
            isTrue = isOther || hasChanged
        case .parallelMode:
            isTrue =
                isOfHistory ? policy.parallel == .observe : now.isParallel || hasChanged
        case .parallelRefused:
            let age = histories.refusedAt[key.pipeline].map { time - $0 }
            isTrue = isOfHistory && age ?? .max < 86_500_000
        case _: return
        }
        if !isTrue { blame(.truth, "\(key): \(reason.rawValue)") }
    }

    /// Takes a page of a pipeline that the daemon knows to be PARALLEL: what is too old when it is
    /// shown first is history, also when a later config file has a longer `max_failure_age`.
    mutating func listed(_ event: Event, at time: Int64, _ configuration: Configuration) {
        guard case .executionsListed(let id, let answer) = event,
            let (pipeline, askedAt) = histories.lists.removeValue(forKey: id),
            // The daemon waits 90 s for any answer.
            time - askedAt < 90_000, case .read(.executions(let rows, _), _) = answer
        else { return }
        guard readings.isParallel(pipeline), let longest = configuration.longestAge(of: pipeline)
        else { return }
        // What ended long ago is history: the ledger may have deleted how its episode ended.
        let reach = min(longest, Oracle.oldestHistory)
        let now = HostClock.epoch + .milliseconds(time)
        for row in rows where row.mode == .parallel {
            guard let changedAt = row.lastUpdate else { continue }
            let key = ExecutionKey(pipeline: pipeline, execution: row.id)
            let isOpen = row.status == .inProgress || row.status == .stopping
            let before = histories.rows[key]
            guard before?.at != changedAt || before?.isOpen != isOpen else { continue }
            let isOld = row.status == .failed && changedAt + reach < now + .seconds(5)
            histories.rows[key] = Histories.Row(at: changedAt, isOpen: isOpen, isOld: isOld)
        }
    }

    /// The failed stages of executions in PARALLEL mode that still wait for their outcome.
    ///
    /// Of one that was too old when it could be seen first nothing is said, nor of one that newer
    /// runs had pushed off the page before this process, or the calm, began.
    func unfinishedHistories(of pipeline: PipelineKey, _ world: World) -> Set<EpisodeKey> {
        var open: Set<EpisodeKey> = []
        let name = world.places.name(of: pipeline, world.configuration)
        do throws(ServiceError) {
            var newer = 0
            let isParallel = world.model.runsInParallel(name)
            let calm = HostClock.epoch.milliseconds + max(calmSince ?? 0, startedAt)
            for (place, view) in try world.model.executions(of: name).enumerated() {
                if view.started.milliseconds <= calm { newer += 1 }
                guard view.mode == .parallel, view.status == .failed,
                    view.stageStatuses[view.stage] == .failed
                else { continue }
                let stage = StageName(view.stage)
                let key = EpisodeKey(
                    pipeline: pipeline,
                    stage: stage,
                    execution: ExecutionID(view.id)
                )
                guard cases[key]?.outcomes ?? 0 == 0, world.isListed(view.id, of: name) else {
                    continue
                }
                let isSeen = cases[key]?.isSeen == true
                let isFollowed =
                    newer < Oracle.page.first
                    && isFollowed(view, of: pipeline, newer: place, isParallel: isParallel)
                guard isSeen || isFollowed else { continue }
                let truth = try world.model.truth(of: view, in: key, name)
                guard !truth.failed.isEmpty, isSeen || isVisible(key, truth, world) else {
                    continue
                }
                open.insert(key)
            }
        } catch {
            return []
        }
        return open
    }

    /// How old a failure in PARALLEL mode may be at most, whatever the config file says.
    private static let oldestHistory = Duration.seconds(29 * 86_400)

    /// How many runs the first list of a process has, and how many a later one.
    private static let page = (first: 100, later: 25)

    /// Whether the daemon had to see a failure: in the calm phase it is soon seen.
    private func isVisible(_ key: EpisodeKey, _ truth: StageTruth, _ world: World) -> Bool {
        // By a wrong Date of an answer every failure may be too old.
        guard trustsAnswers, let policy = world.configuration.policy(of: key), let calmSince,
            let failedAt = truth.failed.map(\.at).max()
        else { return false }
        let calm = HostClock.epoch + .milliseconds(max(calmSince, startedAt))
        let reach = min(policy.maxFailureAge, Oracle.oldestHistory)
        return failedAt + reach > calm + .seconds(1800)
    }

    /// Whether a failed execution, of which there are so many newer ones, is watched to its end.
    ///
    /// One that had ended, and that newer ones have pushed off the page since, is not looked at any
    /// more: nobody notices that a person retries it. In another mode no page begins to show one.
    private func isFollowed(
        _ view: ServiceModel.ExecutionView,
        of pipeline: PipelineKey,
        newer: Int,
        isParallel: Bool
    ) -> Bool {
        let key = ExecutionKey(pipeline: pipeline, execution: ExecutionID(view.id))
        guard let row = histories.rows[key] else { return isParallel }
        guard !row.isOld else { return false }
        let isRead = histories.newest[key]?.stages.values.contains {
            $0.status == .inProgress || $0.status == .stopping
        }
        let isShown = row.at.milliseconds == view.updated.milliseconds
        return row.isOpen || isRead == true || isShown
            || isParallel && newer < Oracle.page.later
    }
}

extension Oracle.Sent {
    /// Whether AWS answered StageNotRetryableException.
    var isRefusedAsNotRetryable: Bool {
        if case .refused(.notRetryable, _) = answer { true } else { false }
    }
}
