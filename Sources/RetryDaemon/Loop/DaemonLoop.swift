import AttemptLedger
import Primitives
package import RetryCore
import Systemd

/// The interpreter of the engine: runs its effects on the adapters and feeds the answers back.
///
/// One task owns the engine and everything here. Calls run in child tasks, the ledger's work on its
/// own queue, and one timer has the nearest deadline; their results arrive in the inbox. No failure
/// of a call, a pipeline or a file ends the loop.
package struct DaemonLoop<Connector: Connecting> where Connector: Sendable {
    let parts: DaemonParts<Connector>
    let options: DaemonOptions
    let inbox: Inbox<Connector.Settings>
    let worker: LedgerWorker
    let deadlineTimer: DeadlineTimer
    let heartbeats: Heartbeats

    var engine: Engine
    var loaded: LoadedConfiguration<Connector.Settings>
    var loadedAt: WallTime
    var connections: ConnectionTable<Connector>
    /// Calls to AWS since the start.
    var calls = 0
    /// The calls under way.
    var flights: [CallID: Flight] = [:]
    /// Intents, durable or being written, whose call was not made yet.
    var unsent: [EpisodeKey: Intent] = [:]
    /// Intents being written.
    var recording: Set<CallID> = []
    /// Queries to the ledger without an answer.
    var recalling: Set<CallID> = []
    /// Events that effects caused immediately.
    var pending: [Event] = []
    /// When the ledger is tried again; nil while it works.
    var probeAt: Instant?
    /// When memory is released next; nil before the start.
    var tidyAt: Instant?
    /// The targets that cannot be reached for a cause on this machine.
    var planning = Planning()
    var reloading = Reloading()
    var stopping: Stopping?
    var statusLine = StatusLine()
    var once: OnceProgress?
    /// The newest import of history.
    var importing: HistoryImport?
    /// Whether its end was reported.
    var isImportReported = true
    /// Executions that recovered and are read once more.
    var settled = SettledExecutions()
    var end: DaemonEnd?

    /// One call under way.
    struct Flight {
        /// The connection's number.
        var connection: Int
        /// The loop's purpose of the call.
        var purpose: Purpose

        /// The loop's purpose of a call.
        enum Purpose {
            /// RetryStageExecution, which a stop waits for.
            case retry
            /// GetPipelineState.
            case poll(PipelineKey)
            /// ListPipelines.
            case list(TargetName)
            /// The attempts of an execution.
            case attempts(ExecutionKey)
            /// Any other read.
            case other
        }

        /// Whether a stop waits for it.
        var isRetry: Bool {
            switch purpose {
            case .retry: true
            case .poll, .list, .attempts, .other: false
            }
        }
    }

    /// Creates a loop; nothing happens before ``run(triggers:)``.
    ///
    /// - Parameters:
    ///   - parts: the adapters.
    ///   - options: the command line's.
    ///   - loaded: the config file.
    ///   - ledger: the ledger's content at start.
    package init(
        parts: DaemonParts<Connector>,
        options: DaemonOptions,
        loaded: LoadedConfiguration<Connector.Settings>,
        ledger: LedgerSnapshot
    ) {
        self.parts = parts
        self.options = options
        self.loaded = loaded
        let clock = parts.clock
        let inbox = Inbox<Connector.Settings>()
        self.inbox = inbox
        let worker = LedgerWorker(store: parts.store, wall: { clock.wall }) { event in
            inbox.put(.ledger(event))
        }
        self.worker = worker
        deadlineTimer = DeadlineTimer(clock: clock) { inbox.put(.deadlineTimer) }
        heartbeats = Heartbeats(clock: clock, timeout: parts.watchdogTimeout)
        loadedAt = clock.wall
        connections = ConnectionTable(parts.connector)
        planning.begin(loaded.unplanned, now: clock.now)
        let configuration = options.applied(to: loaded.configuration)
        engine = Engine(
            configuration: configuration,
            ledger: ledger,
            seed: options.seed,
            now: clock.now,
            wall: clock.wall
        )
        if options.isOnce { once = OnceProgress(configuration, now: clock.now) }
    }

    /// Runs until a trigger stops it, or until every pipeline was polled with `--once`.
    ///
    /// - Parameter triggers: signals and clients; its end stops nothing.
    /// - Returns: how it ended. By then every write is in the ledger, which is not closed.
    package mutating func run(
        triggers: some AsyncSequence<Trigger, Never> & Sendable
    ) async -> DaemonEnd {
        let (deadlineTimer, inbox) = (deadlineTimer, inbox)
        await withDiscardingTaskGroup { group in
            group.addTask { await deadlineTimer.run() }
            group.addTask { for await trigger in triggers { inbox.put(.trigger(trigger)) } }
            watch(&group)
            start(&group)
            // A `--once` run with only unreachable targets is over by now.
            var inputs = inbox.inputs.makeAsyncIterator()
            while end == nil, let input = await inputs.next() { take(input, &group) }
            withdrawUnsent()
            group.cancelAll()
        }
        await inbox.close()
        await flush()
        return end ?? .stopped
    }

    private mutating func start(_ group: inout DiscardingTaskGroup) {
        connect(&group)
        let targets = loaded.configuration.targets
        let entries = targets.flatMap(\.pipelines)
        let exact = entries.count { entry in
            switch entry.selector {
            case .name: true
            case .match: false
            }
        }
        parts.sink.write(
            .started(
                version: options.version,
                targets: targets.count,
                pipelines: exact,
                patterns: entries.count - exact,
                isDryRun: options.applied(to: loaded.configuration).dryRun
            )
        )
        for warning in loaded.warnings { parts.sink.note(.warning, warning) }
        tidySoon()
        reportUnplanned(&group)
        feed(.deadlineReached, &group)
        parts.manager.announce(.ready(status: currentStatusLine()))
        settle()
    }

    /// Takes one input of any kind, and sets the timer.
    private mutating func take(
        _ input: Input<Connector.Settings>,
        _ group: inout DiscardingTaskGroup
    ) {
        switch input {
        case .answer(let id, let event):
            landed(id, event)
            feed(event, &group)
        case .ledger(let event): take(event, &group)
        case .trigger(let trigger): take(trigger, &group)
        case .history(let event): take(event, &group)
        case .loaded(let outcome): take(outcome, &group)
        case .planned(let target, let file, let outcome):
            take(outcome, of: target, file: file, &group)
        case .deadlineTimer: rang(&group)
        case .heartbeat: heartbeats.progress(.loop)
        }
        let lost = inbox.takeLost()
        if lost > 0 {
            parts.sink.note(
                .error,
                "\(lost) inputs of the loop were lost; this is a defect, please report it"
            )
        }
        settle()
    }

    /// Finishes every input: checks whether the run is over, reports the status, sets the timer.
    private mutating func settle() {
        endIfDrained()
        endIfPolled()
        reportStatus()
        deadlineTimer.set(nextDeadline)
    }

    /// The earliest time at which something is to be done.
    private var nextDeadline: Instant? {
        let now = parts.clock.now
        var deadlines = [
            probeAt, tidyAt, statusLine.nextAt, stopping?.deadline, once?.deadline,
        ]
        if stopping == nil {
            deadlines += [planning.nextAt, importing?.nextAt, settled.nextAt]
        }
        if stopping == nil, let next = engine.nextDeadline {
            // Overdue work that could not be done must not turn the loop into a busy loop.
            deadlines.append(max(next, now + .milliseconds(1)))
        }
        return deadlines.compactMap { $0 }.min()
    }

    private mutating func rang(_ group: inout DiscardingTaskGroup) {
        let now = parts.clock.now
        if let due = probeAt, due <= now {
            probeAt = nil
            worker.probe()
        }
        if let due = tidyAt, due <= now {
            tidyAt = now + .seconds(3600)
            parts.giveBackMemory()
        }
        planDue(now, &group)
        readHistoryDue(now, &group)
        if stopping == nil { feed(.deadlineReached, &group) }
    }

    /// Releases memory after the first polls under a configuration, which need the most, and then
    /// every hour.
    mutating func tidySoon() {
        tidyAt = parts.clock.now + loaded.configuration.poll.interval + .seconds(10)
    }

    /// Waits until the ledger has done all that was put before.
    private func flush() async {
        await withCheckedContinuation { continuation in
            worker.afterwards { _ in continuation.resume() }
        }
    }
}
