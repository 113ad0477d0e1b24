import CodePipelineSimulator
import Primitives
import RetryCore

/// AWS: its answers to arriving requests.
extension World {
    mutating func serve(_ request: Request) {
        if request.fate == .dropped {
            deliver(.retryAnswered(request.call, .unknown("HTTP 503")), nil, request, as: .unknown)
            return
        }
        switch request.kind {
        case .state(let id, let key, let known): serveState(id, key, known, request)
        case .definition(let id, let key):
            let answer = definition(of: places.name(of: key.pipeline, in: request.place))
            deliver(.definitionRead(id, answer), nil, request, as: request.fate)
        case .evidence(let id, let key, let execution):
            let answer = history(
                of: execution,
                in: places.name(of: key.pipeline, in: request.place)
            )
            deliver(.evidenceRead(id, answer), nil, request, as: request.fate)
        case .executions(let id, let key, let limit, let known):
            let name = places.name(of: key.pipeline, in: request.place)
            let answer = executions(of: name, limit: limit).map { $0.polled(known: known) }
            deliver(.executionsListed(id, answer), nil, request, as: request.fate)
        case .execution(let id, let key, let execution):
            let (answer, stages) = reading(
                of: execution,
                key,
                in: places.name(of: key.pipeline, in: request.place)
            )
            let poll = stages.map {
                Poll(
                    call: id,
                    pipeline: key,
                    execution: execution,
                    place: request.place,
                    askedAt: request.sentAt,
                    stages: $0
                )
            }
            deliver(.executionRead(id, answer), poll, request, as: request.fate)
        case .list(let id, _):
            let names = list(of: request.place)
            deliver(.pipelinesListed(id, .read(names, at: date())), nil, request, as: request.fate)
        case .retry(let id, let key, let mode):
            let answer = answer(to: key, mode, request)
            deliver(.retryAnswered(id, answer), nil, request, as: request.fate)
        }
    }

    private mutating func serveState(
        _ id: CallID,
        _ key: PipelineKey,
        _ known: StateDigest?,
        _ request: Request
    ) {
        if answersNothing() {
            let answer = ReadAnswer<PolledState>.empty(isVersioned: lagRNG.chance(0.5), at: date())
            deliver(.stateRead(id, answer), nil, request, as: request.fate)
            return
        }
        let name = places.name(of: key.pipeline, in: request.place)
        let spot = Places.spot(key, name)
        let isStale = !wasStale.contains(spot) && rng.chance(plan.chance(.stale, 0.3))
        let hasUnknown = rng.chance(plan.chance(.unknownStatus, 0.02))
        var state: Shown
        let time: WallTime?
        let revision = model.stateRevision(of: name)
        let current = kept[spot]?.state(at: revision, of: model, wire)
        let answer = readThroughWire(.state) { model, wire throws(ServiceError) in
            if let current { return current }
            return try Shown(key, name, of: model, &wire)
        }
        switch answer {
        case .read(let read, let at):
            (state, time) = (read, at)
            if !oracle.missing.isEmpty { oracle.missing.remove(key) }
        case .failed(let failure):
            if failure.kind == .notFound { oracle.missing.insert(key) }
            deliver(.stateRead(id, .failed(failure)), nil, request, as: request.fate)
            return
        }
        if current == nil, let revision {
            kept[spot] = KeptState(key: key, name: name, revision: revision, state: state)
        }
        if isStale, let older = shown[spot]?.first, clock.time - older.at < 60_000 {
            wasStale.insert(spot)
            state = older
        } else {
            wasStale.remove(spot)
            state.at = clock.time
            shown[spot] = shown[spot]?.last.map { [$0, state] } ?? [state]
        }
        if hasUnknown, !state.snapshot.stages.isEmpty { spoil(&state) }
        let poll = Poll(
            call: id,
            pipeline: key,
            place: request.place,
            askedAt: request.sentAt,
            stages: state.stages
        )
        let reading: ReadAnswer<PolledState> =
            state.digest == known
            ? .read(.unchanged, at: time)
            : .state(state.snapshot, digest: state.digest, at: time)
        deliver(.stateRead(id, reading), poll, request, as: request.fate)
    }

    /// Shows an unknown value.
    private mutating func spoil(_ state: inout Shown) {
        let stage = rng.number(0...state.snapshot.stages.count - 1)
        let name = state.snapshot.stages[stage].name
        if rng.chance(0.5), !state.snapshot.stages[stage].actions.isEmpty {
            state.snapshot.stages[stage].actions[0].status = .unknown("Dreaming")
            state.stages[name]?.hasUnknown = true
        } else {
            state.snapshot.stages[stage].latest?.status = .unknown("Dreaming")
            state.stages[name]?.status = .unknown("Dreaming")
        }
        state.digest = state.snapshot.digest
    }

    private mutating func answer(
        to key: EpisodeKey,
        _ mode: RetryMode,
        _ request: Request
    ) -> RetryAnswer {
        guard request.fate != .swallowed else { return .accepted(requestID: "r", at: date()) }
        if rng.chance(plan.chance(.refusal, 0.3)) {
            return refusal(
                rng.pick([
                    "ConflictException", "ConflictException", "StageNotRetryableException",
                    "ConcurrentPipelineExecutionsLimitExceededException",
                ])
            )
        }
        do throws(ServiceError) {
            try model.retry(
                pipeline: places.name(of: key.pipeline.pipeline, in: request.place),
                stage: key.stage.text,
                execution: key.execution.text,
                mode: mode == .allActions ? .allActions : .failedActions,
                caller: oracle.caller,
                at: clock.modelTime
            )
            oracle.tookEffect(request.call, key, sentAt: request.sentAt, at: clock.time)
            return .accepted(requestID: "r", at: date())
        } catch {
            return refusal(error.code)
        }
    }

    private func refusal(_ code: String) -> RetryAnswer {
        let failure = CallFailure(
            kind: .invalid,
            operation: .retryStageExecution,
            code: code,
            message: code
        )
        return .refused(RetryRefusal(code: code), failure)
    }

    /// Reads with the mapping of the wire; nil where the seed does without.
    mutating func readThroughWire<Value>(
        _ operation: Operation,
        _ body: (ServiceModel, inout WireMapping?) throws(ServiceError) -> Value
    ) -> ReadAnswer<Value> {
        // Out of the world meanwhile: a second holder would make every change a copy.
        var mapping = wire
        wire = nil
        defer { wire = mapping }
        return read(operation) { model throws(ServiceError) in try body(model, &mapping) }
    }

    mutating func read<Value>(
        _ operation: Operation,
        _ body: (ServiceModel) throws(ServiceError) -> Value
    ) -> ReadAnswer<Value> {
        do throws(ServiceError) {
            return .read(try body(model), at: date())
        } catch {
            let kind: CallFailure.Kind =
                error.code == "PipelineNotFoundException" ? .notFound : .serverError
            return .failed(
                CallFailure(
                    kind: kind,
                    operation: operation.aws,
                    code: error.code,
                    message: error.message
                )
            )
        }
    }

    /// The answer's Date: whole seconds, now and then wrong or absent.
    mutating func date() -> WallTime? {
        if rng.chance(plan.chance(.date, 0.1)) {
            guard rng.chance(0.7) else { return nil }
            return clock.truth + .milliseconds(rng.span(-86_400_000...86_400_000))
        }
        return WallTime(milliseconds: clock.truth.milliseconds / 1000 * 1000)
    }

    private mutating func deliver(
        _ event: Event,
        _ poll: Poll?,
        _ request: Request,
        as fate: Fate
    ) {
        let arrival = clock.time + rng.span(5...800)
        func deliver(_ event: Event, _ poll: Poll?, at time: Int64) {
            timetable.add(.answer(event, poll, process: request.process), at: time)
        }
        switch fate {
        case .sound, .swallowed: deliver(event, poll, at: arrival)
        case .doubled:
            deliver(event, poll, at: arrival)
            deliver(event, poll, at: arrival + rng.span(0...30_000))
        case .late(let wait): deliver(event, poll, at: clock.time + wait)
        case .silent: break
        case .unknown, .dropped:
            let lost = CallFailure(kind: .serverError, operation: nil, message: "time-out")
            let event: Event =
                switch request.kind {
                case .state(let id, _, _): .stateRead(id, .failed(lost))
                case .definition(let id, _): .definitionRead(id, .failed(lost))
                case .evidence(let id, _, _): .evidenceRead(id, .failed(lost))
                case .executions(let id, _, _, _): .executionsListed(id, .failed(lost))
                case .execution(let id, _, _): .executionRead(id, .failed(lost))
                case .list(let id, _): .pipelinesListed(id, .failed(lost))
                case .retry(let id, _, _): .retryAnswered(id, .unknown("time-out"))
                }
            deliver(event, nil, at: clock.time + rng.span(1000...60_000))
        }
    }
}

extension Request {
    /// The call's id.
    var call: CallID { kind.call }
}

extension Request.Kind {
    /// The call's id.
    var call: CallID {
        switch self {
        case .state(let id, _, _), .definition(let id, _), .evidence(let id, _, _),
            .executions(let id, _, _, _), .execution(let id, _, _), .list(let id, _),
            .retry(let id, _, _):
            id
        }
    }
}

extension World.Shown {
    /// The current state of a pipeline, by its name in the model.
    init(
        _ key: PipelineKey,
        _ name: String,
        of model: ServiceModel,
        _ wire: inout WireMapping?
    ) throws(ServiceError) {
        let state = try model.state(of: name)
        stages = try model.truth(of: state)
        snapshot = wire?.state(state, of: model) ?? PipelineSnapshot(state)
        for stage in snapshot.stages { stages[stage.name]?.note(stage, of: key) }
        digest = snapshot.digest
    }
}

/// The state of a pipeline, for as long as the model's stays the same.
struct KeptState: Sendable {
    var key: PipelineKey
    var name: String
    var revision: Int
    var state: World.Shown

    /// The state, given the model's revision now; nil when it has changed since.
    func state(at now: Int?, of model: ServiceModel, _ wire: WireMapping?) -> World.Shown? {
        guard now == revision else { return nil }
        assert(isTrue(of: model, wire), "\(key) has changed without notice")
        return state
    }

    private func isTrue(of model: ServiceModel, _ wire: WireMapping?) -> Bool {
        var wire = wire
        do throws(ServiceError) {
            return try World.Shown(key, name, of: model, &wire) == state
        } catch {
            return false
        }
    }
}
