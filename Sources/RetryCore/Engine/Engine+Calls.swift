import Primitives

/// Which calls are made, and when: rate, concurrency, deadlines.
extension Engine {
    /// Makes the calls that the rates and `max_in_flight` allow.
    mutating func pump(_ now: Instant) {
        var round = calls.round()
        while let pendingCall = calls.next(&round, now) { make(pendingCall, now) }
    }

    mutating func make(_ pendingCall: PendingCall, _ now: Instant) {
        switch pendingCall {
        case .state(let key):
            let id = calls.begin(.aws(pendingCall), now, within: Timing.call)
            let known = fleet.pollBegan(key, id, isSettled: fleet.isSettled(key, episodes))
            let isParallel = fleet.pipelines[key]?.isParallel == true
            let limit = fleet.parallel[key]?.limit ?? Timing.executionsPage
            output.effects.append(
                isParallel
                    ? .listExecutions(id, key, limit: limit, known: known)
                    : .readState(id, key, known: known)
            )
        case .definition(let key):
            output.effects.append(
                .readDefinition(calls.begin(.aws(pendingCall), now, within: Timing.call), key)
            )
        case .evidence(let key):
            guard episodes.live.place(of: key) != nil else { return }
            let id = calls.begin(.aws(pendingCall), now, within: Timing.call)
            output.effects.append(.readEvidence(id, key.pipeline, key.execution))
        case .execution(let key):
            guard fleet.parallel[key.pipeline] != nil else { return }
            let id = calls.begin(.aws(pendingCall), now, within: Timing.call)
            output.effects.append(.readExecution(id, key.pipeline, key.execution))
        case .executions(let key):
            output.effects.append(
                .listExecutions(
                    calls.begin(.aws(pendingCall), now, within: Timing.call),
                    key,
                    limit: fleet.parallel[key]?.limit ?? Timing.executionsPage,
                    known: nil
                )
            )
        case .list(let name):
            output.effects.append(
                .listPipelines(calls.begin(.aws(pendingCall), now, within: Timing.call), name)
            )
        case .retry(let key): deliver(key, .turn, now)
        }
    }

    /// A call without an answer: for a read a failure, for a retry an unknown answer.
    mutating func callLost(_ id: CallID, _ now: Instant) {
        guard let purpose = calls.purpose(of: id) else { return }
        let lost = "no answer within \(Timing.call.shortText)"
        func failure(_ operation: AWSOperation) -> CallFailure {
            CallFailure(kind: .serverError, operation: operation, message: lost)
        }
        switch purpose {
        case .aws(.state(let key)) where fleet.pipelines[key]?.isParallel == true:
            executionsListed(id, .failed(failure(.listPipelineExecutions)), now)
        case .aws(.state): stateRead(id, .failed(failure(.getPipelineState)), now)
        case .aws(.definition): definitionRead(id, .failed(failure(.getPipeline)), now)
        case .aws(.evidence): evidenceRead(id, .failed(failure(.listActionExecutions)), now)
        case .aws(.execution):
            executionRead(id, .failed(failure(.getPipelineExecution)), now)
        case .aws(.executions):
            executionsListed(id, .failed(failure(.listPipelineExecutions)), now)
        case .aws(.list): pipelinesListed(id, .failed(failure(.listPipelines)), now)
        case .aws(.retry): retryAnswered(id, .unknown(lost), now)
        case .abandoned: _ = calls.end(id)
        case .causes: causesLost(id, now)
        case .patterns: patternsLost(id, now)
        case .precedents: precedentsRead(id, nil, now)
        case .intent: intentRecorded(id, .failed("the ledger did not answer"), now)
        case .recall: recalled(id, .unreadable("the ledger did not answer"), now)
        }
    }

    /// Raises throttled rates that are due.
    mutating func recoverRates(_ now: Instant) {
        for (group, rate) in calls.recoverRates(now) {
            guard let context = fleet.context(of: group) else { continue }
            report(.throttlingOver(context, rate: rate))
        }
    }

    // MARK: What answers show of a target

    /// The subject of a call.
    enum Subject: Hashable, Sendable {
        /// GetPipelineState of a pipeline.
        case poll(PipelineKey)
        /// ListPipelines.
        case list
        /// Any other call: polls already report the same error, with the pipeline that has it.
        case other
    }

    /// Every answered call gives information about its target: AWS's time, or an error.
    mutating func recordAnswer<Value>(
        _ answer: ReadAnswer<Value>,
        from target: TargetName,
        of subject: Subject = .other,
        _ now: Instant
    ) {
        switch answer {
        case .read(_, let at): recordSuccess(target, at: at, now)
        case .failed(let failure): failed(target, failure, of: subject, now)
        }
    }

    mutating func recordSuccess(_ name: TargetName, at: WallTime?, _ now: Instant) {
        guard let place = fleet.targets.place(of: name) else { return }
        let isFirstTime = fleet.targets[at: place].answered(at: at, now)
        if calls.answered(name, now),
            let degradation = fleet.targets[at: place].endDegradation()
        {
            report(.targetRecovered(degradation.context, after: now - degradation.since))
            startAnew(name)
        }
        if isFirstTime { restatePauses(now) }
    }

    /// Failures of the whole target count for none of its pipelines.
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
            calls.byTarget[name]?.health.refused()
            degrade(name, failure, now)
        case .serverError, .unreachable: passed(name, failure, of: subject, now)
        // The service answered: the error is not the target's.
        case .accessDenied, .notFound, .invalid: recordSuccess(name, at: nil, now)
        }
    }

    /// A transient error, perhaps of one pipeline: it is the target's when nothing works.
    private mutating func passed(
        _ name: TargetName,
        _ failure: CallFailure,
        of subject: Subject,
        _ now: Instant
    ) {
        guard let place = calls.byTarget.place(of: name) else { return }
        calls.byTarget[at: place].health.failed(now)
        switch subject {
        case .poll(let key):
            let failures = fleet.pipelines.place(of: key).map { fleet.pipelines[at: $0].failures }
            calls.byTarget[at: place].health.lost(failures == 0 ? key.pipeline : nil, now)
        case .list: calls.byTarget[at: place].health.lost(nil, now)
        case .other: return
        }
        guard fleet.targets[name]?.degradation == nil else { return }
        let health = calls.byTarget[at: place].health
        let isDown = health.isDown(failure.kind, now) {
            fleet.pipelines.allSatisfy { key, watch in
                key.target != name || subject == .poll(key) || watch.failsForNow
            }
        }
        if isDown { degrade(name, failure, now) }
    }

    mutating func degrade(_ name: TargetName, _ failure: CallFailure, _ now: Instant) {
        guard var target = fleet.targets[name], target.degradation == nil else { return }
        target.degradation = TargetWatch.Degradation(failure: failure, since: now)
        calls.byTarget[name]?.health.refused()
        fleet.targets[name] = target
        report(.targetDegraded(target.context, failure))
    }

    private mutating func slowDown(_ name: TargetName, _ now: Instant) {
        guard let target = fleet.targets[name] else { return }
        if let rate = calls.throttled(name, now) {
            report(.throttled(target.context, rate: rate))
        }
    }

    /// A target cannot be reached for lack of something on this machine; reported when it begins
    /// and when the cause changes.
    ///
    /// Its calls fail meanwhile, so everything else continues as in an outage.
    mutating func targetUnusable(_ name: TargetName, _ failure: CallFailure, _ now: Instant) {
        guard let degradation = fleet.targets[name]?.degradation else {
            return degrade(name, failure, now)
        }
        guard degradation.failure.message != failure.message else { return }
        fleet.targets[name]?.degradation?.failure = failure
        if let target = fleet.targets[name] { report(.targetDegraded(target.context, failure)) }
    }
}

extension PipelineWatch {
    /// Whether its newest poll failed for a transient cause.
    fileprivate var failsForNow: Bool {
        switch lost {
        case .notFound, .accessDenied: false
        case .unreadable, nil: failures > 0
        }
    }
}
