import AWSClient
import AttemptLedger
import RetryCore
import RetryDaemon
import Settings
import Systemd
import UnixSignals

/// One run of the daemon: builds everything live, runs the loop, shuts everything down.
struct RunSession {
    private let command: RunCommand
    private let host = LinuxHost()
    private let clock = LiveClock()
    private let variables: [String: String]
    private let paths: RuntimePaths

    init(_ command: RunCommand) {
        self.command = command
        variables = host.environment
        paths = RuntimePaths(environment: variables)
    }

    /// Ends before the run itself, for a reason that was already reported.
    private struct StartError: Error {
        let status: ExitStatus
    }

    func run() async -> ExitStatus {
        HostSignals.ignoreBrokenPipes()
        do throws(HostError) {
            try host.settleHeap()
        } catch {
            Terminal.complain("warning: the daemon will need more memory: \(error)")
        }
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        let output = LogOutput.choose(
            command.log,
            facts: host.outputFacts(environment: variables)
        )
        let sink: QueuedSink
        do throws(HostError) {
            sink = try output.open { [clock] in clock.wall }
        } catch {
            return complain("the log cannot be opened: \(error)", .internalError)
        }
        defer { sink.close() }
        if output == .journal, !host.hasJournal {
            Terminal.complain("warning: no journal listens on this host; entries are lost")
        }
        let reporter = JournalReporter(sink)
        host.forbidDumps(reporter)
        do {
            return try await run(reporter, output, signals)
        } catch let refusal as StartError {
            return refusal.status
        } catch {
            return complain("\(error)", .internalError)
        }
    }

    private func run(
        _ reporter: JournalReporter,
        _ output: LogOutput,
        _ signals: UnixSignalsSequence
    ) async throws -> ExitStatus {
        let world = try LiveWorld(sink: reporter, variables: variables)
        let loader = world.loader(path: command.file.config)
        let loaded: LoadedConfiguration<ConnectionPlan>
        switch await loader.load() {
        case .valid(let configuration): loaded = configuration
        case .refused(let path, let errors):
            await world.shutDown()
            if output.isForPrograms { reporter.write(.configRejected(path: path, errors: errors)) }
            // The journal has them all in one entry, and standard error would go there too.
            if output != .journal {
                for error in errors { Terminal.complain(error) }
            }
            return .config
        }
        do {
            let manager = ServiceManager(environment: variables)
            let (ledger, snapshot, state) = try openLedger(
                reporter,
                manager,
                budgetMemory: loaded.configuration.budgetMemory
            )
            defer { ledger.close() }
            let server = try listen(state: state, reporter)
            let parts = DaemonParts(
                clock: clock,
                store: ledger,
                sink: reporter,
                manager: manager,
                patterns: PatternMatcher(),
                connector: world.connector,
                loader: loader,
                giveBackMemory: { [host] in host.giveBackMemory() },
                watchdogTimeout: Watchdog(environment: variables, processID: host.processID)?
                    .timeout
            )
            let options = DaemonOptions(
                version: ProgramVersion.text,
                isDryRun: command.dryRun,
                isOnce: command.once,
                seed: world.seed
            )
            let loop = DaemonLoop(parts: parts, options: options, loaded: loaded, ledger: snapshot)
            // Consumed: a copy kept here would keep the engine's whole initial state.
            let end = await serve(consume loop, signals, server, reporter, world)
            await world.shutDown()
            return ExitStatus(end)
        } catch {
            await world.shutDown()
            throw error
        }
    }

    /// Runs the loop together with its signals and clients.
    private func serve(
        _ loop: consuming DaemonLoop<LiveConnector>,
        _ signals: UnixSignalsSequence,
        _ server: ControlServer?,
        _ reporter: JournalReporter,
        _ world: LiveWorld
    ) async -> DaemonEnd {
        let source = TriggerSource(sink: reporter)
        return await withDiscardingTaskGroup { group in
            group.addTask {
                for await signal in signals { source.send(Trigger(signal)) }
            }
            group.addTask { await world.watchTrust() }
            if let server {
                group.addTask { await server.serve { await source.answer($0) } }
            }
            // On the thread of the connections, so that an answer wakes no other one.
            let end = await withTaskExecutorPreference(ServiceTransport.executor) {
                await loop.run(triggers: source.triggers)
            }
            await source.close()
            group.cancelAll()
            return end
        }
    }

    private func openLedger(
        _ reporter: JournalReporter,
        _ manager: ServiceManager,
        budgetMemory: Duration
    ) throws(StartError) -> (Ledger, LedgerSnapshot, state: String) {
        guard let state = paths.state(given: command.stateDirectory) else {
            throw refuse(
                "no state directory: set STATE_DIRECTORY or HOME, or use --state-dir",
                .stateNotWritable
            )
        }
        do throws(HostError) {
            try HostFolder.make(state, mode: 0o750)
        } catch {
            throw refuse(
                "the state directory \(state) cannot be created: \(error)",
                .stateNotWritable
            )
        }
        let extender = askForTime(manager, reporter)
        defer { extender?.end() }
        do throws(LedgerError) {
            let opening = try Ledger.open(
                directory: state,
                now: clock.wall,
                processID: host.processID,
                options: LedgerOptions(budgetMemory: budgetMemory)
            )
            if let file = opening.setAside {
                reporter.note(.warning, LedgerNotice.setAside(file: file).sentence)
            }
            return (opening.ledger, opening.snapshot, state)
        } catch {
            throw refuse(
                error.sentence,
                ExitStatus(rawValue: error.exitStatus) ?? .stateNotWritable
            )
        }
    }

    /// Keeps the start from running into its time-out while a large ledger is read.
    private func askForTime(
        _ manager: ServiceManager,
        _ reporter: JournalReporter
    ) -> TimeoutExtender? {
        guard manager.isSupervised else { return nil }
        do throws(HostError) {
            return try TimeoutExtender(status: "reading the ledger") { manager.announce($0) }
        } catch {
            reporter.note(.warning, "the start timeout cannot be extended: \(error)")
            return nil
        }
    }

    private func listen(
        state: String,
        _ reporter: JournalReporter
    ) throws(StartError) -> ControlServer? {
        // A `--once` run needs no clients, and must not get in a daemon's way.
        guard !command.once else { return nil }
        do throws(ControlSocketError) {
            return try ControlServer(path: paths.socket(state: state)) { error in
                reporter.note(.info, error.description)
            }
        } catch {
            throw refuse("the control socket: \(error)", ExitStatus(listening: error))
        }
    }

    private func refuse(_ text: String, _ status: ExitStatus) -> StartError {
        StartError(status: complain(text, status))
    }

    private func complain(_ text: String, _ status: ExitStatus) -> ExitStatus {
        Terminal.complain("pipeline-retryd: \(text)")
        return status
    }
}

extension Trigger {
    /// The request of a signal.
    fileprivate init(_ signal: UnixSignal) {
        switch signal {
        case .sighup: self = .reload(nil)
        case .sigint: self = .stop("SIGINT")
        case _: self = .stop("SIGTERM")
        }
    }
}

extension LogOutput {
    /// Whether programs read the entries, so that a terminal's lines would be no double.
    fileprivate var isForPrograms: Bool {
        switch self {
        case .journal, .json: true
        case .text, .prefixed: false
        }
    }
}
