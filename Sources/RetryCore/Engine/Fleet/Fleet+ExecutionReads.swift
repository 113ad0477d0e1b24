import Primitives

/// Executions of PARALLEL pipelines, read one by one.
extension Fleet {
    /// Reads an execution at this time at the latest.
    mutating func readLater(_ key: ExecutionKey, at instant: Instant) {
        guard parallel[key.pipeline] != nil else { return }
        singleReads.set(key, at: min(instant, singleReads[key] ?? instant))
    }

    /// A read is due.
    mutating func executionDue(_ key: ExecutionKey, _ turn: inout FleetTurn) {
        guard parallel[key.pipeline] != nil else { return }
        ask(.execution(key), .evidence, &turn)
    }

    /// Makes an episode one of those that a PARALLEL pipeline's executions show.
    mutating func adopt(_ episode: EpisodeKey, at instant: Instant) {
        guard pipelines.place(of: episode.pipeline) != nil else { return }
        parallel[episode.pipeline, default: ParallelWatch()].episodes.insert(episode)
        readLater(ExecutionKey(episode), at: instant)
    }

    /// Takes what was read of an execution; returns whether it tells where the execution stands.
    mutating func take(
        _ reading: ExecutionReading,
        of key: ExecutionKey,
        _ turn: inout FleetTurn
    ) -> Bool {
        guard var watch = parallel[key.pipeline] else { return false }
        parallel[key.pipeline] = nil
        watch.missing[key.execution] = nil
        watch.isReadDenied = false
        if reading.summary.isOpen {
            if watch.open[key.execution] == nil {
                watch.open[key.execution] = .init(isListed: false, readAt: turn.now)
            }
        } else {
            watch.open[key.execution] = nil
        }
        // Attempts that were there do not go: such an answer is none, and no end of anything.
        let isPartial = lacksStage(reading, of: key, watch, turn)
        let isLate =
            isPartial || isUndefined(key.pipeline, watch) || lags(reading, of: key, watch, turn)
        let isClear = !isLate || hasWaited(key, &watch, turn) && !isPartial
        if isClear {
            if isLate { reportWithoutStage(reading, of: key, watch, &turn) }
            if let read = watch.reads[key.execution] { watch.judge(read.row) }
            watch.reads[key.execution] = nil
        }
        parallel[key.pipeline] = watch
        isReadable(key.pipeline, &turn)
        let versions = [reading.summary.version] + reading.rows.map(\.pipelineVersion)
        renewDefinition(of: key.pipeline, for: versions.compactMap(\.self).max())
        if !isClear { readAgain(key, turn.now) }
        return isClear
    }

    /// Whether the history does not have the stage of an episode that is not over.
    private func lacksStage(
        _ reading: ExecutionReading,
        of key: ExecutionKey,
        _ watch: ParallelWatch,
        _ turn: FleetTurn
    ) -> Bool {
        watch.episodes(of: key.execution).contains { episode in
            turn.episodes.live.place(of: episode) != nil
                && !reading.rows.contains { $0.stage == episode.stage }
        }
    }

    /// Whether the definition has yet to tell which of the retries were CodePipeline's own.
    private func isUndefined(_ key: PipelineKey, _ watch: ParallelWatch) -> Bool {
        watch.definedAt == nil && pipelines[key]?.definition != .denied
    }

    /// Whether the history does not show yet why the execution failed: no failed attempt, nor,
    /// where a stage of it is known to run again, another one than before.
    private func lags(
        _ reading: ExecutionReading,
        of key: ExecutionKey,
        _ watch: ParallelWatch,
        _ turn: FleetTurn
    ) -> Bool {
        if reading.lacksFailure { return true }
        guard reading.summary.status == .failed, let stage = reading.currentStage else {
            return false
        }
        return watch.episodes(of: key.execution).contains { episode in
            guard episode.stage == stage, let place = turn.episodes.live.place(of: episode),
                turn.episodes.live[at: place].phase.name == .running
            else { return false }
            let baseline = reading.stage(stage, retriesItself: false).baseline
            return turn.episodes.live[at: place].record.lastFailure?.actionExecutions
                == baseline.actionExecutions
        }
    }

    /// Whether a history that lags was waited for as long as one waits, since the first answer.
    private func hasWaited(
        _ key: ExecutionKey,
        _ watch: inout ParallelWatch,
        _ turn: FleetTurn
    ) -> Bool {
        var read = watch.reads[key.execution] ?? ParallelWatch.Read(row: 0)
        let since = read.since ?? turn.now
        read.since = since
        read.tries += 1
        watch.reads[key.execution] = read
        return turn.now - since >= Timing.evidence
    }

    private mutating func readAgain(_ key: ExecutionKey, _ now: Instant) {
        let tries = parallel[key.pipeline]?.reads[key.execution]?.tries ?? 0
        let wait = Timing.doubling(
            Timing.evidenceAgain,
            times: tries - 1,
            longest: Timing.evidenceAgainMax
        )
        readLater(key, at: now + wait)
    }

    /// An execution that is Failed without any failed action cannot be retried.
    private mutating func reportWithoutStage(
        _ reading: ExecutionReading,
        of key: ExecutionKey,
        _ watch: ParallelWatch,
        _ turn: inout FleetTurn
    ) {
        guard reading.lacksFailure, reading.summary.type != .rollback,
            pipelines[key.pipeline]?.executions.knows(key.execution) == false
        else { return }
        pipelines[key.pipeline]?.executions.remember(key.execution)
        turn.report(
            .executionFailed(
                context(of: key.pipeline),
                key.execution,
                reading.summary.statusSummary
            )
        )
    }

    /// An execution that runs a newer version than the definition that is known.
    private mutating func renewDefinition(of key: PipelineKey, for version: Int?) {
        guard let version, let watch = pipelines[key], watch.isParallel else { return }
        // A definition that is older than what runs is not the current one.
        pipelines[key]?.version = max(watch.version ?? version, version)
        if let known = watch.definition.version, known < version {
            pipelines[key]?.definition = .unread
        }
    }

    /// An execution could not be read: it is read again, whatever asked for it.
    ///
    /// A question to the ledger that has no answer yet waits for it, too.
    mutating func executionUnread(
        _ key: ExecutionKey,
        _ failure: CallFailure,
        _ turn: inout FleetTurn
    ) {
        guard let watch = parallel[key.pipeline] else { return }
        if watch.reads[key.execution] == nil {
            parallel[key.pipeline]?.reads[key.execution] = ParallelWatch.Read(row: 0)
        }
        parallel[key.pipeline]?.reads[key.execution]?.tries += 1
        switch failure.kind {
        case .accessDenied:
            parallel[key.pipeline]?.isReadDenied = true
            lose(key.pipeline, .accessDenied, failure, &turn)
            readLater(key, at: turn.now + Timing.lost)
        case .throttled, .credentials, .clock, .serverError, .unreachable, .notFound, .invalid:
            readAgain(key, turn.now)
        }
    }

    /// AWS has no such execution: believed when it lasts, since lists are late.
    mutating func executionMissing(_ key: ExecutionKey, _ turn: inout FleetTurn) {
        guard var watch = parallel[key.pipeline] else { return }
        let since = watch.missing[key.execution] ?? turn.now
        watch.missing[key.execution] = since
        guard turn.now - since >= Timing.gone else {
            parallel[key.pipeline] = watch
            return readLater(key, at: turn.now + Timing.failedPoll)
        }
        watch.missing[key.execution] = nil
        watch.open[key.execution] = nil
        if let read = watch.reads[key.execution] { watch.judge(read.row) }
        watch.reads[key.execution] = nil
        parallel[key.pipeline] = watch
        for episode in watch.episodes(of: key.execution) {
            turn.deliver(episode, .over(.removed, nil))
        }
    }

    /// Reads an execution again soon while an episode of it waits for a sign of a retry.
    mutating func readForEffect(_ key: ExecutionKey, isWhole: Bool, _ turn: FleetTurn) {
        let episodes = parallel[key.pipeline]?.episodes(of: key.execution) ?? []
        let awaits = episodes.contains { episode in
            turn.episodes.live.place(of: episode).map { turn.episodes.live[at: $0].awaitsEffect }
                == true
        }
        if awaits || !isWhole { readLater(key, at: turn.now + Timing.effectPoll) }
    }
}
