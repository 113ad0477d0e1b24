/// Looks at pipelines: GetPipelineState and GetPipeline, and what becomes of a pipeline.
extension Engine {
    /// Sets when a pipeline is looked at next, unless a look waits or is under way already.
    mutating func look(_ key: PipelineKey, at instant: Instant, _ now: Instant) {
        guard let watch = pipelines[key] else { return }
        switch watch.look {
        case .none:
            if instant <= now {
                want(.state(key), .poll)
            } else {
                looks.set(key, at: min(instant, looks[key] ?? instant))
            }
        case .queued: break
        case .inFlight(let id, _):
            if instant <= now { pipelines[key]?.look = .inFlight(id, again: true) }
        }
    }

    mutating func stateRead(
        _ id: CallID,
        _ answer: ReadAnswer<PipelineSnapshot>,
        _ now: Instant
    ) {
        guard case .aws(.state(let key)) = finish(id) else { return }
        heard(answer, from: key.target, now)
        guard let watch = pipelines[key], case .inFlight(id, let again) = watch.look else {
            return
        }
        pipelines[key]?.look = .none
        switch answer {
        case .read(let snapshot, _):
            seen(key, snapshot, by: id, now)
            scheduleLook(key, now)
        case .failed(let failure): unseen(key, failure, now)
        }
        if again { want(.state(key), .check) }
    }

    private mutating func seen(
        _ key: PipelineKey,
        _ snapshot: PipelineSnapshot,
        by id: CallID,
        _ now: Instant
    ) {
        guard var watch = pipelines[key] else { return }
        watch.failures = 0
        if watch.lost != nil {
            watch.lost = nil
            report(.pipelineFound(context(of: key), again: true))
        }
        let isOtherVersion = watch.version != snapshot.version
        if isOtherVersion {
            watch.version = snapshot.version
            watch.definition = .unread
            watch.isUnsupported = false
        }
        watch.isMoving = snapshot.stages.contains { $0.isMoving }
        let needsDefinition = watch.definition == .unread && !watch.isReadingDefinition
        pipelines[key] = watch
        if isOtherVersion { redecideUnsent(key, now) }
        if needsDefinition { want(.definition(key), .background) }
        guard !watch.isUnsupported else { return }
        reconcile(key, snapshot, by: id, now)
    }

    /// What was decided under an older version of the definition must not be sent.
    private mutating func redecideUnsent(_ key: PipelineKey, _ now: Instant) {
        for episode in (pipelines[key]?.stages.values).map({ $0.sorted() }) ?? [] {
            switch episodes[episode]?.phase.name {
            case .recording, .queued: redecide(episode, now)
            case .resuming, .gathering, .matching, .pending, .deferred, .rechecking, .calling,
                .verifying, .settling, .running, .ended, nil:
                break
            }
        }
    }

    private mutating func scheduleLook(_ key: PipelineKey, _ now: Instant) {
        guard let watch = pipelines[key] else { return }
        let poll = configuration.poll
        let live = watch.stages.values.compactMap { episodes[$0]?.phase }
            .filter { $0 != .ended }
        let settles = live.contains { phase in
            switch phase.name {
            case .verifying, .settling: true
            case .resuming, .gathering, .matching, .pending, .deferred, .rechecking, .recording,
                .queued, .calling, .running, .ended:
                false
            }
        }
        let isActive = watch.isMoving || !live.isEmpty
        let wait = isActive ? min(poll.activeInterval, poll.interval) : poll.interval
        look(key, at: now + (settles ? min(wait, Timing.effectLook) : wait), now)
    }

    private mutating func unseen(_ key: PipelineKey, _ failure: CallFailure, _ now: Instant) {
        pipelines[key]?.failures += 1
        let failures = pipelines[key]?.failures ?? 1
        switch failure.kind {
        case .notFound: lose(key, .notFound, failure, now)
        case .accessDenied: lose(key, .accessDenied, failure, now)
        case .invalid: lose(key, .unreadable, failure, now)
        case .trouble:
            let isAlone = targets[key.target]?.trouble == nil
            if isAlone, failures >= Timing.unreadableAfter {
                lose(key, .unreadable, failure, now)
            }
        case .throttled, .credentials, .clock, .unreachable: break
        }
        let longest = max(configuration.poll.interval, Timing.failedLookMax)
        let wait =
            pipelines[key]?.lost != nil
            ? Timing.lost
            : Timing.doubling(Timing.failedLook, times: failures - 1, longest: longest)
        look(key, at: now + wait, now)
    }

    /// Says once that a pipeline can not be watched; when it is gone its episodes end.
    mutating func lose(
        _ key: PipelineKey,
        _ loss: PipelineLoss,
        _ failure: CallFailure,
        _ now: Instant
    ) {
        guard pipelines[key] != nil else { return }
        if loss == .notFound {
            for episode in (pipelines[key]?.stages.values).map({ $0.sorted() }) ?? [] {
                end(episode, .gone, nil, now)
            }
        }
        guard pipelines[key]?.lost != loss else { return }
        pipelines[key]?.lost = loss
        report(.pipelineLost(context(of: key), loss, failure))
    }

    mutating func definitionRead(
        _ id: CallID,
        _ answer: ReadAnswer<PipelineDefinition>,
        _ now: Instant
    ) {
        guard case .aws(.definition(let key)) = finish(id) else { return }
        heard(answer, from: key.target, now)
        guard var watch = pipelines[key] else { return }
        watch.isReadingDefinition = false
        switch answer {
        case .read(let definition, _): watch.learn(definition)
        case .failed(let failure):
            if failure.kind == .accessDenied { watch.definition = .denied }
        }
        pipelines[key] = watch
        // Other trouble passes: who waits for the definition asks again at a deadline of its own.
        guard watch.definition != .unread else { return }
        if watch.knownDefinition?.executionMode == .parallel { unsupported(key, now) }
        for episode in watch.stages.values.sorted() { gather(episode, now) }
    }

    /// A PARALLEL pipeline has no state that could be trusted: it is not acted on, said once.
    private mutating func unsupported(_ key: PipelineKey, _ now: Instant) {
        guard let watch = pipelines[key], !watch.isUnsupported else { return }
        pipelines[key]?.isUnsupported = true
        report(.pipelineUnsupported(context(of: key)))
        for episode in watch.stages.values.sorted() { forget(episode, now) }
    }

    func context(of key: PipelineKey) -> PipelineContext {
        PipelineContext(
            key: key,
            region: targets[key.target]?.target.region ?? "",
            account: pipelines[key]?.account
        )
    }
}

extension PipelineWatch {
    /// Takes a definition, unless it is an older one than the newest state speaks of.
    mutating func learn(_ new: PipelineDefinition) {
        if let current = version, let read = new.version, read < current { return }
        definition = .read(new)
        account = new.account ?? account
        partition = new.partition ?? partition
    }
}

extension StageSnapshot {
    /// Whether the stage is doing something now.
    var isMoving: Bool {
        switch latest?.status {
        case .inProgress, .stopping: true
        case .cancelled, .failed, .stopped, .succeeded, .skipped, .unknown, nil: false
        }
    }
}
