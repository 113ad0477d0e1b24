import CodePipelineSimulator
import Primitives
import RetryCore

/// How late reads are, and how often they are invalid.
///
/// AWS documents none of it. Late answers of ListPipelineExecutions and GetPipelineExecution were
/// recorded; none of ListActionExecutions were, but they cannot be excluded.
enum Lag {
    /// How many answers of ListActionExecutions are late, and by how many milliseconds.
    static let history = (chance: 0.3, span: 1000...15_000)
    /// The same of GetPipeline.
    static let definition = (chance: 0.3, span: 1000...15_000)
    /// The same of ListPipelines.
    static let list = (chance: 0.3, span: 1000...15_000)
    /// How many answers are invalid.
    static let emptyAnswer = 0.03
    /// How many reads of a single execution show its rows in another order.
    static let disorder = 0.1
    /// From a failure to the stage's own retry or rollback, in milliseconds; the real value is
    /// unknown.
    static let nativeWindow = 500...60_000
    /// When a pipeline may be created that is not there from the start, in milliseconds.
    static let creation = 30_000...1_800_000
}

/// The content of reads that lag or are invalid.
extension World {
    /// The time whose truth an answer shows, mostly now.
    private mutating func seen(
        _ fault: SimulatedFault,
        _ lag: (chance: Double, span: ClosedRange<Int>)
    ) -> ModelTime {
        guard lagRNG.chance(plan.chance(fault, lag.chance)) else { return clock.modelTime }
        return clock.modelTime + .milliseconds(-lagRNG.span(lag.span))
    }

    /// Whether an answer is invalid.
    mutating func answersNothing() -> Bool {
        lagRNG.chance(plan.chance(.emptyAnswer, Lag.emptyAnswer))
    }

    /// The answer of ListActionExecutions.
    mutating func history(
        of execution: ExecutionID,
        in name: String
    ) -> ReadAnswer<[ActionRow]> {
        let isEmpty = answersNothing()
        let seen = seen(.staleHistory, Lag.history)
        let isForgotten = !isListed(execution.text, of: name)
        return readThroughWire(.evidence) { model, wire throws(ServiceError) in
            let runs = try model.actionRuns(
                of: name,
                execution: execution.text,
                asOf: seen
            )
            if isEmpty || isForgotten { return [] }
            return wire?.rows(runs, of: execution.text, model) ?? runs.map { ActionRow($0) }
        }
    }

    /// The answer of GetPipeline.
    mutating func definition(of name: String) -> ReadAnswer<PipelineDefinition> {
        if answersNothing() {
            let empty = PipelineDefinition(version: nil, executionMode: .superseded, stages: [:])
            return .read(empty, at: date())
        }
        let seen = seen(.staleDefinition, Lag.definition)
        return readThroughWire(.definition) { model, wire throws(ServiceError) in
            let state = try model.state(of: name)
            let isBehind = state.version > 1 && seen < state.updated
            let version = isBehind ? state.version - 1 : state.version
            if let read = try wire?.definition(version, of: state, model) { return read }
            let definition = try model.definition(of: name, version: version)
            return PipelineDefinition(definition, version: version)
        }
    }

    /// The answer of ListPipelineExecutions; the model itself shows ends late.
    mutating func executions(
        of name: String,
        limit: Int
    ) -> ReadAnswer<[ExecutionSummary]> {
        let isEmpty = answersNothing()
        let since = oldestListed
        let newest = isEmpty ? 0 : limit
        let place = "\(name) \(limit)"
        let revision = model.executionsRevision(of: name, newest: newest)
        let kept = isEmpty ? nil : keptPages[place]?.rows(at: revision, since: since, of: model)
        var page: [ServiceModel.ExecutionView] = []
        let answer = readThroughWire(.executions) { model, wire throws(ServiceError) in
            if let kept { return kept }
            page = try model.executions(of: name, newest: newest)
                .filter { since == nil || $0.started >= since ?? $0.started }
            return wire?.executions(page, of: name, model)
                ?? page.map { ExecutionSummary($0) }
        }
        if kept == nil, !isEmpty, let revision, case .read(let rows, _) = answer {
            keptPages[place] = KeptPage(
                name: name,
                limit: limit,
                revision: revision,
                page: page,
                rows: rows
            )
        }
        return answer
    }

    /// The answers of GetPipelineExecution and then ListActionExecutions, with what they show of
    /// the stages of an execution in PARALLEL mode.
    mutating func reading(
        of execution: ExecutionID,
        _ key: PipelineKey,
        in name: String
    ) -> (ReadAnswer<ExecutionReading?>, [StageName: StageTruth]?) {
        let isEmpty = answersNothing()
        let seen = seen(.staleHistory, Lag.history)
        let isDisordered = parallelRNG.chance(plan.chance(.staleHistory, Lag.disorder))
        let isForgotten = !isListed(execution.text, of: name)
        var stages: [StageName: StageTruth]?
        let answer = readThroughWire(.execution) { model, wire throws(ServiceError) in
            let view = try model.execution(execution.text, of: name)
            if isForgotten { return ExecutionReading?.none }
            var runs = try model.actionRuns(of: name, execution: execution.text, asOf: seen)
            if isEmpty { runs = [] }
            if view.mode == .parallel || model.runsInParallel(name) {
                stages = try model.truth(of: view, runs, key, name)
            }
            if isDisordered { runs.reverse() }
            return wire?.execution(view, runs, of: name, model)
                ?? ExecutionReading(summary: .alone(view), rows: runs.map { ActionRow($0) })
        }
        guard case .failed(let failure) = answer, failure.isOfExecution else {
            return (answer, stages)
        }
        return (.read(nil, at: date()), nil)
    }

    /// The answer of ListPipelines.
    mutating func list(of place: Place) -> [PipelineName] {
        let seen = seen(.staleList, Lag.list)
        let names = model.pipelineNames.compactMap { places.name($0, in: place) }
            .filter {
                createdAt[$0] ?? seen <= seen && !disturbances.contains(.unlisted($0))
            }
        guard answersNothing() else { return names }
        return lagRNG.chance(0.5) ? [] : Array(names.prefix(names.count / 2))
    }

    /// When a pipeline is created; nil: it exists from the start.
    ///
    /// Only a target that lists its pipelines can discover a new one.
    mutating func creationTime(of index: Int) -> Int64? {
        let name = PipelineName(scenario.pipelines[index].definition.name)
        guard plan.has(.staleList), index > 0, let target = scenario.owners[name],
            configuration.discovers(target), lagRNG.chance(0.5)
        else { return nil }
        return lagRNG.span(Lag.creation)
    }

    /// A PARALLEL pipeline begins with several runs at once.
    mutating func startRuns(of index: Int) {
        let definition = scenario.pipelines[index].definition
        guard definition.executionMode == .parallel else { return }
        for wait in GeneratedScenario.starts(&parallelRNG, everywhere: isAllParallel) {
            let time = model.now + .milliseconds(wait)
            model.schedule(.start, pipeline: definition.name, at: time)
        }
    }

    /// Whether a pipeline of the generated scenario exists.
    func isThere(_ index: Int) -> Bool {
        model.pipelineNames.contains(scenario.pipelines[index].definition.name)
    }

    mutating func create(_ index: Int) {
        guard !isThere(index) else { return }
        let name = scenario.pipelines[index].definition.name
        createdAt[PipelineName(name)] = clock.modelTime
        noteCreation(of: name)
        trace.note("\(name) is created", at: clock.time)
        model.advance(to: clock.modelTime)
        model.addPipeline(at: index, of: scenario, startingAfter: lagRNG.span(0...20_000))
        startRuns(of: index)
    }
}

extension ServiceModel.Timing {
    /// The recorded delays, and a window of the service's own reaction that differs from seed to
    /// seed.
    mutating func slowDown(_ rng: inout SimulationRNG) {
        var slow = ServiceModel.Timing.recorded
        slow.executionLimit = executionLimit
        slow.nativeWindow = .milliseconds(rng.span(Lag.nativeWindow))
        self = slow
    }
}

extension ServiceModel {
    /// Adds a pipeline of the generated scenario, and starts it after this many milliseconds.
    mutating func addPipeline(
        at index: Int,
        of scenario: GeneratedScenario,
        startingAfter wait: Int64
    ) {
        let (definition, script) = scenario.pipelines[index]
        addPipeline(definition, script: script)
        schedule(.start, pipeline: definition.name, at: now + .milliseconds(wait))
    }
}

extension CallFailure {
    /// Whether AWS knows the pipeline, and not the execution.
    fileprivate var isOfExecution: Bool { code == "PipelineExecutionNotFoundException" }
}

extension [ExecutionSummary] {
    /// The list, or that its bytes are the known ones.
    func polled(known: StateDigest?) -> PolledExecutions {
        var hasher = Hasher()
        hash(into: &hasher)
        let value = UInt64(bitPattern: Int64(hasher.finalize()))
        let digest = StateDigest(high: value, low: ~value)
        return digest == known ? .unchanged : .executions(self, digest: digest)
    }
}

extension ReadAnswer<PolledState> {
    /// A 200 of GetPipelineState without its stages, with or without a version.
    static func empty(isVersioned: Bool, at time: WallTime?) -> ReadAnswer {
        let empty = PipelineSnapshot(version: isVersioned ? 1 : nil, stages: [])
        return .read(.state(empty, digest: empty.digest), at: time)
    }
}
