import CodePipelineSimulator
import Primitives
import RetryCore

/// The shell: how effects are carried out.
extension World {
    mutating func perform(_ effect: Effect) {
        trace.did(effect, at: clock.time)
        oracle.judgeScope(of: effect, configuration)
        oracle.noteCauses(effect, at: clock.time, by: clock.now)
        switch effect {
        case .readState(let id, let key, let known):
            oracle.polled(key, at: clock.time, configuration)
            send(.state(id, key, known: known), key.target, .state, key)
        case .readDefinition(let id, let key):
            oracle.readings.asked(id, for: .definition(key), at: clock.time)
            send(.definition(id, key), key.target, .definition, key)
        case .readEvidence(let id, let key, let execution):
            oracle.readings.asked(id, for: .history(key, execution), at: clock.time)
            send(.evidence(id, key, execution), key.target, .evidence, key)
        case .listExecutions(let id, let key, let limit, let known):
            let name = places.name(of: key, configuration)
            if model.ranInParallel(name, at: clock.modelTime) {
                oracle.polled(key, at: clock.time, configuration)
            }
            let model = model
            oracle.judgeList(of: key, at: clock.time, hasLeft: model.hasLeftParallel(name))
            oracle.histories.lists[id] = (key, clock.time)
            let kind = Request.Kind.executions(id, key, limit: limit, known: known)
            send(kind, key.target, .executions, key)
        case .readExecution(let id, let key, let execution):
            send(.execution(id, key, execution), key.target, .execution, key)
        case .listPipelines(let id, let target):
            send(.list(id, target), target, .list, nil)
        case .matchPatterns(let id, let queries): match(id, queries)
        case .readCauses(let id, let key, let requests, _): readCauses(id, key, requests)
        case .readPrecedents(let id, let question): readPrecedents(id, question)
        case .recall(let id, let key): recall(id, key)
        case .recordIntent(let id, let intent): record(id, intent)
        case .retry(let id, let key, let mode):
            let now = places.now(key, configuration, model)
            oracle.sent(id, key, mode, at: clock.time, configuration, ledger.durable, now)
            retry(id, key, mode)
        case .record(let writes): record(writes)
        case .report(let report): record(report)
        }
        if plannedStall != nil { stall(after: effect) }
    }

    private mutating func record(_ report: Report) {
        let (model, places, configuration) = (model, places, configuration)
        if case .executionFailed(let context, let execution, _) = report {
            let name = places.name(of: context.key, configuration)
            oracle.reportedFailed(
                execution,
                of: context.key,
                model.view(of: execution, in: name)
            )
        }
        if case .retryCost(let context, let intent, _, let cost) = report {
            let runs = model.runs(
                of: context.key,
                places.name(of: context.key.pipeline, configuration)
            )
            oracle.judgeMeasured(context.key, intent, cost, runs)
        }
        oracle.reported(report, at: clock.time, configuration) {
            places.now($0, configuration, model)
        }
        if case .causeUnavailable(let context, let failure) = report {
            oracle.judgeCauseFailure(failure, of: context.target)
        }
    }

    private mutating func match(_ id: CallID, _ queries: [PatternQuery]) {
        var findings: [PatternQuery: PatternFinding] = [:]
        for query in queries {
            let isHard = query.text == GeneratedScenario.hardText
            findings[query] =
                isHard ? .pastBound : query.text.hasPrefix("build ") ? .matches : .differs
        }
        let event = Event.patternsMatched(id, findings)
        timetable.add(.answer(event, nil, process: process), at: clock.time + rng.span(0...20))
    }

    private mutating func record(_ writes: [LedgerWrite]) {
        for case .intent(let intent) in writes { oracle.charges.change(intent, at: clock.time) }
        guard !ledger.apply(writes, syncs: rng.chance(0.7)) else { return prune() }
        guard !ledgerIsFailing else { return }
        ledgerIsFailing = true
        timetable.add(.probe(process: process), at: clock.time + 10_000)
        let event = Event.ledgerFailed("the disk is full")
        timetable.add(.answer(event, nil, process: process), at: clock.time)
    }

    private mutating func recall(_ id: CallID, _ key: EpisodeKey) {
        oracle.recalls.asked(id, key, at: clock.time)
        let isSlow = rng.chance(plan.chance(.disk, 0.3))
        let wait = isSlow ? rng.span(100...80_000) : rng.span(0...20)
        let isUnreadable = rng.chance(plan.chance(.disk, 0.1))
        let memory = isUnreadable ? .unreadable("the disk is sick") : ledger.recall(key)
        let event = Event.recalled(id, memory)
        timetable.add(.answer(event, nil, process: process), at: clock.time + wait)
    }

    private mutating func record(_ id: CallID, _ intent: Intent) {
        oracle.recording(intent, by: id, at: clock.time, configuration)
        let isSlow = rng.chance(plan.chance(.disk, 0.3))
        let wait = isSlow ? rng.span(100...80_000) : rng.span(1...20)
        let durability = ledger.record(intent)
        if durability != .durable { oracle.charges.makeUncertain(intent) }
        let event = Event.intentRecorded(id, durability)
        timetable.add(.answer(event, nil, process: process), at: clock.time + wait)
    }
}

/// The network to AWS.
extension World {
    private mutating func send(
        _ kind: Request.Kind,
        _ target: TargetName,
        _ operation: Operation,
        _ pipeline: PipelineKey?
    ) {
        oracle.asked(kind.call, at: clock.time)
        oracle.called(group(of: target).text, at: clock.time, configuration)
        if disturbances.contains(.silence(target)) {
            oracle.unanswered(target, at: clock.time)
            return
        }
        if let pipeline, disturbances.contains(.timeOut(pipeline)) {
            let failure = CallFailure(
                kind: .unreachable,
                operation: operation.aws,
                message: "no answer in time"
            )
            return fail(kind, failure, after: laterRNG.span(20_000...60_000))
        }
        if let failure = disturbance(target, operation, pipeline) {
            let wait = failure.kind == .serverError ? rng.span(1000...60_000) : rng.span(20...900)
            fail(kind, failure, after: wait)
            return
        }
        var fate = Fate.sound
        if rng.chance(plan.chance(.lost, 0.1)) {
            fate = rng.chance(0.5) ? .silent : .unknown
        } else if rng.chance(plan.chance(.late, 0.05)) {
            fate = .late(rng.span(85_000...300_000))
        } else if rng.chance(plan.chance(.doubled, 0.2)) {
            fate = .doubled
        }
        post(kind, fate)
    }

    /// Why a call fails before AWS executes it; nil when it does not.
    private mutating func disturbance(
        _ target: TargetName,
        _ operation: Operation,
        _ pipeline: PipelineKey?
    ) -> CallFailure? {
        func failure(_ kind: CallFailure.Kind) -> CallFailure {
            CallFailure(kind: kind, operation: operation.aws, message: "trouble")
        }
        for kind in [CallFailure.Kind.credentials, .unreachable, .clock]
        where disturbances.contains(.target(target, kind)) {
            return failure(kind)
        }
        if disturbances.contains(.permission(operation)) { return failure(.accessDenied) }
        if let pipeline, disturbances.contains(.pipeline(pipeline)) { return failure(.serverError) }
        if rng.chance(plan.chance(.throttling, 0.1)) { return failure(.throttled) }
        if rng.chance(plan.chance(.serverError, 0.1)) { return failure(.serverError) }
        return nil
    }

    /// The core's own client has failed; AWS executed nothing.
    private mutating func fail(
        _ kind: Request.Kind,
        _ failure: CallFailure,
        after wait: Int64
    ) {
        let event: Event =
            switch kind {
            case .state(let id, _, _): .stateRead(id, .failed(failure))
            case .definition(let id, _): .definitionRead(id, .failed(failure))
            case .evidence(let id, _, _): .evidenceRead(id, .failed(failure))
            case .executions(let id, _, _, _): .executionsListed(id, .failed(failure))
            case .execution(let id, _, _): .executionRead(id, .failed(failure))
            case .list(let id, _): .pipelinesListed(id, .failed(failure))
            case .retry(let id, _, _):
                .retryAnswered(id, .refused(failure.kind.refusal, failure))
            }
        timetable.add(.answer(event, nil, process: process), at: clock.time + wait)
    }

    private mutating func retry(_ id: CallID, _ key: EpisodeKey, _ mode: RetryMode) {
        let kind = Request.Kind.retry(id, key, mode)
        let target = key.pipeline.target
        oracle.asked(kind.call, at: clock.time)
        oracle.called(group(of: target).text, at: clock.time, configuration)
        if disturbances.contains(.silence(target)) {
            oracle.unanswered(target, at: clock.time)
            // It is unknown whether it was executed.
            if laterRNG.chance(0.5) { post(kind, .silent) }
            return
        }
        if let failure = disturbance(target, .retry, nil), failure.kind != .serverError {
            fail(kind, failure, after: rng.span(20...900))
            return
        }
        var fate = Fate.sound
        if rng.chance(plan.chance(.lost, 0.3)) {
            fate = rng.pick([.silent, .unknown, .dropped])
        } else if rng.chance(plan.chance(.serverError, 0.3)) {
            fate = rng.pick([.unknown, .dropped])
        } else if rng.chance(plan.chance(.late, 0.2)) {
            fate = .late(rng.span(85_000...300_000))
        } else if rng.chance(plan.chance(.doubled, 0.3)) {
            fate = .doubled
        } else if rng.chance(plan.chance(.swallowed, 0.2)) {
            fate = .swallowed
        }
        post(kind, fate)
    }

    private mutating func post(_ kind: Request.Kind, _ fate: Fate) {
        let isDelayed = rng.chance(plan.chance(.delayed, 0.1))
        let wait = isDelayed ? rng.span(1000...400_000) : rng.span(5...800)
        let request = Request(
            kind: kind,
            process: process,
            sentAt: clock.time,
            fate: fate,
            place: Place(of: kind.target, configuration)
        )
        timetable.add(.arrival(request), at: clock.time + wait)
        if isDelayed, case .retry(let id, _, _) = kind {
            // The client gives up long before AWS receives it.
            let event = Event.retryAnswered(id, .unknown("time-out"))
            timetable.add(.answer(event, nil, process: process), at: clock.time + 30_000)
        }
    }

    private func group(of target: TargetName) -> RateGroup {
        configuration.place(of: target).map { configuration.targets[$0].rateGroup }
            ?? RateGroup(target.text)
    }
}

extension CallFailure.Kind {
    /// The refusal of a retry for the same error.
    fileprivate var refusal: RetryRefusal {
        switch self {
        case .throttled: .throttled
        case .accessDenied: .accessDenied
        case .credentials, .clock: .credentials
        case .notFound: .pipelineNotFound
        case .unreachable, .serverError: .unreachable
        case .invalid: .invalid
        }
    }
}
