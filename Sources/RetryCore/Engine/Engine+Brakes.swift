/// Budgets and the ledger's health.
extension Engine {
    /// The brakes on an episode as they stand.
    func brakes(on key: EpisodeKey, _ now: Instant) -> Brakes {
        let policy = policy(of: key)
        let pause = pauses.first { $0.scope.contains(key) }
        return Brakes(
            pausedByCommand: pause?.reason,
            targetPaused: targets[key.pipeline.target]?.target.paused ?? false,
            dryRun: configuration.dryRun,
            policyRetries: spent.filter { $0.policy == policy.name }.map(\.at),
            allRetries: spent.map(\.at),
            overallBudget: configuration.budget,
            outageHoldUntil: outageHold(on: key, now)
        )
    }

    /// Counts an intent against the budgets, whatever becomes of it.
    mutating func spend(_ intent: Intent) {
        spent.removeAll { intent.recordedAt - $0.at > configuration.budgetMemory }
        spent.append(SpentRetry(intent))
    }

    /// Takes back what an intent that could not be written drew on the budgets.
    mutating func giveBack(_ intent: Intent) {
        let index = spent.lastIndex { $0 == SpentRetry(intent) }
        if let index { spent.remove(at: index) }
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
