/// Which calls are made, and when: rate, concurrency, deadlines.
extension Engine {
    /// Asks for a call; it is made when the rate and the number in flight allow.
    mutating func want(_ want: Want, _ urgency: Urgency) {
        guard let target = targets[want.target], !isUnderWay(want) else { return }
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
        case .definition(let key):
            pipelines[key]?.isReadingDefinition = true
        case .evidence(let key):
            episodes[key]?.isReadingEvidence = true
        case .list(let name):
            targets[name]?.isListing = true
        case .retry: break
        }
        wants[target.target.rateGroup, default: WantQueue()].add(want, urgency)
    }

    /// Whether the same call is under way; a look at the state is asked for again after it.
    private func isUnderWay(_ want: Want) -> Bool {
        switch want {
        case .state: false
        case .definition, .evidence, .list, .retry: calls.values.contains(.aws(want))
        }
    }

    /// Takes back a call that was not made yet.
    mutating func unwant(_ want: Want) {
        guard let target = targets[want.target] else { return }
        wants[target.target.rateGroup]?.remove(want)
    }

    /// The id that the next call will have.
    var nextCall: CallID { CallID(number: lastCall + 1) }

    mutating func newCall(_ purpose: Purpose, _ now: Instant, within: Duration) -> CallID {
        lastCall += 1
        let id = CallID(number: lastCall)
        calls[id] = purpose
        callDeadlines.set(id, at: now + within)
        if purpose.isCall { callsInFlight += 1 }
        return id
    }

    /// Takes a call off the table; nil when it was given up before.
    mutating func finish(_ id: CallID) -> Purpose? {
        guard let purpose = calls.removeValue(forKey: id) else { return nil }
        callDeadlines.remove(id)
        if purpose.isCall { callsInFlight -= 1 }
        return purpose
    }

    /// Makes the calls that the rates and `max_in_flight` allow, one of each group in turn.
    mutating func pump(_ now: Instant) {
        var groups = wants.keys.filter { wants[$0]?.isEmpty == false }.sorted()
        if groups.count > 1 {
            // Another group begins each time, so that `max_in_flight` starves none.
            let shift = Int(lastCall % UInt64(groups.count))
            groups = Array(groups[shift...] + groups[..<shift])
        }
        while !groups.isEmpty {
            groups = groups.filter { group in
                guard callsInFlight < configuration.poll.maxInFlight,
                    wants[group]?.isEmpty == false, buckets[group]?.take(now) == true,
                    let next = wants[group]?.pop(rate: buckets[group]?.rate ?? 1)
                else { return false }
                make(next, now)
                return true
            }
        }
    }

    private mutating func make(_ want: Want, _ now: Instant) {
        switch want {
        case .state(let key):
            guard pipelines[key] != nil else { return }
            let id = newCall(.aws(want), now, within: Timing.call)
            pipelines[key]?.look = .inFlight(id, again: false)
            let known = isSettled(key) ? pipelines[key]?.digest : nil
            effects.append(.readState(id, key, known: known))
        case .definition(let key):
            guard pipelines[key] != nil else { return }
            effects.append(.readDefinition(newCall(.aws(want), now, within: Timing.call), key))
        case .evidence(let key):
            guard episodes[key] != nil else { return }
            let id = newCall(.aws(want), now, within: Timing.call)
            effects.append(.readEvidence(id, key.pipeline, key.execution))
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
        case .aws(.list): pipelinesListed(id, .failed(failure("ListPipelines")), now)
        case .aws(.retry): retryAnswered(id, .unknown(lost), now)
        case .patterns: patternsLost(id, now)
        case .intent: intentRecorded(id, .failed("the ledger did not answer"), now)
        }
    }

    /// Every answered call tells of its target: AWS's time, or trouble.
    mutating func heard<Value>(
        _ answer: ReadAnswer<Value>,
        from target: TargetName,
        _ now: Instant
    ) {
        switch answer {
        case .read(_, let at): worked(target, at: at, now)
        case .failed(let failure): failed(target, failure, now)
        }
    }

    mutating func worked(_ name: TargetName, at: WallTime?, _ now: Instant) {
        guard var target = targets[name] else { return }
        if let at { target.clock.observe(at, now: now) }
        target.failures = 0
        if let trouble = target.trouble {
            report(.targetRecovered(target.context, after: now - trouble.since))
            target.trouble = nil
        }
        targets[name] = target
    }

    mutating func failed(_ name: TargetName, _ failure: CallFailure, _ now: Instant) {
        switch failure.kind {
        case .throttled: slowDown(name, now)
        case .credentials, .clock, .unreachable: degrade(name, failure, now)
        case .trouble:
            targets[name]?.failures += 1
            let failures = targets[name]?.failures ?? 0
            if failures >= Timing.degradedAfter { degrade(name, failure, now) }
        // The service answered: the trouble is not the target's.
        case .accessDenied, .notFound, .invalid: worked(name, at: nil, now)
        }
    }

    mutating func degrade(_ name: TargetName, _ failure: CallFailure, _ now: Instant) {
        guard var target = targets[name], target.trouble == nil else { return }
        target.trouble = TargetWatch.Trouble(failure: failure, since: now)
        targets[name] = target
        report(.targetDegraded(target.context, failure))
    }

    private mutating func slowDown(_ name: TargetName, _ now: Instant) {
        guard let target = targets[name] else { return }
        let group = target.target.rateGroup
        if buckets[group]?.throttled(now) == true, let rate = buckets[group]?.rate {
            report(.throttled(target.context, rate: rate))
        }
    }
}
