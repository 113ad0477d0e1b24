import Primitives

/// Stale reads: states that are older than one that was taken.
///
/// GetPipelineState is answered by many hosts, and one of them may lag: a poll can show a stage as
/// it was before the poll that came first.
extension Episode {
    /// Whether a poll is a stale read of the stage; then nothing is concluded from it.
    ///
    /// A state that polls keep showing for ``Timing/staleFailure`` is AWS's current one.
    mutating func isOlderCopy(_ shown: StageSnapshot, _ now: Instant) -> Bool {
        guard isNewer(than: shown) else {
            olderSince = nil
            return false
        }
        let since = olderSince ?? now
        olderSince = since
        return now - since < Timing.staleFailure
    }

    /// Takes the stage as a poll shows it.
    mutating func take(_ new: StageSnapshot) {
        replaced.formUnion(baseline.actionExecutions)
        stage = new
        replaced.subtract(baseline.actionExecutions)
    }

    /// Counts the retries that were seen anew: the first as CodePipeline's own, or all as others'.
    mutating func attribute(retriesItself: Bool, _ steps: inout [EpisodeStep]) {
        let counters = RetryCounters(
            of: stage.counters.automatic + stage.counters.manual,
            retriesItself: retriesItself
        )
        guard counters != stage.counters else { return }
        let before = baseline
        stage.counters = counters
        if history.baseline == before { history.baseline = baseline }
        let counted = record
        if record.lastFailure == before { record.lastFailure = baseline }
        let others = max(0, counters.manual - record.counts.own)
        record.counts.foreign = min(record.counts.foreign, others)
        if record != counted { save(&steps) }
    }

    /// Whether the stage was seen in a later state than a snapshot shows.
    func isNewer(than other: StageSnapshot) -> Bool {
        guard let latest = other.latest else { return false }
        let shown = other.baseline
        guard latest.id == record.key.execution else {
            // Anything that runs in a stage after another execution is newer than all that ran in
            // that one.
            let known = baseline.lastStatusChange ?? record.lastFailure?.lastStatusChange
            guard let change = shown.lastStatusChange, let known else { return false }
            return change < known
        }
        let counted = max(stage.counters.manual, record.lastFailure?.manualRetries ?? 0)
        if shown.manualRetries < counted || !shown.actionExecutions.isDisjoint(with: replaced) {
            return true
        }
        // One that only CodePipeline's own retry replaced was perhaps never seen.
        if shown.manualRetries == stage.counters.manual,
            other.counters.automatic < stage.counters.automatic
        {
            return true
        }
        return other.actions.contains { action in
            guard let id = action.executionID, let change = action.lastStatusChange,
                let known = stage.actions.first(where: { $0.executionID == id })?.lastStatusChange
            else { return false }
            return change < known
        }
    }
}
