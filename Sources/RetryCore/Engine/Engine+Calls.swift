import Primitives

/// Which calls are made, and when: rate, concurrency, deadlines.
extension Engine {
    /// Asks for a call; it is made when the rate and the number in flight allow.
    mutating func want(_ want: Want, _ urgency: Urgency) {
        guard targets[want.target] != nil else { return }
        if case .state(let key) = want {
            guard let watch = pipelines[key] else { return }
            switch watch.look {
            case .none, .queued: pipelines[key]?.look = .queued
            case .inFlight(let id, _):
                pipelines[key]?.look = .inFlight(id, again: true)
                return
            }
            looks.remove(key)
        }
        calls.ask(want, urgency)
    }

    /// Makes the calls that the rates and `max_in_flight` allow.
    mutating func pump(_ now: Instant) {
        var round = calls.round()
        while let want = calls.next(&round, now) { make(want, now) }
    }

    mutating func make(_ want: Want, _ now: Instant) {
        switch want {
        case .state(let key):
            let id = calls.begin(.aws(want), now, within: Timing.call)
            pipelines[key]?.look = .inFlight(id, again: false)
            // What a list of executions left in doubt is decided by a state that is read.
            let isDoubted = pipelines[key]?.executions.doubt != nil
            let known = isSettled(key) && !isDoubted ? pipelines[key]?.digest : nil
            effects.append(.readState(id, key, known: known))
        case .definition(let key):
            effects.append(.readDefinition(calls.begin(.aws(want), now, within: Timing.call), key))
        case .evidence(let key):
            guard episodes[key] != nil else { return }
            let id = calls.begin(.aws(want), now, within: Timing.call)
            effects.append(.readEvidence(id, key.pipeline, key.execution))
        case .executions(let key):
            effects.append(.listExecutions(calls.begin(.aws(want), now, within: Timing.call), key))
        case .list(let name):
            effects.append(.listPipelines(calls.begin(.aws(want), now, within: Timing.call), name))
        case .retry(let key): sendRetry(key, now)
        }
    }

    /// A call whose answer did not come: for a read a failure, for a retry an unknown answer.
    mutating func callLost(_ id: CallID, _ now: Instant) {
        guard let purpose = calls.purpose(of: id) else { return }
        let lost = "no answer within \(Timing.call.shortText)"
        func failure(_ operation: String) -> CallFailure {
            CallFailure(kind: .trouble, operation: operation, message: lost)
        }
        switch purpose {
        case .aws(.state): stateRead(id, .failed(failure("GetPipelineState")), now)
        case .aws(.definition): definitionRead(id, .failed(failure("GetPipeline")), now)
        case .aws(.evidence): evidenceRead(id, .failed(failure("ListActionExecutions")), now)
        case .aws(.executions):
            executionsListed(id, .failed(failure("ListPipelineExecutions")), now)
        case .aws(.list): pipelinesListed(id, .failed(failure("ListPipelines")), now)
        case .aws(.retry): retryAnswered(id, .unknown(lost), now)
        case .patterns: patternsLost(id, now)
        case .intent: intentRecorded(id, .failed("the ledger did not answer"), now)
        case .recall: recalled(id, .unreadable("the ledger did not answer"), now)
        }
    }
}
