import Primitives
import Synchronization

/// The service behind the HTTP server: one model, one fault plan, one owner.
package final class SimulatedService: Sendable {
    /// The counts of a simulator so far.
    package struct Totals: Hashable, Sendable {
        /// Requests answered, or lost on purpose.
        package var calls = 0
        /// RetryStageExecution requests among them.
        package var retryCalls = 0
        /// Retries that took effect, people's own included.
        package var effectiveRetries = 0
        /// Faults that were applied.
        package var faults = 0
    }

    private struct State {
        var model: ServiceModel
        var plan: FaultPlan
        var requestIDs: SplitMix64
        var totals = Totals()
    }

    private let verifier: SignatureVerifier
    private let clock: @Sendable () -> ModelTime
    /// The difference between the model's time and the clock's.
    private let offset: Int64
    private let state: Mutex<State>

    /// Sets a scenario up.
    ///
    /// `clock` gives the time of day; the model runs with it, from the scenario's start time if
    /// it has one. `speed` divides the scenario's durations.
    package init(
        _ scenario: Scenario,
        speed: Double = 1,
        clock: @escaping @Sendable () -> ModelTime
    ) {
        let start = clock()
        var model = scenario.makeModel(start: start, speed: speed)
        model.recording = .nothing
        offset = model.now.milliseconds - start.milliseconds
        verifier = SignatureVerifier(credentials: scenario.credentials, region: scenario.region)
        self.clock = clock
        state = Mutex(
            State(
                model: model,
                plan: FaultPlan(faults: scenario.faults, seed: scenario.seed),
                requestIDs: SplitMix64(seed: scenario.seed ^ 0x5EED)
            )
        )
    }

    /// The counts so far.
    package var totals: Totals {
        state.withLock { state in
            state.totals.effectiveRetries = state.model.effectiveRetries
            return state.totals
        }
    }

    /// Answers one request.
    package func answer(_ request: SimulatorRequest) -> SimulatorAnswer {
        let wall = clock()
        if let call = CauseCall(request) { return answer(call, request, wall) }
        let call = Call(request)
        return state.withLock { state in
            state.totals.calls += 1
            if call.operation == .retryStageExecution {
                state.totals.retryCalls += 1
            }
            var verdict = FaultPlan.Verdict()
            if let operation = call.operation {
                verdict = state.plan.next(operation: operation, pipeline: call.pipeline)
            }
            if verdict != FaultPlan.Verdict() {
                state.totals.faults += 1
            }
            let reply = reply(to: request, call, verdict.kind, wall, &state)
            return answer(reply, call, verdict, wall, state.requestIDs.uuid())
        }
    }

    /// Answers a request to a service that ran an action.
    private func answer(
        _ call: CauseCall,
        _ request: SimulatorRequest,
        _ wall: ModelTime
    ) -> SimulatorAnswer {
        state.withLock { state in
            state.totals.calls += 1
            let result: Result<JSON, ServiceError>
            do throws(ServiceError) {
                let service = call.operation.service
                _ = try verifier.verify(request, service: service, now: wall)
                let time = ModelTime(milliseconds: wall.milliseconds + offset)
                result = state.model.cause(call.operation, call.input, at: time)
            } catch {
                result = .failure(error)
            }
            return call.answer(result, at: wall, requestID: state.requestIDs.uuid())
        }
    }

    /// The service's result, before it becomes an HTTP response.
    private enum Reply {
        case output(JSON)
        case error(ServiceError, status: Int)
        case raw(status: Int, body: String)
        case nothing
    }

    private func reply(
        to request: SimulatorRequest,
        _ call: Call,
        _ fault: Fault.Kind?,
        _ wall: ModelTime,
        _ state: inout State
    ) -> Reply {
        if fault == .lostRequest {
            return .nothing
        }
        let caller: String
        do throws(ServiceError) {
            caller = try verifier.verify(request, now: serverTime(wall, fault))
        } catch {
            return .error(error, status: 400)
        }
        guard let operation = call.operation else {
            return .error(
                ServiceError(code: "UnknownOperationException", message: ""),
                status: 400
            )
        }
        guard let input = call.input else {
            return .error(.serialization("The body is not a JSON object."), status: 400)
        }
        if let refusal = refusal(fault, call, state.model) {
            return refusal
        }
        let result = state.model.perform(
            operation,
            input,
            caller: .client(caller),
            at: ModelTime(milliseconds: wall.milliseconds + offset)
        )
        switch result {
        case .success(let output):
            return fault == .garbage
                ? .raw(status: 200, body: "<html>this is not JSON") : .output(output)
        case .failure(let error): return .error(error, status: error.status)
        }
    }

    /// The answer of a fault that keeps the call from being performed.
    private func refusal(_ fault: Fault.Kind?, _ call: Call, _ model: ServiceModel) -> Reply? {
        switch fault {
        case .throttle:
            return .error(.throttled, status: 400)
        case .status(let status):
            return status == 500
                ? .error(.internalFailure, status: 500)
                : .raw(status: status, body: "<html><body>\(status)</body></html>")
        case .accessDenied:
            return .error(accessDenied(call, model), status: 400)
        case .expiredToken:
            return .error(.expiredToken, status: 400)
        case .error(let error):
            return .error(error, status: 400)
        case .latency, .lostAnswer, .lostRequest, .closeMidAnswer, .skewedDate, .garbage, nil:
            return nil
        }
    }

    private func accessDenied(_ call: Call, _ model: ServiceModel) -> ServiceError {
        let action = "codepipeline:\(call.operation?.rawValue ?? "")"
        var resource = call.pipeline ?? "*"
        if call.operation == .retryStageExecution, let stage = call.stage {
            resource += "/\(stage)"
        }
        return ServiceError(
            code: "AccessDeniedException",
            message: "User: arn:aws:iam::\(model.account):user/simulated is not authorized to "
                + "perform: \(action) on resource: \(model.arn(resource)) because no "
                + "identity-based policy allows the \(action) action"
        )
    }

    private func serverTime(_ wall: ModelTime, _ fault: Fault.Kind?) -> ModelTime {
        guard case .skewedDate(let seconds) = fault else { return wall }
        return wall + .seconds(seconds)
    }

    private func answer(
        _ reply: Reply,
        _ call: Call,
        _ verdict: FaultPlan.Verdict,
        _ wall: ModelTime,
        _ requestID: String
    ) -> SimulatorAnswer {
        let status: Int
        var type = "application/x-amz-json-1.1"
        let body: [UInt8]
        var outcome = "ok"
        switch reply {
        case .output(let output):
            status = 200
            body = output.utf8
        case .error(let error, let code):
            status = code
            outcome = error.code
            body = error.json.utf8
        case .raw(let code, let text):
            status = code
            outcome = "status \(code)"
            type = "text/html"
            body = Array(text.utf8)
        case .nothing:
            status = 0
            outcome = "lost"
            body = []
        }
        let date = CivilTime(serverTime(wall, verdict.kind)).httpDate
        let response = SimulatorResponse(
            status: status,
            headers: [
                ("Content-Type", type), ("x-amzn-RequestId", requestID), ("Date", date),
            ],
            body: body
        )
        return SimulatorAnswer(
            response: response,
            delay: verdict.latency,
            delivery: delivery(verdict.kind),
            line: line(call, outcome, verdict, wall)
        )
    }

    private func delivery(_ fault: Fault.Kind?) -> SimulatorAnswer.Delivery {
        switch fault {
        case .lostAnswer, .lostRequest: .nothing
        case .closeMidAnswer: .half
        case .throttle, .status, .latency, .accessDenied, .expiredToken, .skewedDate, .garbage,
            .error, nil:
            .whole
        }
    }

    private func line(
        _ call: Call,
        _ outcome: String,
        _ verdict: FaultPlan.Verdict,
        _ wall: ModelTime
    ) -> String {
        var words = [CivilTime(wall).extended, call.name]
        words += [call.pipeline ?? "-", call.stage ?? "-", outcome]
        words += call.mode.map { ["mode=\($0)"] } ?? []
        words += call.execution.map { ["execution=\($0)"] } ?? []
        words += verdict.kind.map { ["fault=\($0.name)"] } ?? []
        if verdict.latency > .zero {
            words.append("latency=\(verdict.latency)")
        }
        return words.joined(separator: " ")
    }
}

/// The content of a request, as far as it can be read before it is verified.
private struct Call {
    let name: String
    let operation: Operation?
    let input: JSON?

    init(_ request: SimulatorRequest) {
        let prefix = "CodePipeline_20150709."
        let target = request.header("x-amz-target") ?? ""
        name = target.hasPrefix(prefix) ? Self.printable(target.dropFirst(prefix.count)) : "-"
        let isService =
            request.method == "POST" && request.target == "/"
            && (request.header("content-type") ?? "").hasPrefix("application/x-amz-json-1.1")
        operation = isService ? Operation(rawValue: name) : nil
        input = JSON.readObject(request.body)
    }

    var pipeline: String? {
        let nested = input?["pipeline"]?["name"]?.string
        return (input?["pipelineName"]?.string ?? input?["name"]?.string ?? nested)
            .map { Self.printable($0[...]) }
    }

    var stage: String? {
        input?["stageName"]?.string.map { Self.printable($0[...]) }
    }

    var mode: String? {
        input?["retryMode"]?.string.map { Self.printable($0[...]) }
    }

    var execution: String? {
        input?["pipelineExecutionId"]?.string.map { Self.printable($0[...]) }
    }

    /// Keeps a log line one line.
    private static func printable(_ text: Substring) -> String {
        String(text.prefix(120).map { $0.isASCII && !$0.isWhitespace && $0 > " " ? $0 : "?" })
    }
}
