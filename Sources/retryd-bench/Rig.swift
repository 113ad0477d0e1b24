import Primitives
import RetryCore

/// Many pipelines under one engine, under virtual time; reads are answered at once.
struct Rig {
    private(set) var engine: Engine
    private(set) var now = Instant.origin
    private let definition: PipelineDefinition
    /// Open executions of each pipeline, which runs in PARALLEL mode; 0: it does not.
    private let open: Int
    let healthy: PipelineSnapshot
    /// Events that the engine has taken.
    private(set) var events = 0
    /// The number of requested states.
    private(set) var polls = 0

    private static let digest = StateDigest(high: 7, low: 7)
    static let epoch = WallTime(milliseconds: 1_767_268_800_000)

    var wall: WallTime { Rig.epoch + (now - .origin) }

    /// Creates pipelines that are all healthy.
    ///
    /// The default rate is three times what the interval needs, as room for the definitions.
    init(pipelines: Int, policy: StagePolicy, rate: Double? = nil, open: Int = 0) {
        self.open = open
        let entries = (0..<pipelines).map { index in
            PipelineEntry(
                selector: .name(BenchNames.name(index)),
                policy: policy,
                stages: [:]
            )
        }
        let target = Target(
            name: BenchNames.target,
            region: "eu-west-1",
            rateGroup: "bench",
            pipelines: entries
        )
        // With a rate of its own no call is to wait, so none waits for a free place either.
        let poll = PollSettings(
            maxInFlight: rate == nil ? PollSettings().maxInFlight : 2 * pipelines,
            maxRate: rate ?? max(5, Double(pipelines) / 10)
        )
        engine = Engine(
            configuration: Configuration(poll: poll, targets: [target]),
            ledger: LedgerSnapshot(),
            seed: 7,
            now: .origin,
            wall: Rig.epoch
        )
        healthy = PipelineSnapshot(version: 7, stages: open > 0 ? [] : Rig.stages)
        definition = PipelineDefinition(
            version: 7,
            executionMode: open > 0 ? .parallel : .superseded,
            stages: Rig.declarations
        )
    }

    /// The open executions of a pipeline.
    private func executions(of key: PipelineKey) -> [ExecutionSummary] {
        var ids = StableHash()
        ids.add(key.pipeline.text)
        let number = String(ids.value, radix: 16)
        return (0..<open).map { index in
            let id = "\(number)-\(index)-4000-8000-000000000000000000000000".prefix(36)
            return ExecutionSummary(
                id: ExecutionID(String(id)),
                status: .inProgress,
                mode: .parallel,
                started: Rig.epoch + .seconds(-index),
                lastUpdate: Rig.epoch + .seconds(-index),
                hasRevisions: true
            )
        }
    }

    private static let stages = BenchNames.actionCounts.enumerated().map { stage, count in
        let actions = (0..<count).map { index in
            ActionSnapshot(
                name: BenchNames.action(stage, index),
                executionID: ActionExecutionID(
                    "6a3c2d1e-0000-4000-8000-0000000\(stage)\(index)001"
                ),
                status: .succeeded,
                lastStatusChange: Rig.epoch
            )
        }
        let latest = StageExecution(id: BenchNames.execution, status: .succeeded)
        return StageSnapshot(name: BenchNames.stage(stage), latest: latest, actions: actions)
    }

    private static let declarations: [StageName: StageDefinition] = {
        var stages: [StageName: StageDefinition] = [:]
        for (stage, count) in BenchNames.actionCounts.enumerated() {
            let kind = ActionKind(category: "Build", provider: "CodeBuild", runOrder: 1)
            let actions = (0..<count).map { (BenchNames.action(stage, $0), kind) }
            stages[BenchNames.stage(stage)] = StageDefinition(
                actions: Dictionary(uniqueKeysWithValues: actions)
            )
        }
        return stages
    }()

    /// Handles an event, and reads the next deadline as the loop does.
    mutating func feed(_ event: Event) -> [Effect] {
        events += 1
        let effects = engine.handle(event, now: now)
        _ = engine.nextDeadline
        return effects
    }

    /// Advances to the next deadline and answers the calls: everything is healthy.
    mutating func step() throws(BenchError) {
        guard let next = engine.nextDeadline else { throw BenchError("the engine wants nothing") }
        now = max(now, next)
        var queue = feed(.deadlineReached)
        while let effect = queue.popLast() {
            queue += try answer(effect)
        }
    }

    /// Lets this much time pass.
    mutating func run(_ span: Duration) throws(BenchError) {
        let end = now + span
        while let next = engine.nextDeadline, next <= end { try step() }
        now = max(now, end)
    }

    /// Advances to the next deadline and returns its calls, unanswered.
    mutating func advance() throws(BenchError) -> [Effect] {
        guard let next = engine.nextDeadline, next < .origin + .seconds(600) else {
            throw BenchError("the engine asks for too little")
        }
        now = max(now, next)
        return feed(.deadlineReached)
    }

    /// Answers a call; returns the engine's next calls.
    mutating func answer(_ effect: Effect) throws(BenchError) -> [Effect] {
        switch effect {
        case .readState(let id, _, let known):
            polls += 1
            // As the client does: the same bytes again are not decoded.
            let poll = known == nil ? PolledState.state(healthy, digest: Rig.digest) : .unchanged
            return feed(.stateRead(id, .read(poll, at: wall)))
        case .readDefinition(let id, _):
            return feed(.definitionRead(id, .read(definition, at: wall)))
        case .listExecutions(let id, let key, let limit, let known):
            guard open > 0 else { return feed(.executionsListed(id, .executions([], at: wall))) }
            polls += 1
            let rows = known == nil ? Array(executions(of: key).prefix(limit)) : []
            let list =
                known == nil
                ? PolledExecutions.executions(rows, digest: Rig.digest) : .unchanged
            return feed(.executionsListed(id, .read(list, at: wall)))
        case .report: return []
        case .readEvidence, .readExecution, .listPipelines, .readCauses, .readPrecedents,
            .matchPatterns, .recall,
            .recordIntent,
            .retry,
            .record:
            throw BenchError("a healthy pipeline asks for \(effect)")
        }
    }
}
