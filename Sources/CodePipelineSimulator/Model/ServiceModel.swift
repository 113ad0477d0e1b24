import Primitives

/// A pure model of AWS CodePipeline: a value without clock, randomness or IO of its own.
///
/// Time comes in with every call and never runs backwards: an earlier time counts as the latest one
/// seen. Behaviour that AWS does not document is decided here and called a decision in the
/// comments.
package struct ServiceModel: Sendable {
    /// The account id, 12 digits.
    package let account: String
    /// The Region.
    package let region: String
    /// Which calls the log keeps.
    package var recording: Recording
    /// The calls that were served, oldest first.
    package private(set) var served: [ServedCall] = []
    /// How many retries took effect since the start, automatic ones not counted.
    package private(set) var effectiveRetries = 0

    var pipelines: [PipelineRecord] = []
    private(set) var places: [String: Int] = [:] {
        didSet { pipelineNames = places.keys.sorted() }
    }
    var context: ModelContext

    /// The delays; a change applies to later events.
    package var timing: Timing {
        get { context.timing }
        set { context.timing = newValue }
    }
    /// A step is being run: time that is passed in now comes from that step.
    private var isAdvancing = false

    /// Creates a service without pipelines.
    package init(
        account: String = "111122223333",
        region: String = "eu-west-1",
        start: ModelTime,
        seed: UInt64 = 1,
        timing: Timing = Timing(),
        recording: Recording = .changes
    ) {
        self.account = account
        self.region = region
        self.recording = recording
        context = ModelContext(
            account: account,
            region: region,
            timing: timing,
            now: start,
            seed: seed
        )
    }

    /// The latest time that was passed in.
    package var now: ModelTime {
        context.now
    }

    /// The names of all pipelines, sorted.
    package private(set) var pipelineNames: [String] = []

    /// Adds a pipeline of version 1; false when the name is taken.
    @discardableResult
    package mutating func addPipeline(_ definition: Definition, script: Script = Script()) -> Bool {
        guard places[definition.name] == nil else { return false }
        places[definition.name] = pipelines.count
        pipelines.append(
            PipelineRecord(
                index: pipelines.count,
                definition: definition,
                script: script,
                created: context.now
            )
        )
        return true
    }

    /// DeletePipeline: one of the same name may be added again, with version 1 and without history.
    ///
    /// AWS also accepts the deletion of a missing pipeline.
    package mutating func deletePipeline(_ name: String, at time: ModelTime) {
        advance(to: time)
        guard let place = places.removeValue(forKey: name) else { return }
        pipelines[place].isDeleted = true
    }

    /// When the next thing happens by itself; nil when nothing is planned.
    package var nextChange: ModelTime? {
        guard let first = context.agenda.first else { return nil }
        guard !isCurrent(first) else { return first.time }
        return context.agenda.entries.lazy.filter { isCurrent($0) }.map(\.time).min()
    }

    private func isCurrent(_ entry: Agenda.Entry) -> Bool {
        !pipelines[entry.pipeline].isDeleted
            && pipelines[entry.pipeline].isCurrent(entry.step, at: entry.time)
    }

    /// Runs everything that is due up to and including `time`.
    ///
    /// Consequences of a step, such as a start that a scenario plans, happen at that step's time
    /// and before anything else that is due then.
    package mutating func advance(to time: ModelTime) {
        guard !isAdvancing else { return }
        guard let next = context.agenda.nextTime, next <= time else {
            context.now = max(context.now, time)
            return
        }
        isAdvancing = true
        defer { isAdvancing = false }
        while let entry = context.agenda.first, entry.time <= time {
            let due = context.agenda.removeFirst()
            context.now = max(context.now, due.time)
            if isCurrent(due) {
                run(due.step, of: due.pipeline)
            }
        }
        context.now = max(context.now, time)
        dropStale()
    }

    /// Takes steps off the agenda that lost their meaning.
    private mutating func dropStale() {
        while let entry = context.agenda.first, !isCurrent(entry) {
            _ = context.agenda.removeFirst()
        }
    }

    private mutating func run(_ step: Step, of place: Int) {
        switch step {
        case .finish(let execution, let run):
            pipelines[place].finishAsScripted(execution, run: run, &context)
        case .timeOut(let execution, let run):
            pipelines[place].timeOut(execution, run: run, &context)
        case .nativeRetry(let execution, let stage):
            retryNatively(place, execution, stage)
        case .nativeRollback(let execution, let stage):
            pipelines[place].rollBackNatively(execution, stage, &context)
        case .admit(let stage):
            if let record = pipelines[place].recordIndex(stage) {
                pipelines[place].admit(record, &context)
            }
        case .settle(let execution, let run):
            pipelines[place].settle(execution, run: run, &context)
        case .judge(let condition, let execution, let stage):
            pipelines[place].judge(condition, of: execution, stage, &context)
        case .abandon(let execution):
            pipelines[place].abandon(execution, &context)
        case .outside(let action):
            perform(action, on: place)
        }
    }

    private mutating func retryNatively(_ place: Int, _ execution: Int, _ stage: Int) {
        let mode = pipelines[place].retryNatively(execution, stage, &context)
        guard let mode else { return }
        let pipeline = pipelines[place]
        record(
            ServedCall(
                time: context.now,
                operation: "NativeRetry",
                caller: .service,
                pipeline: pipeline.name,
                stage: pipeline.stageDefinition(execution, stage).name,
                execution: pipeline.executions[execution].id,
                mode: mode,
                outcome: .accepted,
                effectiveRetry: pipeline[execution, stage].automaticRetries
            )
        )
    }

    /// Enters a call into the log.
    mutating func record(_ call: ServedCall, isRead: Bool = false) {
        if call.effectiveRetry != nil, call.caller != .service {
            effectiveRetries += 1
        }
        switch recording {
        case .nothing: return
        case .changes where isRead: return
        case .changes, .everything: served.append(call)
        }
    }

    /// Empties the log and returns its entries.
    package mutating func takeServed() -> [ServedCall] {
        defer { served = [] }
        return served
    }

    func place(of pipeline: String) throws(ServiceError) -> Int {
        guard let place = knownPlace(of: pipeline) else {
            throw .noPipeline(pipeline, account: account)
        }
        return place
    }

    /// Where a pipeline is; nil where there is none.
    func knownPlace(of pipeline: String) -> Int? {
        // To compare a few names is faster than to hash one.
        guard pipelines.count <= 8 else { return places[pipeline] }
        return pipelines.firstIndex { !$0.isDeleted && $0.name == pipeline }
    }

    func stagePlace(_ stage: String, of place: Int) throws(ServiceError) -> Int {
        guard let record = pipelines[place].recordIndex(stage) else {
            throw .noStage(stage, pipeline: pipelines[place].name)
        }
        return record
    }

    /// The place of an execution that the history still has.
    func rememberedPlace(_ id: String, of place: Int) throws(ServiceError) -> Int {
        let execution = try executionPlace(id, of: place)
        guard pipelines[place].remembers(execution, context) else {
            throw .noExecution(id, pipeline: pipelines[place].name)
        }
        return execution
    }

    func executionPlace(_ id: String, of place: Int) throws(ServiceError) -> Int {
        guard let execution = pipelines[place].indexByID[id] else {
            throw .noExecution(id, pipeline: pipelines[place].name)
        }
        return execution
    }
}
