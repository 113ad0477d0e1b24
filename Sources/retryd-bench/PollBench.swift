import AWSClient
import Primitives
import RetryCore
import RetryDaemon
import Settings
import Systemd

/// A closed loop of polls over everything that the daemon polls with: credentials, signature,
/// transport, client, mapping.
struct PollBench {
    private let endpoint: String
    private let inFlight: Int
    private let calls: Int?
    private let seconds: Int
    private let lines: [Line]

    init(_ options: BenchOptions) throws(BenchError) {
        endpoint = try options.text("endpoint")
        inFlight = try options.number("in-flight", default: 8)
        calls = try options.number("calls")
        seconds = try options.number("seconds", default: 2)
        let executions = try options.number("executions")
        // Several, as in a daemon: the last answer is remembered for each.
        let pipelines = try options.number("pipelines", default: 100)
        let share = max(1, pipelines / inFlight)
        lines = (0..<inFlight).map { line in
            Line(
                polls: (0..<share).map { Line.Poll(name: BenchNames.name(line * share + $0)) },
                page: executions
            )
        }
    }

    func run() async throws(BenchError) -> Figures {
        let world = try BenchWorld()
        let connection = try await world.connect(endpoint)
        let outcome = await withTaskGroup(of: Void.self) { group in
            group.addTask { await connection.run() }
            // As the daemon does it.
            let outcome = await withTaskExecutorPreference(ServiceTransport.executor) {
                await measured(connection.service)
            }
            connection.close()
            return outcome
        }
        await world.shutDown()
        return try outcome.get()
    }

    private func measured(_ service: any PipelineService) async -> Result<Figures, BenchError> {
        do throws(BenchError) {
            // Opens the connections and sees each pipeline for the first time.
            var lines = lines
            let pipelines = lines.reduce(0) { $0 + $1.polls.count }
            if calls == nil { lines = await loop(service, lines) { $0 >= pipelines } }
            for index in lines.indices { lines[index].tally = Tally() }
            let watch = try Stopwatch()
            let tally = await loop(service, lines) { asked in
                if let calls { asked >= calls } else { watch.seconds >= Double(seconds) }
            }.reduce(into: Tally()) { $0.add($1.tally) }
            var figures = Figures()
            let spent = try watch.processorMilliseconds()
            if let error = tally.error { print(error) }
            guard tally.calls > 0 else { throw BenchError("no call was answered") }
            figures.set("calls", tally.calls)
            figures.set("faults", tally.errors)
            figures.set("unchanged", tally.unchanged)
            figures.set("failed_stages", tally.failed)
            figures.set("stages", tally.stages)
            figures.set("executions", tally.executions)
            try figures.set("seconds", watch.seconds)
            try figures.set("cpu_ms", spent)
            try figures.set("cpu_ms_per_call", spent / Double(tally.calls))
            figures.set("peak_rss_kib", try ProcessMemory.peakKibibytes())
            return .success(figures)
        } catch {
            return .failure(error)
        }
    }

    /// Keeps one call of each line in flight until all have had their share; the lines after it.
    private func loop(
        _ service: any PipelineService,
        _ lines: [Line],
        until isDone: @escaping @Sendable (Int) -> Bool
    ) async -> [Line] {
        await withTaskGroup(of: Line.self) { group in
            for (index, line) in lines.enumerated() {
                group.addTask {
                    var line = line
                    var asked = index
                    while !isDone(asked) {
                        await line.poll(service, asked / lines.count)
                        asked += lines.count
                    }
                    return line
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }
}

/// One call in flight after the other, over pipelines of its own.
private struct Line: Sendable {
    /// The engine's memory of a pipeline.
    struct Poll: Sendable {
        let name: PipelineName
        var known: StateDigest?
    }

    var polls: [Poll]
    /// The executions that a poll lists instead of reading the state, as of a pipeline in PARALLEL
    /// mode; nil: the state.
    let page: Int?
    var tally = Tally()

    mutating func poll(_ service: any PipelineService, _ turn: Int) async {
        let index = turn % polls.count
        let poll = polls[index]
        if let page {
            let answer = await service.executions(of: poll.name, limit: page, known: poll.known)
            tally.add(answer)
            if case .read(.executions(_, let digest), _) = answer { polls[index].known = digest }
            return
        }
        let answer = await service.state(of: poll.name, known: poll.known)
        tally.add(answer)
        if case .read(.state(_, let digest), _) = answer { polls[index].known = digest }
    }
}

/// The counts of a line of the loop.
private struct Tally: Sendable {
    var calls = 0
    var unchanged = 0
    var errors = 0
    var failed = 0
    var stages = 0
    var executions = 0
    var error: String?

    mutating func add(_ answer: ReadAnswer<PolledExecutions>) {
        switch answer {
        case .read(.unchanged, _):
            calls += 1
            unchanged += 1
        case .read(.executions(let rows, _), _):
            calls += 1
            executions += rows.count
        case .failed(let failure):
            errors += 1
            error = error ?? failure.message
        }
    }

    mutating func add(_ answer: ReadAnswer<PolledState>) {
        switch answer {
        case .read(.unchanged, _):
            calls += 1
            unchanged += 1
        case .read(.state(let snapshot, _), _):
            calls += 1
            stages += snapshot.stages.count
            failed += snapshot.stages.count { $0.latest?.status == .failed }
        case .failed(let failure):
            errors += 1
            error = error ?? failure.message
        }
    }

    mutating func add(_ other: Tally) {
        calls += other.calls
        unchanged += other.unchanged
        errors += other.errors
        failed += other.failed
        stages += other.stages
        executions += other.executions
        error = error ?? other.error
    }
}

/// The live parts, assembled as in the daemon.
private struct BenchWorld {
    private let environment: AWSEnvironment
    private let metadata: InstanceMetadata
    private let transports: TransportPool
    private let metadataTransport: ServiceTransport

    init() throws(BenchError) {
        do throws(TransportSettingsError) {
            metadataTransport = try ServiceTransport(.metadata)
        } catch {
            throw BenchError(error.description)
        }
        environment = .live(metadataTransport: metadataTransport) { _, _ in }
        metadata = InstanceMetadata(environment: environment)
        transports = TransportPool(environment: environment.variables)
    }

    func connect(_ endpoint: String) async throws(BenchError) -> any ServiceConnection {
        let planner = ConnectionPlanner(
            environment: environment,
            metadata: metadata,
            transports: transports
        )
        let connector = LiveConnector(
            environment: environment,
            metadata: metadata,
            transports: transports,
            sink: ErrorSink(),
            userAgent: "pipeline-retryd/bench"
        )
        do throws(PlanError) {
            let plan = try await planner.plan(
                AWSConnection(region: "eu-west-1", endpointURL: endpoint)
            )
            return connector.connect("bench", plan)
        } catch {
            throw BenchError(error.error.description)
        }
    }

    func shutDown() async {
        await transports.shutDown()
        await metadataTransport.shutDown()
    }
}

/// Prints the messages of the credentials.
private struct ErrorSink: ReportSink {
    func write(_ report: Report) {}

    func note(_ priority: JournalPriority, _ message: String) {
        print(message)
    }
}
