import Primitives

/// Budgets and the ledger's health.
extension Engine {
    /// The brakes on an episode as they stand.
    func brakes(on key: EpisodeKey, _ now: Instant) -> Brakes {
        let policy = policy(of: key)
        let pause = holds.pauses.first(holding: key)
        return Brakes(
            pausedByCommand: pause?.reason,
            targetPaused: targets[key.pipeline.target]?.target.paused ?? false,
            dryRun: configuration.dryRun,
            policyRetries: holds.budgets.retries(under: policy.name),
            allRetries: holds.budgets.all,
            overallBudget: configuration.budget,
            outageHoldUntil: outageHold(on: key, now)
        )
    }

    var liveEpisodes: [EpisodeKey] {
        episodes.keys.sorted()
    }

    mutating func ledgerFailed(_ why: String, _ now: Instant) {
        guard ledgerTrouble == nil else { return }
        ledgerTrouble = LedgerTrouble(reason: why, since: now)
        report(.ledgerDegraded(why))
    }

    mutating func ledgerRecovered(_ now: Instant) {
        guard let trouble = ledgerTrouble else { return }
        ledgerTrouble = nil
        report(.ledgerRecovered(after: now - trouble.since))
        // What could not be written then is written now.
        for key in liveEpisodes { save(key) }
    }
}
