import Primitives
@testable import RetryCore

/// Executions of a PARALLEL pipeline with two stages, "Source" and "Build".
extension EngineHarness {
    /// A pipeline that runs in PARALLEL mode, under a policy.
    static func parallel(_ policy: StagePolicy = .plain) -> EngineHarness {
        var harness = EngineHarness(.watching(["web"], policy))
        harness.becomeParallel()
        return harness
    }

    /// The definition says PARALLEL from now on, and the state shows no stage.
    mutating func becomeParallel(version: Int = 1) {
        states[.web] = PipelineSnapshot(version: version, stages: [])
        definitions[.web] = .parallel(version)
    }

    /// Whether the engine follows the executions of the pipeline.
    var isParallel: Bool { engine.fleet.pipelines[.web]?.isParallel == true }

    /// An execution begins, whose source has succeeded and whose build runs.
    mutating func begin(_ id: ExecutionID, mode: ExecutionMode = .parallel) {
        let summary = ExecutionSummary(
            id: id,
            status: .inProgress,
            mode: mode,
            version: 1,
            started: wall,
            lastUpdate: wall,
            hasRevisions: true
        )
        var reading = ExecutionReading(summary: summary, rows: [])
        reading.add("Pull", in: "Source", .succeeded, at: wall)
        reading.add("Compile", in: "Build", .inProgress, at: wall)
        runs[id] = reading
    }

    /// The newest attempt of an execution ends without success, and the execution with it.
    mutating func failRun(_ id: ExecutionID, _ message: String = "queue full") {
        let now = wall
        guard let last = runs[id]?.rows.indices.last else { return }
        runs[id]?.rows[last].action.status = .failed
        runs[id]?.rows[last].action.code = "JobFailed"
        runs[id]?.rows[last].action.message = message
        runs[id]?.rows[last].action.lastStatusChange = now
        end(id, .failed)
    }

    /// An execution begins and fails at once.
    mutating func beginFailed(_ id: ExecutionID) {
        begin(id)
        failRun(id)
    }

    /// The attempts of an execution name the definition's version that they ran.
    mutating func nameVersion(_ version: Int, of id: ExecutionID) {
        for index in runs[id]?.rows.indices ?? 0..<0 {
            runs[id]?.rows[index].pipelineVersion = version
        }
    }

    /// A retry of the build, a person's or the daemon's, shows its new attempt.
    mutating func runAgain(_ id: ExecutionID) {
        let now = wall
        runs[id]?.summary.status = .inProgress
        runs[id]?.add("Compile", in: "Build", .inProgress, at: now)
    }

    /// The newest attempt of an execution succeeds, and the execution with it.
    mutating func succeed(_ id: ExecutionID) {
        let now = wall
        guard let last = runs[id]?.rows.indices.last else { return }
        runs[id]?.rows[last].action.status = .succeeded
        runs[id]?.rows[last].action.lastStatusChange = now
        end(id, .succeeded)
    }

    /// An execution ends.
    mutating func end(_ id: ExecutionID, _ status: ExecutionStatus) {
        let now = wall
        runs[id]?.summary.status = status
        runs[id]?.summary.lastUpdate = now
    }

    /// So many of the newest executions.
    func page(of limit: Int) -> [ExecutionSummary] {
        let rows = runs.values.map(\.summary).sorted {
            ($0.started ?? epoch, $0.id) > ($1.started ?? epoch, $1.id)
        }
        return Array(rows.prefix(limit))
    }

    /// A list as the client gives it: the same bytes again are not decoded.
    func listed(_ rows: [ExecutionSummary], _ known: StateDigest?) -> PolledExecutions {
        var hasher = Hasher()
        rows.hash(into: &hasher)
        let digest = StateDigest(high: UInt64(bitPattern: Int64(hasher.finalize())), low: 1)
        return digest == known ? .unchanged : .executions(rows, digest: digest)
    }
}

extension ExecutionReading {
    /// Adds an attempt of an action.
    mutating func add(
        _ action: ActionName,
        in stage: StageName,
        _ status: ActionStatus,
        at time: WallTime
    ) {
        let attempt = "\(summary.id.text.prefix(8))-\(rows.count)"
        rows.append(
            ActionRow(
                stage: stage,
                action: ActionSnapshot(
                    name: action,
                    executionID: ActionExecutionID(attempt),
                    status: status,
                    lastStatusChange: time
                ),
                category: stage == "Source" ? "Source" : "Build",
                provider: "CodeBuild",
                started: time,
                pipelineVersion: 1
            )
        )
    }
}

extension ReadAnswer<PipelineDefinition> {
    /// A PARALLEL definition with a source and a build.
    static func parallel(
        _ version: Int,
        mode: ExecutionMode = .parallel,
        onFailure: FailureResult? = nil
    ) -> ReadAnswer {
        let source = ActionKind(category: "Source", provider: "S3", runOrder: 1)
        let build = ActionKind(category: "Build", provider: "CodeBuild", runOrder: 1)
        return .read(
            PipelineDefinition(
                version: version,
                executionMode: mode,
                stages: [
                    "Source": StageDefinition(actions: ["Pull": source]),
                    "Build": StageDefinition(onFailure: onFailure, actions: ["Compile": build]),
                ]
            ),
            at: nil
        )
    }
}

extension ExecutionID {
    /// The execution of a number.
    static func run(_ number: Int) -> ExecutionID {
        let text = String(number, radix: 16)
        let padded = String(repeating: "0", count: 8 - text.count) + text
        return ExecutionID("\(padded)-1111-4111-8111-111111111111")
    }
}
