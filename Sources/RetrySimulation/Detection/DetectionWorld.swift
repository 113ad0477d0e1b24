import Primitives
import RetryCore

/// Answers the engine's effects from the workload: only this file knows them.
///
/// A call shows the state of the time at which it is made, and its answer takes a fixed time. No
/// answer is lost: the schedule alone is measured.
struct DetectionWorld: Sendable {
    private let options: DetectionOptions
    private let workload: Workload
    /// Whether every pipeline runs in PARALLEL mode.
    private let isParallel: Bool
    private let keys: [PipelineKey]
    private let numbers: [PipelineKey: Int]
    private var answers = ArrivalQueue<Event>()
    private(set) var tally: DetectionTally

    init(_ options: DetectionOptions, _ workload: Workload, isParallel: Bool) {
        self.options = options
        self.workload = workload
        self.isParallel = isParallel
        tally = DetectionTally(options, workload)
        keys = workload.courses.indices.map {
            PipelineKey(target: "one", pipeline: PipelineName("p\($0)"))
        }
        numbers = Dictionary(uniqueKeysWithValues: keys.enumerated().map { ($1, $0) })
    }

    /// The file: every pipeline by name, the poll section's defaults, the given rate.
    ///
    /// A failure is not retried since no rule matches it, so that a decision has its usual cost and
    /// no retry changes the workload; under a shadow policy it is reported and stays open.
    var configuration: Configuration {
        var policy = StagePolicy.standard
        policy.shadow = options.isShadow
        if !options.isShadow {
            let condition = RuleCondition(matches: [Pattern("queue (is )?full")])
            policy.rules = [Rule(name: "queue full", when: condition, action: .never)]
        }
        let target = Target(
            name: "one",
            region: "eu-central-1",
            rateGroup: "one",
            pipelines: keys.map { key in
                PipelineEntry(selector: .name(key.pipeline), policy: policy, stages: [:])
            }
        )
        return Configuration(poll: PollSettings(maxRate: options.rate), targets: [target])
    }

    /// When the next answer arrives.
    var nextArrival: Int64? { answers.next }

    /// Takes the next answer when it has arrived.
    mutating func arrived(at time: Int64) -> Event? {
        answers.pop(at: time)
    }

    /// Runs an effect; returns an immediate answer.
    mutating func perform(_ effect: Effect, at time: Int64) -> Event? {
        let at = HostClock.epoch + .milliseconds(time + DetectionOptions.latency)
        switch effect {
        case .readState(let id, let key, let known):
            let number = number(of: key)
            tally.polled(at: number, time)
            answer(.stateRead(id, .read(poll(at: number, time, known: known), at: at)), time)
        case .readDefinition(let id, let key):
            tally.requested(at: time)
            let definition = definition(of: number(of: key))
            answer(.definitionRead(id, .read(definition, at: at)), time)
        case .readEvidence(let id, let key, let execution):
            tally.requested(at: time)
            let rows = rows(of: number(of: key), execution, at: time)
            answer(.evidenceRead(id, .read(rows, at: at)), time)
        case .listExecutions(let id, let key, let limit, let known):
            answer(.executionsListed(id, list(key, limit, known, at: time)), time)
        case .readExecution(let id, let key, let execution):
            // Two calls, which are one turn of the rate.
            tally.requested(at: time)
            let reading = reading(of: number(of: key), execution, at: time)
            answer(.executionRead(id, .read(reading, at: at)), time)
        case .listPipelines(let id, _):
            tally.requested(at: time)
            answer(.pipelinesListed(id, .read(keys.map(\.pipeline), at: at)), time)
        case .matchPatterns(let id, let queries):
            let findings = queries.map { ($0, PatternFinding.differs) }
            return .patternsMatched(id, Dictionary(findings) { first, _ in first })
        case .recall(let id, _): return .recalled(id, .new)
        case .recordIntent, .retry, .readCauses, .readPrecedents:
            preconditionFailure("a policy without retries and causes wants \(effect)")
        case .record: break
        case .report(let report): record(report, at: time)
        }
        return nil
    }

    private mutating func answer(_ event: Event, _ time: Int64) {
        answers.add(event, at: time + DetectionOptions.latency)
    }

    /// The first verdict on a failed stage ends its waiting time.
    private mutating func record(_ report: Report, at time: Int64) {
        switch report {
        case .retryScheduled(let context, _, _), .retryDeferred(let context, _, _, _, _, _),
            .wouldRetry(let context, _, _), .retriesExhausted(let context, _, _, _),
            .stageNotRetried(let context, _, _, _, _):
            let key = context.key
            let run = run(of: key.execution)
            let name = DetectionTally.FailureName(pipeline: number(of: key.pipeline), run: run)
            tally.decided(name, at: time)
        case _: break
        }
    }
}

/// The answers of the calls.
extension DetectionWorld {
    private func number(of key: PipelineKey) -> Int {
        guard let number = numbers[key] else { preconditionFailure("there is no \(key)") }
        return number
    }

    private func execution(_ run: Int) -> ExecutionID { ExecutionID("run-\(run)") }

    private func run(of execution: ExecutionID) -> Int {
        guard let run = Int(execution.text.dropFirst(4)) else {
            preconditionFailure("there is no \(execution)")
        }
        return run
    }

    /// Equal states of a pipeline have equal digests, and others have others.
    private func poll(at number: Int, _ time: Int64, known: StateDigest?) -> PolledState {
        if isParallel {
            let digest = StateDigest(high: UInt64(number), low: 0)
            let empty = PipelineSnapshot(version: 1, stages: [])
            return known == digest ? .unchanged : .state(empty, digest: digest)
        }
        let course = workload.courses[number]
        var hash = StableHash()
        for stage in 0..<course.stages {
            let view = course.stage(stage, at: time)
            hash.add(UInt64(bitPattern: Int64(view?.run ?? -1)))
            hash.add(view.map { "\($0.status) \($0.since)" } ?? "")
        }
        let digest = StateDigest(high: UInt64(number), low: hash.value)
        return known == digest ? .unchanged : .state(state(of: number, at: time), digest: digest)
    }

    private func state(of number: Int, at time: Int64) -> PipelineSnapshot {
        let course = workload.courses[number]
        return PipelineSnapshot(
            version: 1,
            stages: (0..<course.stages).map { stage in
                let name = StageName("stage-\(stage)")
                guard let view = course.stage(stage, at: time) else {
                    return StageSnapshot(name: name)
                }
                return StageSnapshot(
                    name: name,
                    latest: StageExecution(id: execution(view.run), status: view.status),
                    actions: [action(stage, view)]
                )
            }
        )
    }

    /// The stage's only action, which does as the stage does.
    private func action(_ stage: Int, _ view: Course.StageView) -> ActionSnapshot {
        let isFailed = view.status == .failed
        let status: ActionStatus =
            isFailed ? .failed : view.status == .inProgress ? .inProgress : .succeeded
        return ActionSnapshot(
            name: "build",
            executionID: ActionExecutionID("build-\(stage)-\(view.run)"),
            status: status,
            lastStatusChange: HostClock.epoch + .milliseconds(view.since),
            code: isFailed ? "JobFailed" : nil,
            message: isFailed ? "Build terminated with state: FAILED" : nil
        )
    }

    /// The list of a PARALLEL pipeline's runs, which is its poll; in other modes there is none.
    private mutating func list(
        _ key: PipelineKey,
        _ limit: Int,
        _ known: StateDigest?,
        at time: Int64
    ) -> ReadAnswer<PolledExecutions> {
        let at = HostClock.epoch + .milliseconds(time + DetectionOptions.latency)
        guard isParallel else {
            tally.requested(at: time)
            return .executions([], at: at)
        }
        let number = number(of: key)
        tally.polled(at: number, time)
        let begun = workload.courses[number].newestRun(at: time).map { $0 + 1 } ?? 0
        let rows = (0..<begun).suffix(limit).reversed().map { summary(of: number, $0, at: time) }
        var hash = StableHash()
        for row in rows {
            hash.add("\(row.id) \(row.status)")
            hash.add(UInt64(bitPattern: row.lastUpdate?.milliseconds ?? 0))
        }
        let digest = StateDigest(high: UInt64(number), low: hash.value)
        return .read(known == digest ? .unchanged : .executions(rows, digest: digest), at: at)
    }

    /// A run as a list shows it.
    private func summary(of number: Int, _ index: Int, at time: Int64) -> ExecutionSummary {
        let run = workload.courses[number].runs[index]
        let changed = run.ends.last { $0 <= time } ?? run.start
        return ExecutionSummary(
            id: execution(index),
            status: run.end > time ? .inProgress : run.fails ? .failed : .succeeded,
            mode: .parallel,
            version: 1,
            started: HostClock.epoch + .milliseconds(run.start),
            lastUpdate: HostClock.epoch + .milliseconds(changed),
            hasRevisions: true
        )
    }

    private func reading(
        of number: Int,
        _ execution: ExecutionID,
        at time: Int64
    ) -> ExecutionReading {
        ExecutionReading(
            summary: summary(of: number, run(of: execution), at: time),
            rows: rows(of: number, execution, at: time)
        )
    }

    private func definition(of number: Int) -> PipelineDefinition {
        let kind = ActionKind(category: "Build", provider: "CodeBuild", runOrder: 1)
        let stages = (0..<workload.courses[number].stages).map {
            (StageName("stage-\($0)"), StageDefinition(actions: ["build": kind]))
        }
        return PipelineDefinition(
            version: 1,
            executionMode: isParallel ? .parallel : .superseded,
            stages: Dictionary(uniqueKeysWithValues: stages)
        )
    }

    private func rows(
        of number: Int,
        _ execution: ExecutionID,
        at time: Int64
    ) -> [ActionRow] {
        let course = workload.courses[number]
        let run = run(of: execution)
        return (0..<course.stages).compactMap { stage in
            guard let view = course.view(of: stage, in: run, at: time) else { return nil }
            return ActionRow(
                stage: StageName("stage-\(stage)"),
                action: action(stage, view),
                category: "Build",
                provider: "CodeBuild",
                started: workload.courses[number].runs[run].entry(to: stage).map {
                    HostClock.epoch + .milliseconds($0)
                },
                pipelineVersion: 1
            )
        }
    }
}
