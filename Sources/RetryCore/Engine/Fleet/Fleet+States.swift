import Primitives

/// A pipeline as answers of GetPipelineState show it, before its episodes receive them.
extension Fleet {
    /// The answer has the bytes of the newest one.
    mutating func unchanged(_ key: PipelineKey, _ turn: inout FleetTurn) {
        isReadable(key, &turn)
        reportStuck(key, &turn)
        if isSettled(key, turn.episodes) {
            readDefinition(key, &turn)
        } else {
            // An answer requested for a settled pipeline does not apply to one that no longer is.
            pipelines[key]?.digest = nil
            ask(.state(key), .check, &turn)
        }
        schedulePoll(key, &turn)
    }

    /// Takes a state that can be the pipeline's; returns whether its stages may be processed.
    mutating func take(
        _ snapshot: PipelineSnapshot,
        _ digest: StateDigest?,
        of key: PipelineKey,
        _ turn: inout FleetTurn
    ) {
        isReadable(key, &turn)
        guard let place = pipelines.place(of: key) else { return }
        if digest == nil || pipelines[at: place].digest != digest {
            pipelines[at: place].digest = digest
            pipelines[at: place].restsSince = turn.now
        }
        pipelines[at: place].isMoving = snapshot.stages.contains { $0.isMoving }
        pipelines[at: place].stageless = nil
        guard note(snapshot.edition, of: key) else { return }
        // A decision under an older version of the definition must not be sent.
        for episode in episodes(of: key) where turn.episodes.live[episode]?.isUnsent == true {
            turn.deliver(episode, .reconsider)
        }
    }

    mutating func isReadable(_ key: PipelineKey, _ turn: inout FleetTurn) {
        scheduleExecutions(key, &turn)
        guard let place = pipelines.place(of: key) else { return }
        pipelines[at: place].failures = 0
        pipelines[at: place].missingSince = nil
        guard pipelines[at: place].lost != nil, parallel[key]?.isReadDenied != true else { return }
        // No answer of a PARALLEL pipeline's polls shows that it was made again meanwhile, with
        // version 1: what is known of the former one would make its executions look outdated.
        if pipelines[at: place].lost == .notFound, pipelines[at: place].isParallel {
            pipelines[at: place].definition = .unread
            pipelines[at: place].version = nil
            // Nor does it tell who made this one's retries.
            parallel[key]?.definedAt = nil
        }
        pipelines[at: place].lost = nil
        turn.report(.pipelineFound(context(of: key), again: true))
    }

    mutating func readDefinition(_ key: PipelineKey, _ turn: inout FleetTurn) {
        guard let place = pipelines.place(of: key), pipelines[at: place].definition.isUnread
        else { return }
        ask(.definition(key), .background, &turn)
    }

    /// Notes the pipeline and definition that an answer belongs to; returns whether they are others
    /// than before.
    ///
    /// A pipeline that was deleted and recreated begins with version 1 again.
    private mutating func note(_ edition: PipelineEdition, of key: PipelineKey) -> Bool {
        guard let place = pipelines.place(of: key) else { return false }
        var isAnother = false
        if let created = edition.created, created != pipelines[at: place].created {
            isAnother = pipelines[at: place].created != nil
            pipelines[at: place].created = created
            // Lists of the old pipeline do not apply to this one.
            pipelines[at: place].executions.recheck = nil
        }
        guard isAnother || pipelines[at: place].version != edition.version else { return false }
        pipelines[at: place].version = edition.version
        if isAnother || pipelines[at: place].definition.version != edition.version {
            pipelines[at: place].definition = .unread
        }
        return true
    }

    /// Why an answer cannot be the pipeline's state; nil when it can.
    ///
    /// A pipeline has at least two stages, unless it is PARALLEL. A stage, and what ran in it, is
    /// removed only by another version of the definition or with the whole pipeline; for a removal
    /// while the daemon was down the version is unknown, so it is believed when it lasts.
    mutating func contradiction(
        in snapshot: PipelineSnapshot,
        of key: PipelineKey,
        _ turn: inout FleetTurn
    ) -> String? {
        guard let place = pipelines.place(of: key) else { return nil }
        guard !snapshot.stages.isEmpty else {
            suspectParallel(snapshot.edition, of: key, &turn)
            readDefinition(key, &turn)
            return "the answer shows no stages; the answer is ignored"
        }
        var isLacking = false
        let live = turn.episodes.live
        for (stage, episode) in pipelines[at: place].stages.sorted(by: { $0.key < $1.key }) {
            guard let known = live.place(of: episode).map({ live[at: $0].edition }),
                let lack = lack(of: stage, snapshot.stages.first { $0.name == stage })
            else { continue }
            if let known, snapshot.edition.explainsLoss(since: known) { continue }
            isLacking = true
            let since = pipelines[at: place].lacksSince ?? turn.now
            pipelines[at: place].lacksSince = since
            // A stage that stays missing is eventually treated as removed, so that no wait is
            // endless.
            let bound = known == nil ? Timing.lacking : Timing.knownRemoved
            guard turn.now - since < bound else { continue }
            return "the answer \(lack), although the definition is not known to have changed; "
                + "the answer is ignored"
        }
        if !isLacking { pipelines[at: place].lacksSince = nil }
        return nil
    }

    /// A pipeline that shows no stages may have been switched to PARALLEL, which only the
    /// definition tells; until then the answer's version is ignored, since it may not be a valid
    /// answer.
    mutating func suspectParallel(
        _ edition: PipelineEdition,
        of key: PipelineKey,
        _ turn: inout FleetTurn
    ) {
        guard let watch = pipelines[key] else { return }
        if edition.version != nil, ![watch.edition, watch.stageless].contains(edition) {
            pipelines[key]?.stageless = edition
            pipelines[key]?.definition = .unread
        } else if watch.definition == .denied, watch.deniedUntil.map({ $0 <= turn.now }) == true {
            pipelines[key]?.definition = .unread
        }
    }

    /// What an answer lacks of a stage that has a live episode; nil for nothing.
    func lack(of name: StageName, _ shown: StageSnapshot?) -> String? {
        guard let shown else { return "does not contain stage \(name)" }
        guard shown.latest == nil else { return nil }
        return "does not contain the execution that was in stage \(name)"
    }

    mutating func unseen(_ key: PipelineKey, _ failure: CallFailure, _ turn: inout FleetTurn) {
        guard let place = pipelines.place(of: key) else { return }
        pipelines[at: place].failures += 1
        let failures = pipelines[at: place].failures
        switch failure.kind {
        case .notFound: unfound(key, failure, &turn)
        case .accessDenied: lose(key, .accessDenied, failure, &turn)
        case .invalid: lose(key, .unreadable, failure, &turn)
        case .serverError, .unreachable:
            // The target is up and answers others: the error is the pipeline's.
            let isAlone = targets[key.target]?.degradation == nil
            if isAlone, failures >= Timing.unreadableAfter {
                lose(key, .unreadable, failure, &turn)
            }
        case .throttled, .credentials, .clock: break
        }
    }

    /// When a pipeline is polled again after a failed poll.
    mutating func pollAfterFailure(_ key: PipelineKey, _ turn: inout FleetTurn) {
        guard let place = pipelines.place(of: key) else { return }
        let failures = pipelines[at: place].failures
        let longest = max(turn.configuration.poll.interval, Timing.failedPollMax)
        // While episodes wait for confirmation of the removal, it is polled soon again.
        let isAwaited =
            pipelines[at: place].lost == .notFound && !isSettled(key, turn.episodes)
        let again = Timing.doubling(Timing.failedPoll, times: failures - 1, longest: longest)
        let isLost = pipelines[at: place].lost != nil && !isAwaited
        poll(key, at: turn.now + (isLost ? Timing.lost : again), &turn)
    }

    /// AWS knows no such pipeline: believed after a second poll, and its episodes end when that
    /// lasts.
    ///
    /// Credentials of another account get this answer for every pipeline: while most of a target's
    /// pipelines are missing, no episode ends by it.
    mutating func unfound(_ key: PipelineKey, _ failure: CallFailure, _ turn: inout FleetTurn) {
        // Lists of it do not apply to one that is recreated under its name.
        pipelines[key]?.executions.recheck = nil
        guard let since = pipelines[key]?.missingSince else {
            pipelines[key]?.missingSince = turn.now
            // One that was never seen is a wrong name: nothing can be lost by reporting it at once.
            let isNew =
                pipelines[key]?.version == nil && pipelines[key]?.stages.isEmpty == true
            if isNew { lose(key, .notFound, failure, &turn) }
            return
        }
        lose(key, .notFound, failure, &turn)
        let span = turn.now - since
        guard span >= Timing.knownRemoved || span >= Timing.gone && !isMostlyMissing(key.target)
        else { return }
        for episode in episodes(of: key) { turn.deliver(episode, .over(.removed, nil)) }
    }

    func isMostlyMissing(_ target: TargetName) -> Bool {
        let watched = pipelines.filter { $0.key.target == target }
        let missing = watched.count { $0.value.missingSince != nil }
        return watched.count > 2 && missing * 2 > watched.count
    }

    /// Reports once that a pipeline cannot be watched.
    mutating func lose(
        _ key: PipelineKey,
        _ loss: PipelineLoss,
        _ failure: CallFailure,
        _ turn: inout FleetTurn
    ) {
        guard pipelines[key] != nil else { return }
        guard pipelines[key]?.lost != loss else { return }
        pipelines[key]?.lost = loss
        turn.report(.pipelineLost(context(of: key), loss, failure))
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
