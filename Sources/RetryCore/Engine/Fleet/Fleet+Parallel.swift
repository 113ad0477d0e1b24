import Primitives

/// Pipelines in PARALLEL mode: their executions are listed, and read one by one.
extension Fleet {
    // MARK: The mode

    /// Follows the mode that the definition gives.
    mutating func follow(
        _ definition: PipelineDefinition,
        of key: PipelineKey,
        _ turn: inout FleetTurn
    ) {
        let isParallel = definition.executionMode == .parallel
        if isParallel, parallel[key] == nil { parallel[key] = ParallelWatch() }
        let isFirst = parallel[key]?.definedAt == nil
        parallel[key]?.definedAt = turn.now
        parallel[key]?.selfRetrying = Set(
            definition.stages.filter { $0.value.reactions.contains(.retry) }.keys
        )
        if isFirst {
            // What was read while the definition was denied counts every retry as a person's, and
            // what was read before a recreated pipeline's was believed goes by the deleted one's.
            for episode in parallel[key]?.episodes.sorted() ?? [] {
                let retriesItself = parallel[key]?.selfRetrying.contains(episode.stage) == true
                turn.deliver(episode, .attributed(retriesItself: retriesItself))
            }
            for execution in parallel[key]?.reads.keys.sorted() ?? [] {
                ask(.execution(ExecutionKey(pipeline: key, execution: execution)), .evidence, &turn)
            }
        }
        guard let place = pipelines.place(of: key), pipelines[at: place].isParallel != isParallel
        else { return }
        pipelines[at: place].isParallel = isParallel
        pipelines[at: place].digest = nil
        pipelines[at: place].isMoving = false
        pipelines[at: place].restsSince = turn.now
        pipelines[at: place].lacksSince = nil
        pipelines[at: place].executions.recheck = nil
        executionReads.remove(key)
        notices[key] = nil
        if isParallel {
            turn.add(.dropRecalls(key))
            // No answer shows their stages any more.
            for episode in pipelines[at: place].stages.values.sorted() {
                turn.add(.forget(episode))
            }
        } else {
            scheduleExecutions(key, &turn)
        }
        for episode in parallel[key]?.episodes.sorted() ?? [] {
            turn.deliver(episode, .reconsider)
        }
        poll(key, at: turn.now, &turn)
    }

    /// Whether AWS refused a retry in a PARALLEL pipeline within the last day.
    func isParallelRefused(_ key: PipelineKey, _ now: Instant) -> Bool {
        refusedUntil[key].map { $0 > now } == true
    }

    /// Reads the definition again when an execution fails: polls of PARALLEL pipelines do not show
    /// that it has changed.
    mutating func renewDefinition(of key: PipelineKey, _ now: Instant) {
        guard let read = parallel[key]?.definedAt, now - read >= Timing.parallelDefinition
        else { return }
        forgetDefinition(of: key)
    }

    private mutating func forgetDefinition(of key: PipelineKey) {
        switch pipelines[key]?.definition {
        case .read: pipelines[key]?.definition = .unread
        case .unread, .denied, nil: break
        }
    }

    // MARK: Lists

    /// Why an answer cannot be the list of a PARALLEL pipeline's executions; nil when it can.
    func contradiction(in list: PolledExecutions, of key: PipelineKey) -> String? {
        switch list {
        case .unchanged: return nil
        case .executions(let rows, _):
            guard rows.isEmpty, parallel[key]?.newest != nil else { return nil }
            return "the answer shows no executions, although there were some; it is ignored"
        }
    }

    /// A poll of a PARALLEL pipeline was answered.
    mutating func listed(
        _ list: PolledExecutions,
        of key: PipelineKey,
        _ turn: inout FleetTurn
    ) {
        isReadable(key, &turn)
        guard let place = pipelines.place(of: key), parallel[key] != nil else { return }
        switch list {
        case .unchanged: break
        case .executions(let rows, let digest):
            if digest == nil || pipelines[at: place].digest != digest {
                pipelines[at: place].digest = digest
                pipelines[at: place].restsSince = turn.now
            }
            take(rows, ofParallel: key, &turn)
            checkMode(rows, of: key, &turn)
        }
        readUnlisted(key, &turn)
        // A pipeline in which nothing starts any more shows no other mode by itself.
        if let read = parallel[key]?.definedAt, turn.now - read >= Timing.parallelMode {
            forgetDefinition(of: key)
        }
        pipelines[at: place].isMoving = parallel[key]?.open.isEmpty == false
    }

    /// Takes the rows of a page, in any order.
    mutating func take(
        _ rows: [ExecutionSummary],
        ofParallel key: PipelineKey,
        _ turn: inout FleetTurn
    ) {
        guard !rows.isEmpty, var watch = parallel[key] else { return }
        parallel[key] = nil
        let newest = rows.newest?.id
        let isFull = rows.count >= watch.limit
        watch.hasGap = isFull && watch.newest.map { id in !rows.contains { $0.id == id } } ?? false
        let isFirst = watch.newest == nil
        watch.newest = newest ?? watch.newest
        let shown = Set(rows.map(\.id))
        for id in watch.open.keys { watch.open[id]?.isListed = shown.contains(id) }
        let alive = Set(
            watch.episodes.filter { turn.episodes.live.place(of: $0) != nil }
                .map(\.execution)
        )
        let oldest = time(of: key.target, turn) + (.zero - longestAge(of: key))
        var asked: [ExecutionID] = []
        let isParallel = pipelines[key]?.isParallel == true
        for row in rows {
            // After a change to another mode its executions are shown by their stages.
            guard isParallel || row.mode == .parallel || row.mode == nil else {
                watch.open[row.id] = nil
                continue
            }
            if row.isOpen {
                if watch.open[row.id] == nil { watch.open[row.id] = .init(isListed: true) }
            } else {
                watch.open[row.id] = nil
            }
            let isAlive = alive.contains(row.id)
            guard isAlive || row.status == .failed, !watch.hasJudged(row.digest) else { continue }
            // One that failed long ago is history, and not a failure to report.
            if !isAlive, let ended = row.lastUpdate, ended <= oldest {
                watch.judge(row.digest)
            } else {
                if watch.request(row) { asked.append(row.id) }
                // Of what failed before the daemon saw any, only a stage's failure is reported.
                if isFirst { pipelines[key]?.executions.remember(row.id) }
            }
        }
        dropUnlisted(&watch, shown, key, &turn)
        parallel[key] = watch
        for id in asked {
            ask(.execution(ExecutionKey(pipeline: key, execution: id)), .evidence, &turn)
        }
        if watch.hasGap { poll(key, at: turn.now, &turn) }
    }

    /// How old a failure may be that is not history: the longest `max_failure_age` of the
    /// pipeline's stages, as far as the ledger knows what was reported.
    private func longestAge(of key: PipelineKey) -> Duration {
        guard let entry = pipelines[key]?.entry else { return .zero }
        let ages = entry.stages.values.map(\.maxFailureAge)
        return min(ages.reduce(entry.policy.maxFailureAge, max), Timing.parallelAge)
    }

    /// Keeps no ended episode whose execution no page shows: the ledger knows it.
    private func dropUnlisted(
        _ watch: inout ParallelWatch,
        _ shown: Set<ExecutionID>,
        _ key: PipelineKey,
        _ turn: inout FleetTurn
    ) {
        for episode in watch.episodes.sorted()
        where !shown.contains(episode.execution) && turn.episodes.ended.contains(episode) {
            watch.episodes.remove(episode)
            turn.add(.forget(episode))
        }
    }

    /// The newest execution runs in another mode than the definition says: one of them is older.
    private mutating func checkMode(
        _ rows: [ExecutionSummary],
        of key: PipelineKey,
        _ turn: inout FleetTurn
    ) {
        guard let mode = rows.newest?.mode, mode != .parallel else {
            parallel[key]?.modeChecks = 0
            return
        }
        guard let checks = parallel[key]?.modeChecks, checks < Timing.modeChecks else { return }
        parallel[key]?.modeChecks = checks + 1
        pipelines[key]?.digest = nil
        forgetDefinition(of: key)
        readDefinition(key, &turn)
    }

    /// A long execution may fail after newer ones have pushed it off the page.
    mutating func readUnlisted(_ key: PipelineKey, _ turn: inout FleetTurn) {
        for id in parallel[key]?.unlisted(due: turn.now) ?? [] {
            parallel[key]?.open[id]?.readAt = turn.now
            ask(.execution(ExecutionKey(pipeline: key, execution: id)), .background, &turn)
        }
    }

    /// Executions that began in PARALLEL mode are listed until they have ended; then nothing of
    /// them is kept.
    mutating func endParallel(_ key: PipelineKey, _ turn: inout FleetTurn) {
        guard pipelines[key]?.isParallel == false, let watch = parallel[key],
            watch.isOver(turn.episodes)
        else { return }
        parallel[key] = nil
        for episode in watch.episodes.sorted() { turn.add(.forget(episode)) }
    }
}
