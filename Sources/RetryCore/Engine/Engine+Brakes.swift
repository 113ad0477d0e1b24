/// Pauses, budgets and the ledger's health.
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
        // A reload may bring a budget that counts what was made before it.
        let kept = max(longestBudget ?? .zero, Timing.budgetMemory)
        spent.removeAll { intent.recordedAt - $0.at > kept }
        spent.append(SpentRetry(intent))
    }

    /// Takes back what an intent that could not be written drew on the budgets.
    mutating func giveBack(_ intent: Intent) {
        let index = spent.lastIndex { $0 == SpentRetry(intent) }
        if let index { spent.remove(at: index) }
    }

    /// The longest window of any budget; nil when there is none.
    private var longestBudget: Duration? {
        let policies = configuration.targets.flatMap(\.pipelines)
            .flatMap { [$0.policy] + $0.stages.values }
        return ([configuration.budget] + policies.map(\.budget)).compactMap { $0?.per }.max()
    }

    mutating func putOn(_ pause: Pause, _ now: Instant) {
        pauses.removeAll { $0.scope == pause.scope }
        pauses.append(pause)
        writes.append(.pause(pause))
        report(.paused(pause))
        for key in liveEpisodes where pause.scope.contains(key) { redecide(key, now) }
    }

    mutating func lift(_ scope: PauseScope, uid: UInt32?, _ now: Instant) {
        let isAll = scope == PauseScope()
        let lifted = pauses.filter { isAll || $0.scope == scope }
        pauses.removeAll { isAll || $0.scope == scope }
        for pause in lifted {
            writes.append(.resume(pause.scope))
            report(.resumed(pause.scope, uid: uid))
        }
        guard !lifted.isEmpty else { return }
        release(liveEpisodes.filter { key in lifted.contains { $0.scope.contains(key) } }, now)
    }

    /// Lets held retries go bit by bit (retry semantics, lesson 27).
    mutating func release(_ keys: [EpisodeKey], _ now: Instant) {
        var wait = Duration.zero
        for key in keys {
            guard case .deferred(let reason, _, _) = episodes[key]?.phase else { continue }
            wait += Timing.stagger
            setPhase(key, .deferred(reason, firm: true, until: now + wait))
        }
    }

    var liveEpisodes: [EpisodeKey] {
        episodes.filter { $0.value.phase != .ended }.keys.sorted()
    }

    var nextPauseEnd: Instant? {
        pauses.compactMap(\.until).min().map { end in
            startedAt + max(.zero, end - startedWall)
        }
    }

    mutating func endPauses(_ now: Instant) {
        guard let next = nextPauseEnd, next <= now else { return }
        let time = hostTime(now)
        for pause in pauses where pause.until.map({ $0 <= time }) == true {
            pauses.removeAll { $0 == pause }
            writes.append(.resume(pause.scope))
            report(.resumed(pause.scope, uid: nil))
            release(liveEpisodes.filter { pause.scope.contains($0) }, now)
        }
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
