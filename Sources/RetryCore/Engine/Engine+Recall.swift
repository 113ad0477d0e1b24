import Primitives

/// Episodes that only the ledger knows.
///
/// A stage can show an execution whose episode ended long ago: its pipeline was taken out of the
/// file and put back, discovery found it again, a restart forgot it, an answer is an older copy.
/// Such an episode must not be opened again, so the ledger is asked first.
extension Engine {
    /// A failure that the memory does not know, and the question about it.
    struct Recall: Hashable, Sendable {
        /// The question; nil: it was not answered, and the next look asks again.
        var id: CallID?
        /// The execution that it is about.
        let execution: ExecutionID
        /// When it was asked first.
        let since: Instant
        /// How often it was asked in vain.
        var failures = 0
        /// The stage as the newest look shows it.
        var stage: StageSnapshot
    }

    /// Asks the ledger whether it knows the execution that a stage shows.
    mutating func recall(_ key: EpisodeKey, _ stage: StageSnapshot, _ now: Instant) {
        let place = StageKey(pipeline: key.pipeline, stage: key.stage)
        var recall =
            recalls[place].flatMap { $0.execution == key.execution ? $0 : nil }
            ?? Recall(execution: key.execution, since: now, stage: stage)
        recall.stage = stage
        if recall.id == nil {
            let id = calls.begin(.recall(key), now, within: Timing.write)
            recall.id = id
            effects.append(.recall(id, key))
        }
        recalls[place] = recall
    }

    /// Whatever was asked about a stage no longer matters.
    mutating func dropRecall(_ pipeline: PipelineKey, _ stage: StageName) {
        recalls[StageKey(pipeline: pipeline, stage: stage)] = nil
    }

    /// Whatever was asked about other stages of a pipeline no longer matters.
    mutating func dropRecalls(of pipeline: PipelineKey, but stages: Set<StageName> = []) {
        guard !recalls.isEmpty else { return }
        for place in recalls.keys where place.pipeline == pipeline {
            if !stages.contains(place.stage) { recalls[place] = nil }
        }
    }

    mutating func recalled(_ id: CallID, _ memory: Recollection, _ now: Instant) {
        guard case .recall(let key) = calls.end(id) else { return }
        let place = StageKey(pipeline: key.pipeline, stage: key.stage)
        guard let recall = recalls[place], recall.id == id else { return }
        recalls[place] = nil
        guard pipelines[key.pipeline] != nil, episodes[key] == nil else { return }
        switch memory {
        case .new: open(key, recall.stage, now)
        case .unreadable: unreadable(key, place, recall, now)
        case .ended:
            show(key, instead: pipelines[key.pipeline]?.stages[key.stage], now)
            ended.put(key)
        case .open(let record, let intents):
            show(key, instead: pipelines[key.pipeline]?.stages[key.stage], now)
            adopt(record, intents, recall.stage, now)
            doubtOpenIntents(of: key)
            want(.state(key.pipeline), .check)
        }
        // The look that showed it did not know yet that the pipeline is to be looked at more often.
        scheduleLook(key.pipeline, now)
    }

    /// Asks again with the next look, for a while.
    ///
    /// Then it is taken as new, so that no failure is hidden: the retries that AWS counts are
    /// spent, and the ledger takes no intent of an episode that has ended.
    private mutating func unreadable(
        _ key: EpisodeKey,
        _ place: StageKey,
        _ recall: Recall,
        _ now: Instant
    ) {
        // Where the host slept, the time has passed and nothing was asked.
        let isLong = now - recall.since >= Timing.recall && recall.failures > 0
        guard !isLong else { return open(key, recall.stage, now) }
        let wait = Timing.doubling(
            Timing.recallAgain,
            times: recall.failures,
            longest: Timing.recallAgainMax
        )
        var again = recall
        again.id = nil
        again.failures += 1
        recalls[place] = again
        pipelines[key.pipeline]?.digest = nil
        look(key.pipeline, at: now + wait, now)
    }

    /// Makes an episode the one that its stage shows.
    private mutating func show(
        _ key: EpisodeKey,
        instead older: EpisodeKey?,
        _ now: Instant
    ) {
        if let older { forget(older, now) }
        pipelines[key.pipeline]?.stages[key.stage] = key
    }
}

extension Effect {
    /// Whether it is a question to the ledger.
    var isRecall: Bool {
        switch self {
        case .recall: true
        case .readState, .readDefinition, .readEvidence, .listExecutions, .listPipelines,
            .matchPatterns, .recordIntent, .retry, .record, .report:
            false
        }
    }
}
