import Primitives

/// What answers and failures say of a target, each condition once when it starts and once when it
/// ends.
extension Engine {
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
        guard var target = targets[name] else { return }
        let wasConfirmed = target.clock.isConfirmed
        if let at { target.clock.observe(at, now: now) }
        calls.lanes[name]?.health.answered(now)
        let trouble = calls.lanes[name]?.health.hasRecovered == true ? target.trouble : nil
        if trouble != nil { target.trouble = nil }
        targets[name] = target
        if let trouble {
            report(.targetRecovered(target.context, after: now - trouble.since))
            startAnew(name)
        }
        if target.clock.isConfirmed, !wasConfirmed { restatePauses(now) }
    }

    /// What failed with the whole target says nothing of a single pipeline.
    private mutating func startAnew(_ name: TargetName) {
        for (key, watch) in pipelines where key.target == name && watch.failures > 1 {
            pipelines[key]?.failures = 1
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
            let isFresh = pipelines[key]?.failures == 0
            calls.lanes[name]?.health.lost(isFresh ? key.pipeline : nil, now)
        case .list: calls.lanes[name]?.health.lost(nil, now)
        case .other: return
        }
        guard targets[name]?.trouble == nil, let health = calls.lanes[name]?.health else { return }
        let isDown = health.isDown(failure.kind, now) {
            pipelines.allSatisfy { key, watch in
                key.target != name || subject == .look(key) || watch.failsForNow
            }
        }
        if isDown { degrade(name, failure, now) }
    }

    mutating func degrade(_ name: TargetName, _ failure: CallFailure, _ now: Instant) {
        guard var target = targets[name], target.trouble == nil else { return }
        target.trouble = TargetWatch.Trouble(failure: failure, since: now)
        calls.lanes[name]?.health.refused()
        targets[name] = target
        report(.targetDegraded(target.context, failure))
    }

    private mutating func slowDown(_ name: TargetName, _ now: Instant) {
        guard let target = targets[name] else { return }
        if let rate = calls.throttled(name, now) {
            report(.throttled(target.context, rate: rate))
        }
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
