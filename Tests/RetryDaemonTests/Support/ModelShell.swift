import AWSClient
import AttemptLedger
import CodePipelineClient
import CodePipelineSimulator
import Primitives
import RetryCore
import RetryDaemon
import Synchronization
import RetryTestSupport

/// The model of CodePipeline behind the wire client, by the time of a test's clock.
final class ModelTransport: HTTPTransport {
    private struct State {
        var model: ServiceModel
        var retries = 0
    }

    private let state: Mutex<State>
    private let clock: ManualClock
    private let eventLog: EventLog
    /// Every nth executed retry is answered only by a 500; 0: all are answered.
    private let losesEvery: Int

    init(_ model: ServiceModel, _ clock: ManualClock, _ eventLog: EventLog, losesEvery: Int) {
        state = Mutex(State(model: model))
        self.clock = clock
        self.eventLog = eventLog
        self.losesEvery = losesEvery
    }

    /// The model as it is now.
    var model: ServiceModel { state.withLock(\.model) }

    func send(
        _ request: HTTPRequest,
        limits: HTTPLimits
    ) async throws(TransportError) -> HTTPResponse {
        let words = (request.header("x-amz-target") ?? "").split(separator: ".")
        let name = words.last.map(String.init) ?? ""
        guard let operation = Operation(rawValue: name), let input = JSON.readObject(request.body)
        else { return answer(404, []) }
        let pipeline = (input["pipelineName"] ?? input["name"])?.string ?? ""
        eventLog.note("call \(name) \(pipeline)")
        let time = ModelTime(milliseconds: clock.wall.milliseconds)
        return state.withLock { state in
            let result = state.model.perform(
                operation,
                input,
                caller: .client("daemon"),
                at: time
            )
            switch result {
            case .success(let output):
                if operation == .retryStageExecution { state.retries += 1 }
                guard operation == .retryStageExecution, losesEvery > 0,
                    state.retries % losesEvery == 0
                else { return answer(200, output.utf8) }
                let lost = JSON.object(["__type": .string("InternalFailure")])
                return answer(500, lost.utf8)
            case .failure(let error):
                let body: [String: JSON] = [
                    "__type": .string(error.code), "message": .string(error.message),
                ]
                return answer(400, JSON.object(body).utf8)
            }
        }
    }

    /// An answer that is AWS's own: one without a request id is a proxy's.
    private func answer(_ status: Int, _ body: [UInt8]) -> HTTPResponse {
        HTTPResponse(
            status: status,
            headers: [HTTPHeader("x-amzn-RequestId", "r1")],
            body: body
        )
    }

    /// The service that the daemon has of it: client, wire and mapping are the daemon's own.
    var service: LivePipelineService {
        let clock = clock
        return LivePipelineService(over: self, wall: { clock.wall }, instant: { clock.now })
    }
}

/// Connects every target to the model.
private struct ModelConnector: Connecting {
    let transport: ModelTransport
    let eventLog: EventLog

    func connect(_ target: TargetName, _ settings: Int) -> any ServiceConnection {
        let causes = CausesDouble(eventLog: eventLog)
        return ModelConnection(service: transport.service, causes: causes)
    }
}

private struct ModelConnection: ServiceConnection {
    let service: any PipelineService
    let causes: any CauseAnswering
    private let gate = Gate()

    init(service: LivePipelineService, causes: CausesDouble) {
        self.service = service
        self.causes = causes
    }

    func run() async { await gate.passed() }

    func close() { gate.open() }
}

/// The whole shell on the model: loop, ledger worker, connections, client and mapping.
struct ModelShell: Sendable {
    let eventLog = EventLog()
    let clock = ManualClock(passing: .milliseconds(1))
    let store: StoreDouble
    let transport: ModelTransport
    let loaded: LoadedConfiguration<Int>

    init(_ model: ServiceModel, _ loaded: LoadedConfiguration<Int>, losesEvery: Int) {
        store = StoreDouble(eventLog)
        transport = ModelTransport(model, clock, eventLog, losesEvery: losesEvery)
        self.loaded = loaded
    }

    /// One run of the daemon with the ledger's content: this many seconds of its time, then
    /// SIGTERM.
    func run(forSeconds seconds: Int) async throws -> DaemonEnd {
        let (stream, triggers) = AsyncStream.makeStream(
            of: Trigger.self,
            bufferingPolicy: .bufferingOldest(16)
        )
        var loop = DaemonLoop(
            parts: DaemonParts(
                clock: clock,
                store: store,
                sink: LoggingSink(eventLog: eventLog),
                manager: LoggingManager(eventLog: eventLog),
                patterns: NoPatterns(),
                connector: ModelConnector(transport: transport, eventLog: eventLog),
                loader: LoaderDouble([], plans: [], eventLog),
                giveBackMemory: {},
                watchdogTimeout: nil
            ),
            options: DaemonOptions(version: "1", seed: 1),
            loaded: loaded,
            ledger: try store.memory.snapshot()
        )
        let clock = clock
        return await withDiscardingTaskGroup { group in
            group.addTask {
                for _ in 0..<seconds {
                    clock.advance(by: .seconds(1))
                    await ModelShell.rest(triggers)
                }
                triggers.yield(.stop("SIGTERM"))
            }
            return await loop.run(triggers: stream)
        }
    }

    /// Waits until no call is under way and the ledger owes no answer: time must not outrun the
    /// threads that do the work.
    private static func rest(_ triggers: AsyncStream<Trigger>.Continuation) async {
        for _ in 0..<100_000 {
            let status = await withCheckedContinuation { waiter in
                triggers.yield(
                    .status(Reply(otherwise: .stopping) { waiter.resume(returning: $0) })
                )
            }
            guard let engine = status.engine else { return }
            let isAwaited = engine.episodes.contains {
                [.recording, .matching, .tracing].contains($0.phase)
            }
            if engine.callsInFlight == 0, !isAwaited { return }
            await Task.yield()
        }
    }
}
