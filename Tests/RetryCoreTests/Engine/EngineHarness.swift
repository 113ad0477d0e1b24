import Primitives
import RetryCore

/// An engine over a hand-moved world: reads are answered at once, time jumps to the next deadline.
struct EngineHarness {
    var engine: Engine
    var now = Instant.origin
    let epoch = WallTime(milliseconds: 1_760_000_000_000)

    /// The answers of GetPipelineState.
    var states: [PipelineKey: PipelineSnapshot] = [:]
    /// The answers of GetPipeline; a pipeline without one has plain stages.
    var definitions: [PipelineKey: ReadAnswer<PipelineDefinition>] = [:]
    /// The answers of ListActionExecutions; nil: rows derived from the state.
    var evidence: [ExecutionID: ReadAnswer<[ActionRow]>] = [:]
    /// Holds back the answers of ListActionExecutions, and keeps their calls.
    var holdsEvidence = false
    var heldEvidence: [CallID] = []
    /// What services answer about causes, for every action alike.
    var cause = CauseReport()
    /// Holds back the answers about causes, and keeps their calls.
    var holdsCauses = false
    var heldCauses: [(id: CallID, requests: [CauseRequest])] = []
    /// What was asked about causes, in order.
    var traced: [CauseRequest] = []
    /// What the ledger says of the past; nil: it cannot tell.
    var precedents: Precedents? = Precedents()
    /// Whether it does not say it.
    var holdsPrecedents = false
    /// The questions about the past, with their calls.
    var compared: [(id: CallID, question: PrecedentQuestion)] = []
    /// Whether patterns are never evaluated.
    var holdsPatterns = false
    /// The answers of ListPipelineExecutions; a pipeline without one has no executions.
    var executions: [PipelineKey: ReadAnswer<[ExecutionSummary]>] = [:]
    /// The executions of PARALLEL pipelines, as they are read singly and, where no list is set,
    /// listed.
    var runs: [ExecutionID: ExecutionReading] = [:]
    /// How often an execution was read singly.
    var runReads = 0
    /// Whether executions cannot be read singly.
    var runFailure: CallFailure?
    /// How often it was called.
    var lists: [PipelineKey: Int] = [:]
    /// The answer of ListPipelines.
    var listed: [PipelineName] = []
    /// The result of every read, while set.
    var outage: CallFailure?
    /// The answers of RetryStageExecution, in order; then accepted.
    var retryAnswers: [RetryAnswer] = []
    /// Whether an accepted or unknown retry changes the stage.
    var retriesMove = true
    /// The ledger's answers to intents, in order; then durable.
    var durability: [Durability] = []
    /// The ledger's rows.
    var ledger = LedgerSnapshot()
    /// Holds back answers.
    var silent = false
    /// Holds back the answers of RetryStageExecution, and keeps their calls.
    var holdsRetry = false
    var heldRetries: [CallID] = []
    /// The targets whose reads never answer.
    var hangs: Set<TargetName> = []
    /// How many writes to the ledger the process survives; nil: all.
    var writesToLive: Int?
    /// Whether the process died at a write: none of its effects happen any more.
    var isDead = false
    /// The ledger's record of every episode; nil: that of its rows.
    var memory: Recollection?
    /// Whether the ledger does not answer queries.
    var holdsRecalls = false
    /// The queries that it does not answer.
    var heldRecalls: [(CallID, EpisodeKey)] = []
    /// How many events queried the ledger before all reports and writes.
    var earlyRecalls = 0
    /// How often an episode was queried.
    var recalls = 0
    /// The most writes of one event.
    var mostWrites = 0
    /// The pipelines whose state is never answered.
    var hanging: Set<PipelineKey> = []
    /// The pipelines whose state cannot be read.
    var sick: [PipelineKey: CallFailure] = [:]
    /// The result of every list, while set.
    var listFailure: CallFailure?
    /// Holds back that intents are durable, and keeps their calls.
    var holdsDurability = false
    var heldIntents: [CallID] = []

    /// How far AWS's clock is ahead of the one that everything else uses.
    var ahead = Duration.zero
    /// The engine's effects, in order; see ``Transcript``.
    var transcript = Transcript()

    var reports: [Report] = []
    var retries: [(at: WallTime, EpisodeKey, RetryMode)] = []
    var reads = 0
    /// How often a definition was requested.
    var definitionReads = 0
    /// The newest call of GetPipelineState.
    var lastPoll: CallID?
    /// The same for each pipeline.
    var polls: [PipelineKey: Int] = [:]
    /// Reads whose answer was a state, rather than unchanged.
    var decodes = 0
    private var queue: [Effect] = []

    /// The host's clock may be ahead of AWS's when the daemon starts.
    init(
        _ configuration: Configuration,
        ledger: LedgerSnapshot = LedgerSnapshot(),
        hostAhead: Duration = .zero
    ) {
        engine = Engine(
            configuration: configuration,
            ledger: ledger,
            seed: 7,
            now: .origin,
            wall: epoch + hostAhead
        )
        self.ledger = ledger
    }

    var wall: WallTime { epoch + (now - .origin) }
    var kinds: [ReportKind] { reports.map(\.kind) }

    func count(_ kind: ReportKind) -> Int { kinds.count { $0 == kind } }

    mutating func feed(_ event: Event) {
        queue += handle(event)
        drain()
    }

    private mutating func handle(_ event: Event) -> [Effect] {
        let effects = engine.handle(event, now: now)
        let writes = effects.count { if case .record = $0 { true } else { false } }
        mostWrites = max(mostWrites, writes)
        let recall = effects.firstIndex { if case .recall = $0 { true } else { false } }
        let last = effects.lastIndex { effect in
            switch effect {
            case .record, .report: true
            case .readState, .readDefinition, .readEvidence, .listExecutions, .readExecution,
                .listPipelines,
                .readCauses, .readPrecedents, .matchPatterns, .recall, .recordIntent, .retry:
                false
            }
        }
        if let recall, let last, recall < last { earlyRecalls += 1 }
        return effects
    }

    /// Reports the held intents as durable.
    mutating func releaseIntents() {
        holdsDurability = false
        let calls = heldIntents
        heldIntents = []
        for id in calls { feed(.intentRecorded(id, .durable)) }
    }

    /// Answers the held queries.
    mutating func releaseRecalls(_ memory: Recollection? = nil) {
        holdsRecalls = false
        let held = heldRecalls
        heldRecalls = []
        for (id, key) in held { feed(.recalled(id, memory ?? ledger.recall(key))) }
    }

    /// Lets this much time pass; everything due in between happens at its time.
    mutating func run(_ span: Duration, every step: (inout EngineHarness) -> Void = { _ in }) {
        let end = now + span
        feed(.deadlineReached)
        var turns = 0
        while let next = engine.nextDeadline, next <= end {
            turns += 1
            precondition(turns < 100_000, "the engine spins at \(now)")
            now = max(now, next)
            step(&self)
            feed(.deadlineReached)
        }
        now = end
    }

    /// Starts again with the ledger's content, as after kill -9.
    mutating func crash(_ configuration: Configuration, hostAhead: Duration = .zero) {
        engine = Engine(
            configuration: configuration,
            ledger: ledger,
            seed: 7,
            now: now,
            wall: wall + hostAhead
        )
        queue = []
        isDead = false
        writesToLive = nil
    }

    private mutating func drain() {
        while !queue.isEmpty {
            let effect = queue.removeFirst()
            guard let event = answer(effect) else { continue }
            if !silent { queue += handle(event) }
        }
    }

    private mutating func answer(_ effect: Effect) -> Event? {
        if isDead { return nil }
        transcript.note(effect, now)
        switch effect {
        case .readState(let id, let key, let known):
            reads += 1
            lastPoll = id
            polls[key, default: 0] += 1
            if hangs.contains(key.target) || hanging.contains(key) { return nil }
            if let failure = sick[key] { return .stateRead(id, .failed(failure)) }
            let missing = CallFailure(kind: .notFound, operation: .getPipelineState, message: "")
            let answer = states[key].map { snapshot -> ReadAnswer<PolledState> in
                guard snapshot.digest == known else {
                    decodes += 1
                    return .state(snapshot, digest: snapshot.digest, at: wall + ahead)
                }
                return .read(.unchanged, at: wall + ahead)
            }
            return .stateRead(id, read(answer, or: missing))
        case .readDefinition(_, let key) where hangs.contains(key.target): return nil
        case .readDefinition(let id, let key):
            definitionReads += 1
            let plain = plainDefinition(of: key)
            return .definitionRead(id, read(definitions[key] ?? .read(plain, at: wall), or: nil))
        case .readEvidence(let id, _, _) where holdsEvidence:
            heldEvidence.append(id)
            return nil
        case .readEvidence(let id, let key, let execution):
            return .evidenceRead(
                id,
                read(
                    evidence[execution] ?? .read(runs[execution]?.rows ?? rows(of: key), at: wall),
                    or: nil
                )
            )
        case .readExecution(let id, _, let execution):
            runReads += 1
            if let runFailure { return .executionRead(id, .failed(runFailure)) }
            return .executionRead(id, read(.read(runs[execution], at: wall), or: nil))
        case .listExecutions(let id, let key, let limit, let known):
            lists[key, default: 0] += 1
            if hangs.contains(key.target) { return nil }
            let answer = executions[key] ?? .read(page(of: limit), at: wall)
            return .executionsListed(id, read(answer, or: nil).map { listed($0, known) })
        case .listPipelines(let id, _):
            if let listFailure { return .pipelinesListed(id, .failed(listFailure)) }
            return .pipelinesListed(id, read(.read(listed, at: wall), or: nil))
        case .readCauses(let id, _, let requests, _):
            traced += requests
            if holdsCauses {
                heldCauses.append((id, requests))
                return nil
            }
            return .causesRead(id, told(requests))
        case .readPrecedents(let id, let question):
            compared.append((id, question))
            return holdsPrecedents ? nil : .precedentsRead(id, precedents)
        case .matchPatterns where holdsPatterns: return nil
        case .matchPatterns(let id, let queries):
            let findings = queries.map { ($0, PatternFinding.differs) }
            return .patternsMatched(id, Dictionary(uniqueKeysWithValues: findings))
        case .recall(let id, let key):
            recalls += 1
            if holdsRecalls {
                heldRecalls.append((id, key))
                return nil
            }
            return .recalled(id, memory ?? ledger.recall(key))
        case .recordIntent(let id, let intent):
            let usual =
                hasEnded(intent.episode) ? Durability.ended : .durable
            let result = durability.isEmpty ? usual : durability.removeFirst()
            if result == .durable { put(intent) }
            if holdsDurability {
                heldIntents.append(id)
                return nil
            }
            return .intentRecorded(id, result)
        case .retry(let id, let key, let mode) where holdsRetry:
            retries.append((wall, key, mode))
            heldRetries.append(id)
            return nil
        case .retry(let id, let key, let mode): return .retryAnswered(id, retry(key, mode))
        case .record(let writes):
            isDead = writesToLive == 0
            guard !isDead else { return nil }
            writesToLive = writesToLive.map { $0 - 1 }
            for write in writes { apply(write) }
            return nil
        case .report(let report):
            reports.append(report)
            return nil
        }
    }

    /// The answers to a question about causes.
    func told(_ requests: [CauseRequest]) -> [ActionExecutionID: CauseReport] {
        Dictionary(uniqueKeysWithValues: requests.map { ($0.attempt, cause) })
    }

    private func read<Value>(
        _ answer: ReadAnswer<Value>?,
        or missing: CallFailure?
    ) -> ReadAnswer<Value> {
        if let outage { return .failed(outage) }
        if let answer { return answer }
        return .failed(missing ?? CallFailure(kind: .serverError, operation: nil, message: ""))
    }

    /// A definition with the stages and actions that the state shows.
    private func plainDefinition(of key: PipelineKey) -> PipelineDefinition {
        let stages = (states[key]?.stages ?? []).map { stage in
            let actions = stage.actions.map {
                ($0.name, ActionKind(category: "Build", provider: "CodeBuild"))
            }
            let all = [("Compile", ActionKind(category: "Build", provider: "CodeBuild"))] + actions
            return (
                stage.name,
                StageDefinition(actions: Dictionary(all) { _, last in last })
            )
        }
        return PipelineDefinition(
            version: states[key]?.version ?? 1,
            executionMode: .superseded,
            account: "111122223333",
            stages: Dictionary(stages) { _, last in last }
        )
    }

    private func rows(of key: PipelineKey) -> [ActionRow] {
        (states[key]?.stages ?? []).flatMap { stage in
            stage.actions.map {
                ActionRow(
                    stage: stage.name,
                    action: $0,
                    category: "Build",
                    provider: "CodeBuild",
                    pipelineVersion: 1,
                    run: $0.status == .failed ? ActionRun(externalID: "web:1") : nil
                )
            }
        }
    }

    private mutating func retry(_ key: EpisodeKey, _ mode: RetryMode) -> RetryAnswer {
        retries.append((wall, key, mode))
        let accepted = RetryAnswer.accepted(requestID: "r", at: wall)
        let answer = retryAnswers.isEmpty ? accepted : retryAnswers.removeFirst()
        switch answer {
        case .accepted, .unknown:
            if retriesMove { change(key) { $0.startsAgain() } }
            if retriesMove { runs[key.execution]?.summary.status = .inProgress }
        case .refused: break
        }
        return answer
    }

    mutating func change(_ key: EpisodeKey, _ body: (inout StageSnapshot) -> Void) {
        guard var snapshot = states[key.pipeline],
            let index = snapshot.stages.firstIndex(where: { $0.name == key.stage })
        else { return }
        body(&snapshot.stages[index])
        states[key.pipeline] = snapshot
    }

    private mutating func put(_ intent: Intent) {
        ledger.intents.removeAll {
            $0.episode == intent.episode && $0.sequence == intent.sequence
        }
        ledger.intents.append(intent)
    }

    private func hasEnded(_ key: EpisodeKey) -> Bool {
        ledger.episodes.contains { $0.key == key && $0.outcome != nil }
    }

    private mutating func apply(_ write: LedgerWrite) {
        switch write {
        case .episode(let record):
            guard !hasEnded(record.key) else { return }
            ledger.episodes.removeAll { $0.key == record.key }
            ledger.episodes.append(record)
        case .intent(let intent): put(intent)
        case .pause(let pause):
            ledger.pauses.removeAll { $0.scope == pause.scope }
            ledger.pauses.append(pause)
        case .resume(let scope): ledger.pauses.removeAll { $0.scope == scope }
        }
    }
}
