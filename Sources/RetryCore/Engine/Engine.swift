package import Primitives

/// The engine: polling, episodes and limits as one value, without IO.
///
/// The shell feeds ``Event``s with the monotonic time, runs the ``Effect``s in order, sleeps until
/// ``nextDeadline`` and sends ``Event/deadlineReached``. Nothing here reads a clock or waits.
package struct Engine: Hashable, Sendable {
    /// The active configuration.
    var configuration: Configuration
    /// This run of the daemon.
    var host: EngineHost
    /// Targets and pipelines.
    var fleet = Fleet()
    /// Which calls wait, and which are under way.
    var calls = CallScheduler()
    /// The failed stage executions.
    var episodes = Episodes()
    /// Pauses, budgets and outages.
    var holds: Holds
    /// The open queries to the ledger, and its health.
    var ledger = LedgerView()
    /// The effects of the current event.
    var output = EngineOutput()

    /// Starts with the configuration and the ledger's content.
    ///
    /// - Parameters:
    ///   - configuration: The validated file.
    ///   - ledger: The ledger's content; open episodes continue where they were.
    ///   - seed: Spreads the first polls, and the jitter of retries: the same for one host over
    ///     restarts, so that due times stay the same.
    ///   - now: The monotonic time.
    ///   - wall: The host's time of day, used until AWS's answers give theirs.
    package init(
        configuration: Configuration,
        ledger: LedgerSnapshot,
        seed: UInt64,
        now: Instant,
        wall: WallTime
    ) {
        self.configuration = configuration
        host = EngineHost(seed: seed, startedAt: now, startedWall: wall)
        holds = Holds(ledger)
        watchTargets(now)
        resume(ledger, now: now)
    }

    /// Handles one event and returns what is to be done, in order.
    package mutating func handle(_ event: Event, now: Instant) -> [Effect] {
        precondition(output.isEmpty, "the engine is not reentrant: \(self)")
        if !host.isStarted { start(now) }
        if !event.isRecollection { giveUpCalls(now) }
        take(event, now)
        reachDeadlines(now)
        pump(now)
        return output.take()
    }

    private mutating func take(_ event: Event, _ now: Instant) {
        switch event {
        case .stateRead(let id, let answer): stateRead(id, answer, now)
        case .definitionRead(let id, let answer): definitionRead(id, answer, now)
        case .evidenceRead(let id, let answer): evidenceRead(id, answer, now)
        case .executionsListed(let id, let answer): executionsListed(id, answer, now)
        case .executionRead(let id, let answer): executionRead(id, answer, now)
        case .pipelinesListed(let id, let answer): pipelinesListed(id, answer, now)
        case .causesRead(let id, let answers): causesRead(id, answers, now)
        case .precedentsRead(let id, let found): precedentsRead(id, found, now)
        case .patternsMatched(let id, let findings): patternsMatched(id, findings, now)
        case .recalled(let id, let memory): recalled(id, memory, now)
        case .intentRecorded(let id, let durability): intentRecorded(id, durability, now)
        case .retryAnswered(let id, let answer): retryAnswered(id, answer, now)
        case .ledgerFailed(let why): ledgerFailed(why, now)
        case .ledgerRecovered: ledgerRecovered(now)
        case .reloaded(let configuration): reload(configuration, now)
        case .targetUnusable(let name, let failure): targetUnusable(name, failure, now)
        case .targetPlanned(let name, let region, let group, let endpoint):
            targetPlanned(name, region: region, rateGroup: group, endpoint: endpoint, now)
        case .paused(let pause, let span): putOn(pause, for: span, now)
        case .resumed(let scope, let uid): lift(scope, uid: uid, now)
        case .deadlineReached: break
        }
    }

    /// The earliest time at which the engine must be called again.
    ///
    /// Nil exactly when nothing is watched and nothing is under way.
    package var nextDeadline: Instant? {
        var earliest = earlier(fleet.nextDeadline, episodes.nextDeadline)
        earliest = earlier(earliest, calls.nextGivenUp)
        earliest = earlier(earliest, nextPauseEnd)
        earliest = earlier(earliest, holds.outages.nextStep)
        return earlier(earliest, calls.nextTurn(host.lastSeen))
    }

    /// Runs everything that is due.
    private mutating func reachDeadlines(_ now: Instant) {
        host.lastSeen = now
        giveUpCalls(now)
        while let key = episodes.popDue(now) { deliver(key, .due, now) }
        while let key = fleet.polls.popDue(now) { ask(now) { $0.pollDue(key, &$1) } }
        while let name = fleet.listings.popDue(now) { request(.list(name), .list) }
        while let key = fleet.singleReads.popDue(now) { ask(now) { $0.executionDue(key, &$1) } }
        while let key = fleet.executionReads.popDue(now) { ask(now) { $0.executionsDue(key, &$1) } }
        endPauses(now)
        stepOutages(now)
        recoverRates(now)
    }

    /// Gives up the overdue calls before their answers are processed: where the host slept or the
    /// loop was slow, an answer may have waited for hours and no longer be true.
    private mutating func giveUpCalls(_ now: Instant) {
        while let id = calls.overdue(now) { callLost(id, now) }
    }

    /// AWS's time for a target.
    func serverTime(_ target: TargetName, _ now: Instant) -> WallTime {
        fleet.targets.place(of: target).map { fleet.targets[at: $0].clock.read(now) }
            ?? host.time(now)
    }

    mutating func report(_ report: Report) {
        output.effects.append(.report(report))
    }
}

/// The earlier of two times that may be absent.
func earlier(_ left: Instant?, _ right: Instant?) -> Instant? {
    guard let left else { return right }
    guard let right else { return left }
    return min(left, right)
}
