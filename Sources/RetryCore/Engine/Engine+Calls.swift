/// Which calls are made, and when: rate, concurrency, deadlines.
extension Engine {
    /// Asks for a call; it is made when the rate and the number in flight allow.
    mutating func want(_ want: Want, _ urgency: Urgency) {
        guard targets[want.target] != nil, !isUnderWay(want) else { return }
        switch want {
        case .state(let key):
            guard let watch = pipelines[key] else { return }
            switch watch.look {
            case .none, .queued: pipelines[key]?.look = .queued
            case .inFlight(let id, _):
                pipelines[key]?.look = .inFlight(id, again: true)
                return
            }
            looks.remove(key)
        case .definition, .evidence, .executions, .list, .retry: break
        }
        if wants[want.target] == nil { wants[want.target] = WantQueue() }
        wants[want.target]?.add(want, urgency)
    }

    /// Whether the same call is under way; a look at the state is asked for again after it.
    private func isUnderWay(_ want: Want) -> Bool {
        switch want {
        case .state: false
        case .definition, .evidence, .executions, .list, .retry:
            calls.values.contains(.aws(want))
        }
    }

    /// Whether RetryStageExecution is under way for an episode.
    func isCalling(_ key: EpisodeKey) -> Bool { isUnderWay(.retry(key)) }

    /// Takes back a call that was not made yet.
    mutating func unwant(_ want: Want) {
        wants[want.target]?.remove(want)
    }

    /// The id that the next call will have.
    var nextCall: CallID { CallID(number: lastCall + 1) }

    mutating func newCall(_ purpose: Purpose, _ now: Instant, within: Duration) -> CallID {
        lastCall += 1
        let id = CallID(number: lastCall)
        calls[id] = purpose
        callDeadlines.set(id, at: now + within)
        if case .aws(let want) = purpose {
            callsInFlight += 1
            targets[want.target]?.health.began(id, now)
        }
        return id
    }

    /// Takes a call off the table; nil when it was given up before.
    mutating func finish(_ id: CallID) -> Purpose? {
        guard let purpose = calls.removeValue(forKey: id) else { return nil }
        callDeadlines.remove(id)
        if case .aws(let want) = purpose {
            callsInFlight -= 1
            targets[want.target]?.health.ended(id)
        }
        return purpose
    }

    mutating func make(_ want: Want, _ now: Instant) {
        switch want {
        case .state(let key):
            let id = newCall(.aws(want), now, within: Timing.call)
            pipelines[key]?.look = .inFlight(id, again: false)
            // What a list of executions left in doubt is decided by a state that is read.
            let isDoubted = pipelines[key]?.executions.doubt != nil
            let known = isSettled(key) && !isDoubted ? pipelines[key]?.digest : nil
            effects.append(.readState(id, key, known: known))
        case .definition(let key):
            effects.append(.readDefinition(newCall(.aws(want), now, within: Timing.call), key))
        case .evidence(let key):
            guard episodes[key] != nil else { return }
            let id = newCall(.aws(want), now, within: Timing.call)
            effects.append(.readEvidence(id, key.pipeline, key.execution))
        case .executions(let key):
            effects.append(.listExecutions(newCall(.aws(want), now, within: Timing.call), key))
        case .list(let name):
            effects.append(.listPipelines(newCall(.aws(want), now, within: Timing.call), name))
        case .retry(let key): sendRetry(key, now)
        }
    }

    /// A call whose answer did not come: for a read a failure, for a retry an unknown answer.
    mutating func callLost(_ id: CallID, _ now: Instant) {
        guard let purpose = calls[id] else { return }
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
