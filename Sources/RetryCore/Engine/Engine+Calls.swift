import Primitives

/// Which calls are made, and when: rate, concurrency, deadlines.
extension Engine {
    /// Makes the calls that the rates and `max_in_flight` allow.
    mutating func pump(_ now: Instant) {
        var round = calls.round()
        while let want = calls.next(&round, now) { make(want, now) }
    }

    mutating func make(_ want: Want, _ now: Instant) {
        switch want {
        case .state(let key):
            let id = calls.begin(.aws(want), now, within: Timing.call)
            let known = fleet.lookBegan(key, id, isSettled: fleet.isSettled(key, episodes))
            output.effects.append(.readState(id, key, known: known))
        case .definition(let key):
            output.effects.append(
                .readDefinition(calls.begin(.aws(want), now, within: Timing.call), key)
            )
        case .evidence(let key):
            guard episodes.live[key] != nil else { return }
            let id = calls.begin(.aws(want), now, within: Timing.call)
            output.effects.append(.readEvidence(id, key.pipeline, key.execution))
        case .executions(let key):
            output.effects.append(
                .listExecutions(calls.begin(.aws(want), now, within: Timing.call), key)
            )
        case .list(let name):
            output.effects.append(
                .listPipelines(calls.begin(.aws(want), now, within: Timing.call), name)
            )
        case .retry(let key): tell(key, .turn, now)
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

    /// Raises throttled rates whose time has come.
    mutating func recoverRates(_ now: Instant) {
        for (group, rate) in calls.recoverRates(now) {
            guard let context = fleet.context(of: group) else { continue }
            report(.throttlingOver(context, rate: rate))
        }
    }

    // MARK: What answers say of a target

    /// What a call was about.
    enum Subject: Hashable, Sendable {
        /// GetPipelineState of a pipeline.
        case look(PipelineKey)
        /// ListPipelines.
        case list
        /// Any other call: looks tell of the same trouble, and of the pipeline that has it.
        case other
    }

    /// Every answered call tells of its target: AWS's time, or trouble.
    mutating func heard<Value>(
        _ answer: ReadAnswer<Value>,
        from target: TargetName,
        of subject: Subject = .other,
        _ now: Instant
    ) {
        switch answer {
        case .read(_, let at): worked(target, at: at, now)
        case .failed(let failure): failed(target, failure, of: subject, now)
        }
    }

    mutating func worked(_ name: TargetName, at: WallTime?, _ now: Instant) {
        guard let isFirstTime = fleet.targets[name]?.answered(at: at, now) else { return }
        if calls.answered(name, now), let trouble = fleet.targets[name]?.endTrouble() {
            report(.targetRecovered(trouble.context, after: now - trouble.since))
            startAnew(name)
        }
        if isFirstTime { restatePauses(now) }
    }

    /// What failed with the whole target says nothing of a single pipeline.
    private mutating func startAnew(_ name: TargetName) {
        for (key, watch) in fleet.pipelines where key.target == name && watch.failures > 1 {
            fleet.pipelines[key]?.failures = 1
        }
    }

    mutating func failed(
        _ name: TargetName,
        _ failure: CallFailure,
        of subject: Subject = .other,
        _ now: Instant
    ) {
        switch failure.kind {
        case .throttled: slowDown(name, now)
        case .credentials, .clock:
            calls.lanes[name]?.health.refused()
            degrade(name, failure, now)
        case .trouble, .unreachable: passed(name, failure, of: subject, now)
        // The service answered: the trouble is not the target's.
        case .accessDenied, .notFound, .invalid: worked(name, at: nil, now)
        }
    }

    /// A trouble that passes, of one pipeline perhaps: it is the target's when nothing works.
    private mutating func passed(
        _ name: TargetName,
        _ failure: CallFailure,
        of subject: Subject,
        _ now: Instant
    ) {
        calls.lanes[name]?.health.failed(now)
        switch subject {
        case .look(let key):
            let isFresh = fleet.pipelines[key]?.failures == 0
            calls.lanes[name]?.health.lost(isFresh ? key.pipeline : nil, now)
        case .list: calls.lanes[name]?.health.lost(nil, now)
        case .other: return
        }
        guard fleet.targets[name]?.trouble == nil, let health = calls.lanes[name]?.health else {
            return
        }
        let isDown = health.isDown(failure.kind, now) {
            fleet.pipelines.allSatisfy { key, watch in
                key.target != name || subject == .look(key) || watch.failsForNow
            }
        }
        if isDown { degrade(name, failure, now) }
    }

    mutating func degrade(_ name: TargetName, _ failure: CallFailure, _ now: Instant) {
        guard var target = fleet.targets[name], target.trouble == nil else { return }
        target.trouble = TargetWatch.Trouble(failure: failure, since: now)
        calls.lanes[name]?.health.refused()
        fleet.targets[name] = target
        report(.targetDegraded(target.context, failure))
    }

    private mutating func slowDown(_ name: TargetName, _ now: Instant) {
        guard let target = fleet.targets[name] else { return }
        if let rate = calls.throttled(name, now) {
            report(.throttled(target.context, rate: rate))
        }
    }

    /// What a target needs to be reached cannot be had now; said when it begins and when the cause
    /// is another one.
    ///
    /// Its calls come back failed meanwhile, so that everything else goes on as in an outage.
    mutating func targetUnusable(_ name: TargetName, _ failure: CallFailure, _ now: Instant) {
        guard let trouble = fleet.targets[name]?.trouble else { return degrade(name, failure, now) }
        guard trouble.failure.message != failure.message else { return }
        fleet.targets[name]?.trouble?.failure = failure
        if let target = fleet.targets[name] { report(.targetDegraded(target.context, failure)) }
    }
}

extension PipelineWatch {
    /// Whether its newest look came to nothing for a cause that passes.
    fileprivate var failsForNow: Bool {
        switch lost {
        case .notFound, .accessDenied: false
        case .unreadable, nil: failures > 0
        }
    }
}
