import RetryCore

/// What the config file names, and what it no longer does.
extension Oracle {
    /// A call is for a target and a pipeline that the config file names.
    mutating func judgeScope(of effect: Effect, _ configuration: Configuration) {
        switch effect {
        case .readState(_, let key, _), .readDefinition(_, let key), .readEvidence(_, let key, _),
            .listExecutions(_, let key, _, _), .readExecution(_, let key, _):
            if !configuration.names(key) { blame(.scope, "\(key)") }
        case .retry(_, let key, _), .readCauses(_, let key, _, _):
            if !configuration.names(key.pipeline) { blame(.scope, "\(key)") }
        case .readPrecedents(_, let question):
            if !configuration.names(question.episode.pipeline) {
                blame(.scope, "\(question.episode)")
            }
        case .listPipelines(_, let target):
            if !configuration.discovers(target) { blame(.scope, "the list of \(target)") }
        case .matchPatterns, .recall, .recordIntent, .record, .report: break
        }
    }

    /// Of what the config file no longer names only the end is reported.
    mutating func judgeScope(
        of report: Report,
        at time: Int64,
        _ configuration: Configuration
    ) {
        let key: PipelineKey? =
            switch report {
            case .stageFailed(let context, _), .retryScheduled(let context, _, _),
                .retryDeferred(let context, _, _, _, _, _), .retrySent(let context, _, _),
                .retryAccepted(let context, _, _), .retryRefused(let context, _, _, _),
                .retryUnknown(let context, _, _), .retryWithoutEffect(let context, _),
                .retryCost(let context, _, _, _),
                .wouldRetry(let context, _, _), .stageRecovered(let context, _, _),
                .retriesExhausted(let context, _, _, _), .stageSuperseded(let context, _, _),
                .stageRemoved(let context, _):
                context.key.pipeline
            case .pipelineFound(let context, _), .pipelineLost(let context, _, _),
                .parallelRefused(let context, _), .stagesUnmatched(let context, _, _),
                .sourceFailed(let context, _, _), .stageStuck(let context, _, _, _, _),
                .executionFailed(let context, _, _):
                context.key
            case .started, .stopping, .configLoaded, .configRejected, .targetDegraded,
                .targetRecovered, .targetDuplicate, .targetDistinct, .ledgerDegraded,
                .ledgerRecovered, .patternUnmatched, .executionsDenied, .throttled,
                .causeUnavailable, .throttlingOver, .pollingSlowed, .pollingKept, .retrySettled,
                .stageNotRetried,
                .outageHold, .outageOver, .paused, .resumed:
                nil
            }
        guard let key, !configuration.names(key) else { return }
        // What was due when the reload came is reported first.
        if former?.until != time || former?.configuration.names(key) != true {
            blame(.unwatched, "\(report.kind.rawValue) of \(key)")
        }
    }

    /// Whether this process cannot know that a target reaches other pipelines than before: the
    /// config file was changed before it began.
    func isUnknowable(_ key: EpisodeKey) -> Bool {
        movedAt[key.pipeline.target].map { $0 <= startedAt } ?? false
    }

    /// Whether a reload of this moment moved the target: of an episode that only the ledger knew,
    /// nobody can tell whether the place before was its own.
    func isMoving(_ key: EpisodeKey, at time: Int64) -> Bool {
        movedAt[key.pipeline.target] == time
    }

    // MARK: Since when a pipeline is to be polled

    /// Pipelines that the old file did not name, or named otherwise, are polled from now on;
    /// `isDue` tells whether the engine had something else to do at that moment.
    mutating func reloaded(
        from old: Configuration,
        to new: Configuration,
        _ keys: [PipelineKey],
        isDue: Bool,
        at time: Int64
    ) {
        upheavals += 1
        former = isDue ? (old, time) : nil
        for target in new.targets {
            let place = old.place(of: target.name)
            let group = place.map { old.targets[$0].rateGroup }
            let hasMoved = Place(of: target.name, old) != Place(of: target.name, new)
            if place != nil, hasMoved || group != target.rateGroup {
                readings.forgetDefinitions(of: target.name, at: time)
            }
        }
        for key in keys {
            let hasMoved = Place(of: key.target, old) != Place(of: key.target, new)
            if hasMoved { movedAt[key.target] = time }
            // What is not watched any more is forgotten.
            if hasMoved || !new.names(key) { histories.refusedAt[key] = nil }
            if hasMoved || new.place(of: key.target) == nil { causes.forget(key.target) }
            let isFound = old.discovers(key.target)
            if hasMoved || !old.names(key) || isFound != new.discovers(key.target) {
                // What only a pattern takes from now on must be discovered first.
                let isKnown = new.spells(key) || old.spells(key) && !hasMoved
                polledAt[key] = isKnown ? time : nil
                missing.remove(key)
            }
        }
    }

    /// A pipeline is created, or recreated after a while: if the daemon lists pipelines, the
    /// earlier one may have been dropped, and this one is still to be discovered.
    mutating func created(_ key: PipelineKey?, at time: Int64, _ configuration: Configuration) {
        guard let key else { return }
        missing.remove(key)
        histories.remade.insert(key)
        polledAt[key] = configuration.discovers(key.target) ? nil : time
    }

    // MARK: Limits of what another target has

    /// All that is known of one stage execution, whichever target had it.
    func kin(of key: EpisodeKey) -> [Case] {
        cases.compactMap { other, state in
            other.execution == key.execution && other.stage == key.stage ? state : nil
        }
    }

    /// A failure shows for the first time under its target: the retries that the daemon made under
    /// another one are those of the same stage execution.
    mutating func begin(_ key: EpisodeKey) {
        cases[key] = Case(effective: kin(of: key).map(\.effective).max() ?? 0)
    }

    /// A call took effect that was sent at a time: its target knows of it, unless the ledger was
    /// lost since.
    mutating func tookEffect(
        _ call: CallID,
        _ key: EpisodeKey,
        sentAt: Int64,
        at time: Int64
    ) {
        let isKnown = cases[key]?.sent.contains { $0.call == call && $0.at == sentAt } == true
        if isKnown { cases[key]?.own += 1 }
        let kin = cases.keys.filter { $0.execution == key.execution && $0.stage == key.stage }
        // Minutes after its target lost the pipeline to another one, or its process the ledger,
        // nobody can know of it before AWS counts it.
        let hasMoved = kin.count > 1 && cases[key].map { $0.outcomes > 0 } == true
        guard hasMoved || !isKnown else { return }
        for place in kin { cases[place]?.strays.append(time) }
    }

    /// No retry is decided beyond the limit of the config file of that moment.
    mutating func judgeLimit(_ intent: Intent, _ state: Case, _ policy: StagePolicy) {
        let key = intent.episode
        let counted = shown(key)?.stages[key.stage]
            .flatMap { $0.execution == key.execution ? $0.manualRetries : nil }
        let spent = max(state.own, counted ?? 0)
        if spent >= policy.maxTotalRetries {
            blame(.limit, "\(spent) retries of \(key) are made, allowed \(policy.maxTotalRetries)")
        }
    }
}

extension Oracle.Case {
    /// A retry is decided by a state that was requested then, and a minute old at most: what took
    /// effect before is counted in it.
    mutating func decided(by askedAt: Int64) {
        strays.removeAll { $0 < askedAt - 60_000 }
    }
}

extension Configuration {
    /// Whether an entry has a pipeline's very name.
    fileprivate func spells(_ key: PipelineKey) -> Bool {
        place(of: key.target).map { place in
            targets[place].pipelines.contains { $0.selector == .name(key.pipeline) }
        } ?? false
    }
}
