import Primitives

/// Looks at pipelines: GetPipelineState and GetPipeline, and what becomes of a pipeline.
extension Engine {
    /// Sets when a pipeline is looked at next, unless a look waits or is under way already.
    mutating func look(_ key: PipelineKey, at instant: Instant, _ now: Instant) {
        guard let watch = pipelines[key] else { return }
        switch watch.look {
        case .none:
            let due = onGrid(instant)
            if due <= now {
                want(.state(key), urgency(of: watch, now))
            } else {
                looks.set(key, at: min(due, looks[key] ?? due))
            }
        case .queued: break
        case .inFlight(let id, _):
            if instant <= now { pipelines[key]?.look = .inFlight(id, again: true) }
        }
    }

    /// The time of a look has come.
    mutating func lookDue(_ key: PipelineKey, _ now: Instant) {
        guard let watch = pipelines[key] else { return }
        want(.state(key), urgency(of: watch, now))
    }

    /// The last point of the grid that is not later.
    func onGrid(_ instant: Instant) -> Instant {
        let grid = max(1, PollPace.grid(configuration.poll).wholeMilliseconds)
        let passed = (instant - startedAt).wholeMilliseconds
        return min(instant, startedAt + .milliseconds(passed / grid * grid))
    }

    func urgency(of watch: PipelineWatch, _ now: Instant) -> Urgency {
        PollPace.urgency(isActive: isActive(watch), rest: now - watch.restsSince)
    }

    /// Whether a stage moves or a failure is not over.
    private func isActive(_ watch: PipelineWatch) -> Bool {
        watch.isMoving || watch.stages.values.contains { episodes[$0]?.phase.deadline != nil }
    }

    mutating func stateRead(_ id: CallID, _ answer: ReadAnswer<StateLook>, _ now: Instant) {
        guard case .aws(.state(let key)) = calls.end(id) else { return }
        heard(answer, from: key.target, of: .look(key), now)
        guard let watch = pipelines[key], case .inFlight(id, let again) = watch.look else {
            return
        }
        pipelines[key]?.look = .none
        switch answer {
        case .read(.unchanged, _):
            isReadable(key, now)
            sayStuck(key, now)
            if isSettled(key) {
                readDefinition(key)
            } else {
                // What was asked for a settled pipeline says nothing to one that no longer is.
                pipelines[key]?.digest = nil
                want(.state(key), .check)
            }
            scheduleLook(key, now)
        case .read(.state(let snapshot, let digest), _):
            seen(key, snapshot, digest, by: id, now)
            scheduleLook(key, now)
        case .failed(let failure): unseen(key, failure, now)
        }
        if again { want(.state(key), .check) }
    }

    /// Whether another look at the same bytes could change nothing: no episode lives.
    ///
    /// What a look showed and was not taken keeps no digest, see ``reconcile(_:_:by:_:)``.
    func isSettled(_ key: PipelineKey) -> Bool {
        guard let watch = pipelines[key] else { return false }
        return watch.stages.values.allSatisfy { ended.contains($0) }
    }

    private mutating func isReadable(_ key: PipelineKey, _ now: Instant) {
        scheduleExecutions(key, now)
        pipelines[key]?.failures = 0
        pipelines[key]?.missingSince = nil
        guard pipelines[key]?.lost != nil else { return }
        pipelines[key]?.lost = nil
        report(.pipelineFound(context(of: key), again: true))
    }

    private mutating func readDefinition(_ key: PipelineKey) {
        guard pipelines[key]?.definition == .unread else { return }
        want(.definition(key), .background)
    }

    private mutating func seen(
        _ key: PipelineKey,
        _ snapshot: PipelineSnapshot,
        _ digest: StateDigest?,
        by id: CallID,
        _ now: Instant
    ) {
        if let doubt = doubt(about: snapshot, of: key, now) {
            let failure = CallFailure(kind: .trouble, operation: "GetPipelineState", message: doubt)
            unseen(key, failure, now)
            return
        }
        isReadable(key, now)
        guard var watch = pipelines[key] else { return }
        if digest == nil || watch.digest != digest {
            watch.digest = digest
            watch.restsSince = now
        }
        watch.isMoving = snapshot.stages.contains { $0.isMoving }
        watch.stageless = nil
        pipelines[key] = watch
        if note(snapshot.edition, of: key) { redecideUnsent(key, now) }
        readDefinition(key)
        guard pipelines[key]?.isUnsupported == false else { return }
        if !reconcile(key, snapshot, by: id, now) { pipelines[key]?.digest = nil }
        notice(key, snapshot, now)
        judgeExecutions(key, snapshot, by: id)
    }

    /// Notes of which pipeline and definition an answer speaks; whether of others than before.
    ///
    /// One that was deleted and created anew begins with version 1 again.
    @discardableResult
    private mutating func note(_ edition: PipelineEdition, of key: PipelineKey) -> Bool {
        guard let watch = pipelines[key] else { return false }
        var isAnother = false
        if let created = edition.created, created != watch.created {
            isAnother = watch.created != nil
            pipelines[key]?.created = created
            // What was listed of the old one is not of this one.
            pipelines[key]?.executions.doubt = nil
        }
        guard isAnother || watch.version != edition.version else { return false }
        pipelines[key]?.version = edition.version
        if isAnother || watch.knownDefinition?.version != edition.version {
            pipelines[key]?.definition = .unread
            pipelines[key]?.isUnsupported = false
        }
        return true
    }

    /// Why an answer can not be the pipeline's state; nil when it can.
    ///
    /// A pipeline has at least two stages, unless it is PARALLEL. A stage goes, and what ran in it,
    /// only by another version of the definition or with the whole pipeline; of what went while
    /// the daemon was down nobody knows the version, so it is believed when it lasts.
    private mutating func doubt(
        about snapshot: PipelineSnapshot,
        of key: PipelineKey,
        _ now: Instant
    ) -> String? {
        guard let watch = pipelines[key], !watch.isUnsupported else { return nil }
        guard !snapshot.stages.isEmpty else {
            suspectParallel(snapshot.edition, of: key, now)
            readDefinition(key)
            return "the answer shows no stages; nothing is concluded from it"
        }
        var isLacking = false
        for (stage, episode) in watch.stages.sorted(by: { $0.key < $1.key }) {
            guard let known = episodes[episode],
                let lack = lack(of: stage, snapshot.stages.first { $0.name == stage })
            else { continue }
            if let edition = known.edition, snapshot.edition.explainsLoss(since: edition) {
                continue
            }
            isLacking = true
            let since = watch.lacksSince ?? now
            pipelines[key]?.lacksSince = since
            // What never comes back is gone, whatever explains it: no wait is without end.
            let bound = known.edition == nil ? Timing.lacking : Timing.goneForSure
            guard now - since < bound else { continue }
            return "the answer \(lack), and no other version of the definition explains it; "
                + "nothing is concluded from it"
        }
        if !isLacking { pipelines[key]?.lacksSince = nil }
        return nil
    }

    /// A pipeline that shows no stages may have been switched to PARALLEL, which only the
    /// definition says; until then the answer's version counts for nothing: it may be no answer.
    private mutating func suspectParallel(
        _ edition: PipelineEdition,
        of key: PipelineKey,
        _ now: Instant
    ) {
        guard let watch = pipelines[key] else { return }
        if edition.version != nil, ![watch.edition, watch.stageless].contains(edition) {
            pipelines[key]?.stageless = edition
            pipelines[key]?.definition = .unread
        } else if watch.definition == .denied, watch.deniedUntil.map({ $0 <= now }) == true {
            pipelines[key]?.definition = .unread
        }
    }

    /// What an answer lacks of a stage that has a live episode; nil for nothing.
    private func lack(of name: StageName, _ shown: StageSnapshot?) -> String? {
        guard let shown else { return "lacks stage \(name)" }
        guard shown.latest == nil else { return nil }
        return "lacks the execution that was in stage \(name)"
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

    mutating func scheduleLook(_ key: PipelineKey, _ now: Instant) {
        guard let watch = pipelines[key] else { return }
        let settles = watch.stages.values.contains { stage in
            switch episodes[stage]?.phase.name {
            case .verifying, .settling: true
            case .resuming, .gathering, .matching, .pending, .deferred, .rechecking, .recording,
                .queued, .calling, .running, .ended, nil:
                false
            }
        }
        let rest = now - watch.restsSince
        let wait = PollPace.wait(isActive: isActive(watch), rest: rest, configuration.poll)
        look(key, at: now + (settles ? min(wait, Timing.effectLook) : wait), now)
    }

    private mutating func unseen(_ key: PipelineKey, _ failure: CallFailure, _ now: Instant) {
        pipelines[key]?.failures += 1
        let failures = pipelines[key]?.failures ?? 1
        switch failure.kind {
        case .notFound: unfound(key, failure, now)
        case .accessDenied: lose(key, .accessDenied, failure, now)
        case .invalid: lose(key, .unreadable, failure, now)
        case .trouble, .unreachable:
            // A target that is not down answers others: then it is the pipeline.
            let isAlone = targets[key.target]?.trouble == nil
            if isAlone, failures >= Timing.unreadableAfter {
                lose(key, .unreadable, failure, now)
            }
        case .throttled, .credentials, .clock: break
        }
        let longest = max(configuration.poll.interval, Timing.failedLookMax)
        // While episodes wait for the word that it is gone, it is not left alone for long.
        let isAwaited = pipelines[key]?.lost == .notFound && !isSettled(key)
        let again = Timing.doubling(Timing.failedLook, times: failures - 1, longest: longest)
        let isLost = pipelines[key]?.lost != nil && !isAwaited
        look(key, at: now + (isLost ? Timing.lost : again), now)
    }

    /// AWS knows no such pipeline: believed after a second look, and its episodes end when that
    /// lasts.
    ///
    /// Keys of another account answer so for every pipeline: while most of a target's are missing,
    /// no episode ends by it.
    private mutating func unfound(_ key: PipelineKey, _ failure: CallFailure, _ now: Instant) {
        // What was listed of it says nothing of one that is created anew under its name.
        pipelines[key]?.executions.doubt = nil
        guard let since = pipelines[key]?.missingSince else {
            pipelines[key]?.missingSince = now
            // One that was never seen is a wrong name: nothing can be lost by saying it at once.
            let isNew = pipelines[key]?.version == nil && pipelines[key]?.stages.isEmpty == true
            if isNew { lose(key, .notFound, failure, now) }
            return
        }
        lose(key, .notFound, failure, now)
        let span = now - since
        guard span >= Timing.goneForSure || span >= Timing.gone && !isMostlyMissing(key.target)
        else { return }
        for episode in (pipelines[key]?.stages.values).map({ $0.sorted() }) ?? [] {
            end(episode, .gone, nil, now)
        }
    }

    private func isMostlyMissing(_ target: TargetName) -> Bool {
        let watched = pipelines.filter { $0.key.target == target }
        let missing = watched.count { $0.value.missingSince != nil }
        return watched.count > 2 && missing * 2 > watched.count
    }

    /// Says once that a pipeline can not be watched.
    mutating func lose(
        _ key: PipelineKey,
        _ loss: PipelineLoss,
        _ failure: CallFailure,
        _ now: Instant
    ) {
        guard pipelines[key] != nil else { return }
        guard pipelines[key]?.lost != loss else { return }
        pipelines[key]?.lost = loss
        report(.pipelineLost(context(of: key), loss, failure))
    }

    mutating func definitionRead(
        _ id: CallID,
        _ answer: ReadAnswer<PipelineDefinition>,
        _ now: Instant
    ) {
        guard case .aws(.definition(let key)) = calls.end(id) else { return }
        heard(answer, from: key.target, now)
        guard var watch = pipelines[key] else { return }
        var mode: ExecutionMode?
        switch answer {
        case .read(let definition, _):
            learn(definition, of: key.target, now)
            if watch.accepts(definition), hasShownStages(definition, of: watch) {
                watch.definition = .read(packed(definition))
                watch.isDenialSaid = false
                if let suspected = watch.stageless, definition.executionMode == .parallel {
                    watch.version = definition.version
                    watch.created = suspected.created ?? watch.created
                }
                // Another answer without stages asks for the definition anew: it may be late.
                watch.stageless = nil
                mode = definition.executionMode
            }
        case .failed(let failure):
            if failure.kind == .accessDenied {
                watch.definition = .denied
                watch.deniedUntil = now + Timing.accessDenied
            }
        }
        pipelines[key] = watch
        // Other trouble passes: who waits for the definition asks again at a deadline of its own.
        guard watch.definition != .unread else { return }
        judgeStages(of: key)
        if mode == .parallel { unsupported(key, now) }
        for episode in watch.stages.values.sorted() { gather(episode, now) }
    }

    /// Whether a definition has the stages that the state of the same version showed.
    private func hasShownStages(_ new: PipelineDefinition, of watch: PipelineWatch) -> Bool {
        watch.stages.allSatisfy { stage, episode in
            new.stages[stage] != nil || episodes[episode]?.edition?.version != new.version
        }
    }

    /// The packed form, shared with every pipeline whose definition is the same but for its name.
    private mutating func packed(_ definition: PipelineDefinition) -> PackedDefinition {
        if definitions.count > 2 * pipelines.count + 64 {
            definitions = Set(
                pipelines.values.compactMap { watch in
                    switch watch.definition {
                    case .read(let packed): packed
                    case .unread, .denied: nil
                    }
                }
            )
        }
        return definitions.insert(PackedDefinition(definition)).memberAfterInsert
    }

    /// A PARALLEL pipeline has no state that could be trusted: it is not acted on, said once.
    private mutating func unsupported(_ key: PipelineKey, _ now: Instant) {
        guard let watch = pipelines[key], !watch.isUnsupported else { return }
        pipelines[key]?.isUnsupported = true
        pipelines[key]?.executions.doubt = nil
        executionReads.remove(key)
        report(.pipelineUnsupported(context(of: key)))
        dropRecalls(of: key)
        for episode in watch.stages.values.sorted() { forget(episode, now) }
    }

    func context(of key: PipelineKey) -> PipelineContext {
        PipelineContext(
            key: key,
            region: targets[key.target]?.target.region ?? "",
            account: targets[key.target]?.account
        )
    }
}

extension TargetWatch {
    /// Takes what a definition says of the account.
    mutating func learn(_ definition: PipelineDefinition) {
        account = definition.account ?? account
        partition = definition.partition ?? partition
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
