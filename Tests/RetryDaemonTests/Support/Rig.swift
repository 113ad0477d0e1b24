import AttemptLedger
import RetryCore
import RetryDaemon
import Testing
import RetryTestSupport

/// One loop with its doubles.
struct Rig {
    let eventLog = EventLog()
    let clock = ManualClock(passing: .milliseconds(1))
    let store: StoreDouble
    let services: [TargetName: ServiceDouble]
    var causes: CausesDouble
    let source: (stream: AsyncStream<Trigger>, continuation: AsyncStream<Trigger>.Continuation)
    var options = DaemonOptions(version: "1", seed: 1)
    var loads: [LoadOutcome<Int>] = []
    var plans: [PlanOutcome<Int>] = []
    var loaded: LoadedConfiguration<Int>
    var watchdogTimeout: Duration?

    init(
        targets: [TargetName] = ["prod"],
        holdsIntents: Bool = false,
        store: StoreDouble? = nil,
        script: ServiceDouble.Script = .failedStage
    ) {
        let eventLog = eventLog
        self.store = store ?? StoreDouble(eventLog, holdsIntents: holdsIntents)
        services = Dictionary(
            uniqueKeysWithValues: targets.map {
                ($0, ServiceDouble($0.text, eventLog, script))
            }
        )
        causes = CausesDouble(eventLog: eventLog)
        source = AsyncStream.makeStream(of: Trigger.self, bufferingPolicy: .bufferingOldest(16))
        loaded = .of(targets: targets)
    }

    func send(_ trigger: Trigger) { source.continuation.yield(trigger) }

    /// Asks and waits for the reply.
    func ask<Answer: Sendable>(
        otherwise: Answer,
        _ trigger: (Reply<Answer>) -> Trigger
    ) async -> Answer {
        await withCheckedContinuation { waiter in
            send(trigger(Reply(otherwise: otherwise) { waiter.resume(returning: $0) }))
        }
    }

    /// Advances the time, and then in small steps until a line is there.
    ///
    /// The loop may set its timer while the time moves, or wait for concurrent work: its timer then
    /// fires a little later, and with a frozen clock the wait would never end.
    func pass(
        _ duration: Duration,
        thenBy step: Duration = .milliseconds(5),
        until text: String
    ) async {
        clock.advance(by: duration)
        while !eventLog.takes(text), !Task.isCancelled {
            clock.advance(by: step)
            _ = await ask(otherwise: .stopping) { .status($0) }
        }
        if Task.isCancelled { Issue.record("time went on for \"\(text)\" in vain") }
    }

    /// Runs the loop beside a test's body; a body that does not stop it is cancelled.
    func run(_ body: @escaping @Sendable (Rig) async -> Void) async -> DaemonEnd {
        let eventLog = eventLog
        var loop = DaemonLoop(
            parts: DaemonParts(
                clock: clock,
                store: store,
                sink: LoggingSink(eventLog: eventLog),
                manager: LoggingManager(eventLog: eventLog),
                patterns: NoPatterns(),
                connector: ConnectorDouble(
                    eventLog: eventLog,
                    services: services,
                    causes: causes
                ),
                loader: LoaderDouble(loads, plans: plans, eventLog),
                giveBackMemory: { eventLog.note("memory given back") },
                watchdogTimeout: watchdogTimeout
            ),
            options: options,
            loaded: loaded,
            ledger: LedgerSnapshot()
        )
        return await withDiscardingTaskGroup { group in
            group.addTask { await body(self) }
            return await loop.run(triggers: source.stream)
        }
    }
}

extension LoadedConfiguration<Int> {
    /// Targets that watch the pipeline `web` each, under a policy of one-second waits.
    static func of(
        targets: [TargetName],
        version: Int = 1,
        interval: Duration = .seconds(30),
        pipelines: [PipelineName] = ["web"]
    ) -> LoadedConfiguration {
        var policy = StagePolicy.standard
        policy.backoff = Backoff(
            kind: .fixed,
            initial: .seconds(1),
            factor: 1,
            max: .seconds(1),
            min: .seconds(1),
            jitter: .none
        )
        let entries = pipelines.map {
            PipelineEntry(selector: .name($0), policy: policy, stages: [:])
        }
        return LoadedConfiguration(
            path: "c.yaml",
            configuration: Configuration(
                poll: PollSettings(interval: interval, activeInterval: .seconds(1)),
                targets: targets.map {
                    Target(
                        name: $0,
                        region: "eu-west-1",
                        rateGroup: RateGroup($0.text),
                        pipelines: entries
                    )
                }
            ),
            connections: Dictionary(uniqueKeysWithValues: targets.map { ($0, version) })
        )
    }
}

extension ServiceDouble.Script {
    /// The pipeline `web`, whose stage Deploy failed at the clock's start.
    static var failedStage: ServiceDouble.Script { failedStage(action: "a-1") }

    /// The same with the id of the action's execution.
    static func failedStage(action id: ActionExecutionID) -> ServiceDouble.Script {
        let action = ActionSnapshot(
            name: "Ship",
            executionID: id,
            status: .failed,
            lastStatusChange: ManualClock.start,
            code: "JobFailed",
            message: "the queue is full"
        )
        let stage = StageSnapshot(
            name: "Deploy",
            latest: StageExecution(id: "e-1", status: .failed),
            actions: [action]
        )
        var script = ServiceDouble.Script()
        script.states["web"] = .state(PipelineSnapshot(version: 1, stages: [stage]), at: nil)
        script.rows = [
            ActionRow(
                stage: "Deploy",
                action: action,
                category: "Deploy",
                provider: "CodeDeploy",
                pipelineVersion: 1
            )
        ]
        return script
    }

    /// The pipeline `web`, in which nothing failed.
    static var quiet: ServiceDouble.Script {
        var script = ServiceDouble.Script()
        let stage = StageSnapshot(
            name: "Deploy",
            latest: StageExecution(id: "e-1", status: .succeeded)
        )
        script.states["web"] = .state(PipelineSnapshot(version: 1, stages: [stage]), at: nil)
        return script
    }
}

extension Rig {
    /// The ledger's content; empty and noted as an issue when it cannot be read.
    var ledger: LedgerSnapshot {
        do {
            return try store.memory.snapshot()
        } catch {
            Issue.record("the ledger: \(error)")
            return LedgerSnapshot()
        }
    }
}
