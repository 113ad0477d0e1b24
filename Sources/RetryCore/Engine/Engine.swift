package import Primitives

/// The heart: polls, episodes and their limits as one value without any IO.
///
/// The shell feeds ``Event``s with the monotonic time, runs the ``Effect``s in order, sleeps until
/// ``nextDeadline`` and says ``Event/deadlineReached``. Nothing here reads a clock or waits.
package struct Engine: Hashable, Sendable {
    var configuration: Configuration
    let seed: UInt64
    let startedAt: Instant
    let startedWall: WallTime

    var targets = Table<TargetName, TargetWatch>()
    var pipelines = Table<PipelineKey, PipelineWatch>()
    /// The episodes that live.
    var episodes = Table<EpisodeKey, Episode>()
    /// Those that have ended and that their stages still show.
    var ended = EndedEpisodes()
    /// What the ledger is being asked about, by stage.
    var recalls: [StageKey: Recall] = [:]
    /// The definitions that watches hold; pipelines made by one template share theirs.
    var definitions: Set<PackedDefinition> = []
    /// The groups of targets whose rate does not allow the intervals of the file, as said.
    var shortGroups: Set<String> = []
    /// What was said of pipelines beside their episodes; only of those where something lasts.
    var notices: [PipelineKey: PipelineNotices] = [:]
    /// How many pipelines share each rate.
    var groupSizes: [String: Int] = [:]

    var looks = DeadlineQueue<PipelineKey>()
    var episodeDeadlines = DeadlineQueue<EpisodeKey>()
    var listings = DeadlineQueue<TargetName>()
    var executionReads = DeadlineQueue<PipelineKey>()

    /// What waits to be called, and what is under way.
    var calls = CallScheduler()

    /// Pauses, budgets and outages.
    var holds: Holds
    /// Targets that turned out to be one account and Region.
    var twins = Twins()
    var ledgerTrouble: LedgerTrouble?
    var isStarted = false
    /// The ledger's open episodes that a newer one overtook.
    var outdated: [EpisodeKey] = []

    /// The effects of the event in hand, in order.
    var effects: [Effect] = []
    /// The ledger's changes of the event in hand, in order.
    var writes: [LedgerWrite] = []

    /// Starts with what the file and the ledger say.
    ///
    /// - Parameters:
    ///   - configuration: The validated file.
    ///   - ledger: What the ledger held; open episodes go on where they were.
    ///   - seed: Spreads the first looks, and the jitter of retries: the same for one host over
    ///     restarts, so that due times stay.
    ///   - now: The monotonic time.
    ///   - wall: The host's time of day, used until AWS's answers say theirs.
    package init(
        configuration: Configuration,
        ledger: LedgerSnapshot,
        seed: UInt64,
        now: Instant,
        wall: WallTime
    ) {
        self.configuration = configuration
        self.seed = seed
        startedAt = now
        startedWall = wall
        holds = Holds(ledger)
        watchTargets(now)
        resume(ledger, now: now)
    }

    /// Takes one event and says what is to be done, in order.
    package mutating func handle(_ event: Event, now: Instant) -> [Effect] {
        precondition(effects.isEmpty && writes.isEmpty, "the engine is not reentrant: \(self)")
        if !isStarted { start(now) }
        if !event.isRecollection { giveUpCalls(now) }
        take(event, now)
        reachDeadlines(now)
        pump(now)
        return takeEffects()
    }

    /// Ends the event in hand.
    ///
    /// Its changes of the ledger become one write: a crash between two of them would leave a retry
    /// that AWS counts and the episode does not know. The write comes last, so that what is said is
    /// said again after a crash rather than never; but before what the ledger answers: an intent
    /// must not be found without its episode.
    private mutating func takeEffects() -> [Effect] {
        defer { (effects, writes) = ([], []) }
        guard !writes.isEmpty else { return effects }
        let questions = effects.filter(\.isRecall)
        var all = questions.isEmpty ? effects : effects.filter { !$0.isRecall }
        let intent = all.firstIndex { effect in
            switch effect {
            case .recordIntent: true
            case .readState, .readDefinition, .readEvidence, .listExecutions, .listPipelines,
                .matchPatterns, .recall, .retry, .record, .report:
                false
            }
        }
        all.insert(.record(writes), at: intent ?? all.endIndex)
        return all + questions
    }

    private mutating func take(_ event: Event, _ now: Instant) {
        switch event {
        case .stateRead(let id, let answer): stateRead(id, answer, now)
        case .definitionRead(let id, let answer): definitionRead(id, answer, now)
        case .evidenceRead(let id, let answer): evidenceRead(id, answer, now)
        case .executionsListed(let id, let answer): executionsListed(id, answer, now)
        case .pipelinesListed(let id, let answer): pipelinesListed(id, answer, now)
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

    /// The earliest time at which the engine wants to be called again.
    ///
    /// Nil exactly when nothing is watched and nothing is under way.
    package var nextDeadline: Instant? {
        var earliest = earlier(looks.next, episodeDeadlines.next)
        earliest = earlier(earliest, listings.next)
        earliest = earlier(earliest, calls.nextGivenUp)
        earliest = earlier(earliest, executionReads.next)
        earliest = earlier(earliest, nextPauseEnd)
        earliest = earlier(earliest, holds.outages.nextStep)
        return earlier(earliest, calls.nextTurn(lastSeen))
    }

    /// Runs everything whose time has come.
    private mutating func reachDeadlines(_ now: Instant) {
        lastSeen = now
        giveUpCalls(now)
        while let key = episodeDeadlines.popDue(now) { episodeDue(key, now) }
        while let key = looks.popDue(now) { lookDue(key, now) }
        while let name = listings.popDue(now) { want(.list(name), .list) }
        while let key = executionReads.popDue(now) { executionsDue(key, now) }
        endPauses(now)
        stepOutages(now)
        recoverRates(now)
    }

    /// Gives up the calls whose time is over, and before their answers are heard: where the host
    /// slept or the loop was slow, an answer may wait for hours and say what is true no more.
    private mutating func giveUpCalls(_ now: Instant) {
        while let id = calls.overdue(now) { callLost(id, now) }
    }

    /// The time of the event handled last: what ``nextDeadline`` reckons tokens from.
    var lastSeen = Instant.origin

    /// The host's time of day, as far as the monotonic clock tells it.
    func hostTime(_ now: Instant) -> WallTime {
        startedWall + (now - startedAt)
    }

    /// AWS's time for a target.
    func serverTime(_ target: TargetName, _ now: Instant) -> WallTime {
        targets[target]?.clock.read(now) ?? hostTime(now)
    }

    mutating func report(_ report: Report) {
        effects.append(.report(report))
    }
}

/// The earlier of two times that may be absent.
private func earlier(_ left: Instant?, _ right: Instant?) -> Instant? {
    guard let left else { return right }
    guard let right else { return left }
    return min(left, right)
}

/// Why the ledger takes no writes.
struct LedgerTrouble: Hashable, Sendable {
    /// What it said.
    var reason: String
    /// Since when.
    var since: Instant
}
