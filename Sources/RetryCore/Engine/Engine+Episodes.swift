import Primitives

/// How episodes receive inputs, and how their steps are carried out.
extension Engine {
    /// Delivers one input to an episode and carries out its steps; returns whether all of it was
    /// taken.
    @discardableResult
    mutating func deliver(_ key: EpisodeKey, _ input: EpisodeInput, _ now: Instant) -> Bool {
        guard episodes.live.place(of: key) != nil else { return true }
        let world = environment(of: key, now)
        guard let steps = episodes.deliver(key, input, world) else { return true }
        var isTaken = true
        for step in steps {
            if case .notTaken = step { isTaken = false } else { run(step, of: key, now) }
        }
        return isTaken
    }

    /// What an episode may know beyond itself.
    func environment(of key: EpisodeKey, _ now: Instant) -> EpisodeEnvironment {
        let target = fleet.targets.place(of: key.pipeline.target)
        let watch = fleet.pipelines.place(of: key.pipeline)
        let policy = watch.map { fleet.pipelines[at: $0].entry.policy(of: key.stage) } ?? .standard
        return EpisodeEnvironment(
            now: now,
            nextCall: calls.nextID,
            seed: host.seed,
            clock: target.map { fleet.targets[at: $0].clock },
            time: target.map { fleet.targets[at: $0].clock.read(now) } ?? host.time(now),
            isTargetDown: target.map { fleet.targets[at: $0].degradation != nil } == true,
            isTargetPaused: target.map { fleet.targets[at: $0].target.paused } == true,
            context: EpisodeContext(
                key: key,
                region: target.map { fleet.targets[at: $0].target.region } ?? "",
                account: target.flatMap { fleet.targets[at: $0].account },
                partition: target.flatMap { fleet.targets[at: $0].partition },
                policy: policy.name
            ),
            policy: policy,
            definition: watch.map { fleet.pipelines[at: $0].definition },
            version: watch.flatMap { fleet.pipelines[at: $0].version },
            isDenialReported: watch.map { fleet.pipelines[at: $0].isDenialReported } == true,
            rival: fleet.rival(of: key.pipeline),
            isParallelRefused: fleet.isParallelRefused(key.pipeline, now),
            holds: holds,
            causes: configuration.causes,
            isDryRun: configuration.dryRun,
            budget: configuration.budget,
            cost: configuration.cost,
            prices: configuration.prices
        )
    }

    private mutating func run(_ step: EpisodeStep, of key: EpisodeKey, _ now: Instant) {
        switch step {
        case .report(let report): self.report(report)
        case .write(let write): output.writes.append(write)
        case .ask(let pendingCall, let priority): self.request(pendingCall, priority)
        case .withdraw(let pendingCall): calls.withdraw(pendingCall)
        case .poll(let instant):
            if episodes.live[key]?.record.isParallel == true {
                fleet.readLater(ExecutionKey(key), at: instant)
            } else {
                poll(key.pipeline, at: instant, now)
            }
        case .refusedInParallel(let failure): refuseParallel(key.pipeline, failure, now)
        case .trace(let id, let requests, let span):
            let effect = Effect.readCauses(id, key, requests, within: span)
            begin(id, .causes(key), within: span, effect, now)
        case .match(let id, let queries):
            begin(id, .patterns(key), within: Timing.write, .matchPatterns(id, queries), now)
        case .compare(let id, let question):
            let effect = Effect.readPrecedents(id, question)
            begin(id, .precedents(key), within: Timing.precedents, effect, now)
        case .record(let id, let intent):
            // At once, so that two episodes decided together do not both take the last of a budget.
            holds.budgets.spend(intent, memory: configuration.budgetMemory)
            begin(id, .intent(key), within: Timing.write, .recordIntent(id, intent), now)
        case .send(let id, let mode):
            begin(id, .aws(.retry(key)), within: Timing.call, .retry(id, key, mode), now)
        case .giveBack(let intent): holds.budgets.giveBack(intent)
        case .charge(let intent, let cost): holds.budgets.correct(intent, to: cost)
        case .decided(let decision, let checked):
            noteOutage(key, now)
            deliver(key, .decided(decision, checked: checked), now)
        case .forgetDefinition: fleet.pipelines[key.pipeline]?.definition = .unread
        case .denialReported: fleet.pipelines[key.pipeline]?.isDenialReported = true
        case .notTaken: break
        case .succeeded: probeRecovered(key, now)
        case .ended: drop(key, now)
        }
    }

    private mutating func begin(
        _ id: CallID,
        _ purpose: Purpose,
        within: Duration,
        _ effect: Effect,
        _ now: Instant
    ) {
        let given = calls.begin(purpose, now, within: within)
        precondition(given == id, "\(purpose) reckoned with \(id), not \(given)")
        output.effects.append(effect)
    }

    /// Begins an episode: a stage was seen to fail, and neither memory nor ledger knows of it.
    mutating func open(_ key: EpisodeKey, _ stage: StageSnapshot, _ now: Instant) {
        let time = serverTime(key.pipeline.target, now)
        let failedAt = stage.actions.filter { $0.status == .failed }
            .compactMap(\.lastStatusChange).max()
        let record = EpisodeRecord(
            key: key,
            firstFailure: failedAt ?? time,
            firstSeen: time,
            foreignRetries: stage.counters.manual,
            isParallel: stage.latest?.historyMode != nil
        )
        show(key, isParallel: record.isParallel, now)
        fleet.pipelines[key.pipeline]?.executions.remember(key.execution)
        var episode = Episode(
            record: record,
            phase: .gathering(since: now, until: now),
            stage: stage
        )
        if record.isParallel {
            fleet.renewDefinition(of: key.pipeline, now)
        } else {
            episode.edition = fleet.pipelines[key.pipeline]?.edition
        }
        episodes.add(episode)
        deliver(key, .began, now)
    }

    /// Makes an episode the one that its stage shows, or one of those that its pipeline's
    /// executions show.
    mutating func show(_ key: EpisodeKey, isParallel: Bool, _ now: Instant) {
        if isParallel {
            fleet.parallel[key.pipeline]?.episodes.insert(key)
            return
        }
        if let older = fleet.pipelines[key.pipeline]?.stages[key.stage] { forget(older, now) }
        fleet.pipelines[key.pipeline]?.stages[key.stage] = key
    }

    /// Keeps nothing of an episode but that it has ended.
    private mutating func drop(_ key: EpisodeKey, _ now: Instant) {
        holds.outages.probeEnded(key, now)
        guard let episode = episodes.live[key] else { return }
        episodes.remove(key)
        // For a stage that no longer shows it, or a pipeline that is not watched, only the ledger
        // keeps the end.
        guard fleet.shows(key) else { return }
        episodes.ended.put(
            key,
            EndedEpisodes.Bare(
                overtakenAfter: episode.overtakenAfter,
                outcome: episode.record.outcome,
                reason: episode.record.reason,
                isFailed: episode.stage.latest?.status == .failed
            )
        )
    }

    /// Drops an episode from memory; the ledger keeps it.
    mutating func forget(_ key: EpisodeKey, _ now: Instant) {
        // An episode whose failure was never reported needs no outcome.
        if episodes.live[key]?.record.lastFailure != nil {
            deliver(key, .over(.notRetried, .modeChanged), now)
        }
        episodes.ended.remove(key)
        calls.withdraw(.evidence(key))
        calls.withdraw(.retry(key))
        fleet.hide(key)
        episodes.remove(key)
    }

    // MARK: Answers to calls of episodes

    mutating func evidenceRead(
        _ id: CallID,
        _ answer: ReadAnswer<[ActionRow]>,
        _ now: Instant
    ) {
        guard case .aws(.evidence(let key)) = calls.end(id) else { return }
        recordAnswer(answer, from: key.pipeline.target, now)
        deliver(key, .evidenceRead(id, answer), now)
    }

    mutating func causesRead(
        _ id: CallID,
        _ answers: [ActionExecutionID: CauseReport],
        _ now: Instant
    ) {
        guard case .causes(let key) = calls.end(id) else { return }
        noteCauses(answers, of: key.pipeline.target)
        deliver(key, .causesRead(id, answers), now)
    }

    /// No answer in time: the decision is the one without it.
    mutating func causesLost(_ id: CallID, _ now: Instant) {
        guard case .causes(let key)? = calls.end(id) else { return }
        let services = episodes.live[key]?.tracing.services(askedBy: id) ?? []
        for service in services.map(\.rawValue).sorted() {
            let limit = configuration.causes.timeout.shortText
            let text = "no answer within \(limit)"
            note(CauseFailure(service: service, kind: .late, text: text), of: key.pipeline.target)
        }
        deliver(key, .causesRead(id, [:]), now)
    }

    /// Reports which services cannot be asked: once, until an answer of theirs comes.
    private mutating func noteCauses(
        _ answers: [ActionExecutionID: CauseReport],
        of target: TargetName
    ) {
        for (_, answer) in answers.sorted(by: { $0.key < $1.key }) {
            fleet.targets[target]?.causeFailures.subtract(answer.answered)
        }
        for (_, answer) in answers.sorted(by: { $0.key < $1.key }) {
            for failure in answer.failures { note(failure, of: target) }
        }
    }

    private mutating func note(_ failure: CauseFailure, of name: TargetName) {
        guard let target = fleet.targets[name], !target.causeFailures.contains(failure.service)
        else { return }
        fleet.targets[name]?.causeFailures.insert(failure.service)
        report(.causeUnavailable(target.context, failure))
    }

    mutating func patternsMatched(
        _ id: CallID,
        _ findings: [PatternQuery: PatternFinding],
        _ now: Instant
    ) {
        guard case .patterns(let key) = calls.end(id) else { return }
        deliver(key, .patternsMatched(id, findings), now)
    }

    mutating func precedentsRead(_ id: CallID, _ found: Precedents?, _ now: Instant) {
        guard case .precedents(let key) = calls.end(id) else { return }
        deliver(key, .precedentsRead(id, found), now)
    }

    mutating func patternsLost(_ id: CallID, _ now: Instant) {
        guard case .patterns(let key)? = calls.end(id) else { return }
        deliver(key, .patternsLost(id), now)
    }

    mutating func intentRecorded(_ id: CallID, _ durability: Durability, _ now: Instant) {
        guard case .intent(let key) = calls.end(id),
            case .recording(id, _, _, _)? = episodes.live[key]?.phase
        else { return }
        switch durability {
        case .durable: ledgerRecovered(now)
        case .failed(let why): ledgerFailed(why, now)
        case .refused, .ended: break
        }
        let isCalling = calls.isCalling(key)
        deliver(key, .intentRecorded(id, durability, isCalling: isCalling), now)
    }

    mutating func retryAnswered(_ id: CallID, _ answer: RetryAnswer, _ now: Instant) {
        guard case .aws(.retry(let key)) = calls.end(id),
            case .calling(id, _, _)? = episodes.live[key]?.phase
        else { return }
        switch answer {
        case .accepted(_, let at): recordSuccess(key.pipeline.target, at: at, now)
        case .refused(_, let failure): failed(key.pipeline.target, failure, now)
        case .unknown: break
        }
        deliver(key, .retryAnswered(id, answer), now)
    }

    // MARK: What a poll shows

    /// Takes each stage that a poll shows.
    ///
    /// - Returns: Whether all of it was taken; otherwise the state must be polled again, even if
    ///   the same bytes come.
    mutating func reconcile(
        _ key: PipelineKey,
        _ snapshot: PipelineSnapshot,
        by id: CallID,
        _ now: Instant
    ) -> Bool {
        let names = Set(snapshot.stages.map(\.name))
        var isWhole = true
        for episode in fleet.episodes(of: key, missingIn: names) {
            isWhole = deliver(episode, .missing(by: id), now) && isWhole
        }
        ledger.drop(of: key, but: names)
        for stage in snapshot.stages {
            isWhole = reconcile(key, stage, by: id, now) && isWhole
        }
        return isWhole
    }

    private mutating func reconcile(
        _ key: PipelineKey,
        _ stage: StageSnapshot,
        by id: CallID,
        _ now: Instant
    ) -> Bool {
        let place = fleet.pipelines.place(of: key)
        let edition = place.map { fleet.pipelines[at: $0].edition }
        if let place, let current = fleet.pipelines[at: place].stages[stage.name] {
            guard deliver(current, .shown(stage, edition, by: id), now) else { return false }
            if current.execution == stage.latest?.id {
                if let latest = stage.latest {
                    episodes.ended.note(current, isFailed: latest.status == .failed)
                }
                ledger.drop(StageKey(pipeline: key, stage: stage.name))
                return true
            }
            guard isOvertaken(current, by: id) else { return false }
        }
        guard let latest = stage.latest else { return true }
        guard latest.status.opensEpisode else {
            ledger.drop(StageKey(pipeline: key, stage: stage.name))
            return true
        }
        // Memory has no episode of a stage but the one above; of others only the ledger knows.
        recall(
            EpisodeKey(pipeline: key, stage: stage.name, execution: latest.id),
            stage,
            now
        )
        return true
    }

    /// Whether two consecutive polls show another execution than that of an ended episode: a single
    /// one may be a stale read.
    ///
    /// An episode superseded by this very poll ended with the call that it asked for, so that no
    /// further poll is needed.
    private mutating func isOvertaken(_ key: EpisodeKey, by id: CallID) -> Bool {
        if let asked = episodes.ended.overtakenAfter(key) { return id >= asked }
        episodes.ended.recheck(key, after: calls.nextID)
        request(.state(key.pipeline), .check)
        return false
    }
}
