import Primitives
import RetryCore

/// One point of the exploration: the engine, and the answers that the world still owes it.
struct EpisodeNode: Sendable {
    /// A possible next event.
    enum Move: Hashable, Sendable {
        /// An answer to a call under way, or an outside event; the world changes with it.
        case event(Event, world: Turn)
        /// Time jumps to the next deadline.
        case deadline
        /// kill -9; unsynced writes stay or are lost.
        case crash(keepsAll: Bool)
    }

    /// How the world changes with an event.
    enum Turn: Hashable, Sendable {
        case nothing
        /// The stage failed in another attempt.
        case failsAgain
        /// AWS executed the retry, or may have.
        case retried
        /// AWS certainly did not execute the retry.
        case refused
        /// The intent is on disk.
        case stored(Intent)
    }

    static let key = EpisodeKey(
        pipeline: PipelineKey(target: "t", pipeline: "p"),
        stage: "Build",
        execution: "first"
    )
    static let epoch = WallTime(milliseconds: 1_760_000_000_000)
    static let limit = 2

    var engine: Engine
    var now = Instant.origin
    /// The effects that are still to be answered.
    var waiting: [Effect] = []
    /// The attempts of the stage's action so far.
    var attempt = 1
    var manual = 0
    /// Retries that AWS executed or may have.
    var spent = 0
    var stored = LedgerSnapshot()
    var unsynced: [LedgerWrite] = []
    /// The violation on the path; nil: none.
    var error: String?
    /// Outcomes that were reported and are stored, or at least reported in this process.
    var outcomes = 0

    init(
        ledger: LedgerSnapshot = LedgerSnapshot(),
        _ configuration: Configuration = configuration(retries: limit)
    ) {
        stored = ledger
        engine = EpisodeNode.start(ledger, configuration, at: .origin)
        move(.event(.deadlineReached, world: .nothing))
    }

    var wall: WallTime { EpisodeNode.epoch + (now - .origin) }

    private static func start(
        _ ledger: LedgerSnapshot,
        _ configuration: Configuration = configuration(retries: limit),
        at now: Instant
    ) -> Engine {
        Engine(
            configuration: configuration,
            ledger: ledger,
            seed: 7,
            now: now,
            wall: epoch + (now - .origin)
        )
    }

    static func configuration(retries: Int) -> Configuration {
        var policy = StagePolicy.standard
        policy.maxRetries = retries
        policy.maxTotalRetries = retries
        policy.backoff = Backoff(
            kind: .fixed,
            initial: .seconds(30),
            factor: 1,
            max: .seconds(60),
            min: .seconds(5),
            jitter: .none
        )
        var condition = RuleCondition()
        condition.matches = [Pattern("flaky")]
        policy.rules = [Rule(name: "flaky", when: condition, action: .retry(policy.limits))]
        policy.otherwise = .retry
        let entry = PipelineEntry(selector: .name("p"), policy: policy, stages: [:])
        var configuration = Configuration(targets: [
            Target(name: "t", region: "eu-west-1", rateGroup: "t", pipelines: [entry])
        ])
        configuration.causes = CauseSettings()
        return configuration
    }

    /// Distinguishes states with different futures; times and call ids do not.
    var outline: String {
        let episodes = engine.status.episodes.map { episode in
            "\(episode.phase) \(episode.retries) \(episode.reason?.rawValue ?? "")"
        }
        let kinds = waiting.map(\.kind).sorted()
        return "\(episodes) \(kinds) \(spent) \(outcomes) \(engine.status.pauses.count) "
            + "\(unsynced.isEmpty) \(attempt > 1 + manual)"
    }

    /// The phase of the episode; nil when none is live.
    var phase: EpisodePhase.Name? {
        engine.status.episodes.first?.phase
    }
}

// MARK: Moves

extension EpisodeNode {
    /// The node after a move; made twice, it shows whether equal input has equal output.
    func after(_ move: Move, twice: Bool = false) -> EpisodeNode {
        var copy = self
        copy.move(move)
        guard twice else { return copy }
        var again = self
        again.move(move)
        if again.engine != copy.engine || again.waiting != copy.waiting {
            copy.error = "the same event had another effect"
        }
        return copy
    }

    private mutating func move(_ move: Move) {
        switch move {
        case .deadline:
            now = max(now, engine.nextDeadline ?? now)
            feed(.deadlineReached)
        case .crash(let keepsAll):
            if keepsAll { sync() }
            unsynced = []
            if stored.episodes.allSatisfy({ $0.outcome == nil }) { outcomes = 0 }
            waiting = []
            engine = EpisodeNode.start(stored, at: now)
            feed(.deadlineReached)
        case .event(let event, let turn):
            take(turn)
            feed(event)
        }
    }

    private mutating func take(_ turn: Turn) {
        switch turn {
        case .nothing: break
        case .failsAgain: attempt += 1
        case .retried:
            spent += 1
            manual += 1
        case .refused: break
        case .stored(let intent):
            sync()
            put(.intent(intent))
        }
    }

    private mutating func feed(_ event: Event) {
        waiting.removeAll { $0.call == event.call && event.call != nil }
        let effects = engine.handle(event, now: now)
        let isWatching = engine.status.targets.contains { $0.pipelines > 0 }
        if isWatching, engine.nextDeadline == nil { error = "there is no next deadline" }
        for effect in effects { perform(effect) }
        // The ledger answers last, as it does in the shell.
        for case .recall(let id, let key) in effects { feed(.recalled(id, recall(key))) }
    }

    private mutating func perform(_ effect: Effect) {
        switch effect {
        case .record(let writes): unsynced += writes
        case .report(let report): record(report)
        case .retry(_, let key, _):
            let open = stored.intents.filter { $0.episode == key && $0.state == .open }
            if open.isEmpty { error = "a retry without a durable intent" }
            if spent >= EpisodeNode.limit { error = "a retry past the limit" }
            if outcomes > 0, key == EpisodeNode.key { error = "a retry after the outcome" }
            waiting.append(effect)
        case .recall: break
        case .readState, .readDefinition, .readEvidence, .listExecutions, .readExecution,
            .listPipelines,
            .readCauses, .readPrecedents, .matchPatterns, .recordIntent:
            waiting.append(effect)
        }
    }

    private mutating func record(_ report: Report) {
        switch report {
        case .stageRecovered(let context, _, _), .retriesExhausted(let context, _, _, _),
            .stageNotRetried(let context, _, _, _, _), .stageSuperseded(let context, _, _),
            .stageRemoved(let context, _):
            guard context.key == EpisodeNode.key else { return }
            outcomes += 1
            if outcomes > 1 { error = "a second outcome: \(report.kind)" }
        case _: break
        }
    }

    /// The process's record in its ledger.
    private func recall(_ key: EpisodeKey) -> Recollection {
        var copy = self
        copy.sync()
        return copy.stored.recall(key)
    }

    private mutating func sync() {
        for write in unsynced { put(write) }
        unsynced = []
    }

    private mutating func put(_ write: LedgerWrite) {
        switch write {
        case .episode(let record):
            stored.episodes.removeAll { $0.key == record.key }
            stored.episodes.append(record)
        case .intent(let intent):
            stored.intents.removeAll {
                $0.episode == intent.episode && $0.sequence == intent.sequence
            }
            stored.intents.append(intent)
        case .pause(let pause):
            stored.pauses.removeAll { $0.scope == pause.scope }
            stored.pauses.append(pause)
        case .resume(let scope): stored.pauses.removeAll { $0.scope == scope }
        }
    }
}

extension Event {
    /// The call that it answers.
    fileprivate var call: CallID? {
        switch self {
        case .stateRead(let id, _): id
        case .definitionRead(let id, _): id
        case .evidenceRead(let id, _): id
        case .executionsListed(let id, _): id
        case .executionRead(let id, _): id
        case .pipelinesListed(let id, _): id
        case .causesRead(let id, _): id
        case .precedentsRead(let id, _): id
        case .patternsMatched(let id, _): id
        case .recalled(let id, _): id
        case .intentRecorded(let id, _): id
        case .retryAnswered(let id, _): id
        case .ledgerFailed, .ledgerRecovered, .reloaded, .targetUnusable, .targetPlanned, .paused,
            .resumed, .deadlineReached:
            nil
        }
    }
}

extension Effect {
    fileprivate var call: CallID? {
        switch self {
        case .readState(let id, _, _), .readDefinition(let id, _), .readEvidence(let id, _, _),
            .listExecutions(let id, _, _, _), .readExecution(let id, _, _),
            .listPipelines(let id, _), .matchPatterns(let id, _),
            .recall(let id, _), .recordIntent(let id, _), .retry(let id, _, _),
            .readCauses(let id, _, _, _), .readPrecedents(let id, _):
            id
        case .record, .report: nil
        }
    }

    fileprivate var kind: String {
        switch self {
        case .readState: "state"
        case .readDefinition: "definition"
        case .readEvidence: "evidence"
        case .listExecutions: "executions"
        case .readExecution: "execution"
        case .listPipelines: "list"
        case .readCauses: "causes"
        case .readPrecedents: "precedents"
        case .matchPatterns: "patterns"
        case .recordIntent: "intent"
        case .recall: "recall"
        case .retry: "retry"
        case .record, .report: ""
        }
    }
}
