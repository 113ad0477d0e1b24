import Primitives

/// PARALLEL pipelines: an episode for each failed stage of each execution.
extension Engine {
    /// A poll of a PARALLEL pipeline was answered.
    mutating func polled(
        _ key: PipelineKey,
        _ answer: ReadAnswer<PolledExecutions>,
        by id: CallID,
        _ now: Instant
    ) {
        recordAnswer(answer, from: key.target, of: .poll(key), now)
        guard let again = fleet.pollEnded(key, id) else { return }
        switch answer {
        case .read(let list, _):
            guard fleet.pipelines[key]?.isParallel == true else {
                // The definition says another mode meanwhile.
                return request(.state(key), .check)
            }
            if let contradiction = fleet.contradiction(in: list, of: key) {
                let failure = CallFailure(
                    kind: .serverError,
                    operation: .listPipelineExecutions,
                    message: contradiction
                )
                return unseen(key, failure, now)
            }
            ask(now) { fleet, turn in
                fleet.listed(list, of: key, &turn)
                fleet.readDefinition(key, &turn)
                fleet.schedulePoll(key, &turn)
            }
        case .failed(let failure): unseen(key, failure, now)
        }
        if again { request(.state(key), .check) }
    }

    /// An execution was read singly.
    mutating func executionRead(
        _ id: CallID,
        _ answer: ReadAnswer<ExecutionReading?>,
        _ now: Instant
    ) {
        guard case .aws(.execution(let key)) = calls.end(id) else { return }
        recordAnswer(answer, from: key.pipeline.target, now)
        switch answer {
        case .read(nil, _): ask(now) { $0.executionMissing(key, &$1) }
        case .read(let reading?, _): take(reading, of: key, by: id, now)
        case .failed(let failure): ask(now) { $0.executionUnread(key, failure, &$1) }
        }
    }

    private mutating func take(
        _ reading: ExecutionReading,
        of key: ExecutionKey,
        by id: CallID,
        _ now: Instant
    ) {
        let isClear = ask(now) { fleet, turn in
            let isClear = fleet.take(reading, of: key, &turn)
            fleet.readDefinition(key.pipeline, &turn)
            return isClear
        }
        guard isClear else { return }
        let isWhole = reconcile(reading, of: key, by: id, now)
        ask(now) { fleet, turn in
            fleet.readForEffect(key, isWhole: isWhole, turn)
            fleet.endParallel(key.pipeline, &turn)
        }
    }

    /// Takes each stage of the execution that has an episode, or that is Failed.
    ///
    /// - Returns: Whether all of it was taken; otherwise the execution must be read again.
    private mutating func reconcile(
        _ reading: ExecutionReading,
        of key: ExecutionKey,
        by id: CallID,
        _ now: Instant
    ) -> Bool {
        let selfRetrying = fleet.parallel[key.pipeline]?.selfRetrying ?? []
        func stage(_ name: StageName) -> StageSnapshot {
            reading.stage(name, retriesItself: selfRetrying.contains(name))
        }
        var isWhole = true
        for episode in fleet.parallel[key.pipeline]?.episodes(of: key.execution) ?? [] {
            var shown = stage(episode.stage)
            if let known = episodes.live[episode]?.stage.counters {
                shown.counters = shown.counters.following(known)
            }
            isWhole = deliver(episode, .shown(shown, nil, by: id), now) && isWhole
            episodes.ended.note(episode, isFailed: shown.latest?.status == .failed)
        }
        guard let current = reading.currentStage else { return isWhole }
        let shown = stage(current)
        let episode = EpisodeKey(
            pipeline: key.pipeline,
            stage: current,
            execution: key.execution
        )
        let place = StageKey(pipeline: key.pipeline, stage: current, execution: key.execution)
        // What no action failed is reported as an execution that failed, and no stage's failure.
        guard shown.latest?.status.opensEpisode == true, !reading.lacksFailure,
            !fleet.shows(episode)
        else {
            ledger.drop(place)
            return isWhole
        }
        recall(episode, shown, now)
        return isWhole
    }

    /// Nothing in a PARALLEL pipeline is retried for a while, since AWS refuses it.
    mutating func refuseParallel(_ key: PipelineKey, _ failure: CallFailure, _ now: Instant) {
        guard fleet.parallel[key] != nil, !fleet.isParallelRefused(key, now) else { return }
        fleet.refusedUntil[key] = now + Timing.parallelRefused
        report(.parallelRefused(fleet.context(of: key), failure))
        for episode in fleet.episodes(of: key) { deliver(episode, .reconsider, now) }
    }
}
