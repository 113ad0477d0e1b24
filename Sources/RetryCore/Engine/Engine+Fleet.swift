import Primitives

/// How the fleet receives events, and how its steps are carried out.
extension Engine {
    /// Lets the fleet take part of an event, and carries out its steps.
    mutating func ask<Result>(
        _ now: Instant,
        _ body: (inout Fleet, inout FleetTurn) -> Result
    ) -> Result {
        let (result, steps) = turn(now, body)
        for step in steps { run(step, now) }
        return result
    }

    /// The turn ends with this function, so that nothing is copied when the steps run.
    private mutating func turn<Result>(
        _ now: Instant,
        _ body: (inout Fleet, inout FleetTurn) -> Result
    ) -> (Result, [FleetStep]) {
        var turn = FleetTurn(
            now: now,
            nextCall: calls.nextID,
            host: host,
            configuration: configuration,
            episodes: episodes
        )
        let result = body(&fleet, &turn)
        return (result, turn.steps)
    }

    private mutating func run(_ step: FleetStep, _ now: Instant) {
        switch step {
        case .report(let report): self.report(report)
        case .ask(let pendingCall, let priority): calls.ask(pendingCall, priority)
        case .withdraw(let pendingCall): calls.withdraw(pendingCall)
        case .shareRates(let groups): calls.watch(groups, configuration.poll, now)
        case .deliver(let key, let input): deliver(key, input, now)
        case .forget(let key): forget(key, now)
        case .abandonDefinitions(let name):
            calls.abandon { $0.isDefinition && $0.target == name }
        case .leave(let name):
            leave(name, now)
            watchTargets(now)
            ask(now) { $0.listAnew(&$1) }
        case .dropRecalls(let key): ledger.drop(of: key)
        }
    }

    /// Asks for a call; it is made when the rate and the number in flight allow.
    mutating func request(_ pendingCall: PendingCall, _ priority: CallPriority) {
        if fleet.admits(pendingCall) { calls.ask(pendingCall, priority) }
    }

    /// Sets when a pipeline is polled next, unless a poll waits or is under way already.
    mutating func poll(_ key: PipelineKey, at instant: Instant, _ now: Instant) {
        ask(now) { $0.poll(key, at: instant, &$1) }
    }

    // MARK: Which targets and pipelines are watched

    /// Sets the first deadlines; the first event does it.
    mutating func start(_ now: Instant) {
        host.isStarted = true
        ask(now) { $0.startListing(&$1) }
        for key in episodes.keys { deliver(key, .resumed, now) }
        endOutdated(now)
        closeUnwatched(now)
        ask(now) { $0.judgeRates(&$1) }
    }

    /// Takes the targets of the configuration.
    mutating func watchTargets(_ now: Instant) {
        for target in configuration.targets
        where fleet.targets[target.name]?.isElsewhere(in: target) == true {
            leave(target.name, now)
        }
        ask(now) { $0.watchTargets(&$1) }
        forgetUnwatched(now)
        guard host.isStarted else { return }
        ask(now) { fleet, turn in
            fleet.judgeDuplicates(&turn)
            fleet.judgeRates(&turn)
        }
    }

    /// Drops pipelines that no entry takes any more; their episodes end.
    private mutating func forgetUnwatched(_ now: Instant) {
        for key in fleet.unwatched { stopWatching(key, now) }
    }

    private mutating func stopWatching(_ key: PipelineKey, _ now: Instant) {
        for episode in fleet.episodes(of: key) {
            deliver(episode, .over(.notRetried, .notWatched), now)
            episodes.ended.remove(episode)
        }
        ledger.dropAll(of: key)
        for pendingCall in PendingCall.all(of: key) { calls.withdraw(pendingCall) }
        for execution in fleet.parallel[key]?.executions ?? [] {
            calls.withdraw(.execution(ExecutionKey(pipeline: key, execution: execution)))
        }
        fleet.remove(key)
    }

    /// A target looks in another Region, account or endpoint: the pipelines of before are not
    /// watched any more, and an answer of before is not of those that have their names now.
    private mutating func leave(_ name: TargetName, _ now: Instant) {
        for key in fleet.known(to: name).sorted() {
            stopWatching(PipelineKey(target: name, pipeline: key), now)
        }
        // Those of the ledger whose pipeline no list has shown yet.
        for episode in episodes.keys where episode.pipeline.target == name {
            deliver(episode, .over(.notRetried, .notWatched), now)
        }
        calls.withdraw(.list(name))
        calls.abandon { $0.target == name }
        fleet.leave(name)
    }

    /// Ends the ledger's open episodes of pipelines that nothing watches.
    private mutating func closeUnwatched(_ now: Instant) {
        for key in fleet.unwatched(of: episodes.keys) {
            // A later file may name its pipeline again: then the ledger knows how it ended.
            deliver(key, .over(.notRetried, .notWatched), now)
        }
    }

    /// Another configuration: pending retries are decided again under it.
    mutating func reload(_ new: Configuration, _ now: Instant) {
        configuration = new
        if new.outageHold == nil { endOutages(now) }
        watchTargets(now)
        // Those of the ledger whose pipeline no list has shown: no pipeline is forgotten for them.
        closeUnwatched(now)
        ask(now) { $0.listAnew(&$1) }
        for key in fleet.pipelines.keys.sorted() {
            if fleet.pipelines[key]?.lost == .accessDenied { poll(key, at: now, now) }
            for episode in fleet.episodes(of: key)
            where episodes.live[episode]?.outlastsReload == false {
                deliver(episode, .reconsider, now)
            }
        }
    }

    /// A target can be reached: its Region is known, and all of it is polled.
    ///
    /// It has recovered with the first successful call.
    mutating func targetPlanned(
        _ name: TargetName,
        region: String,
        rateGroup: RateGroup,
        endpoint: String,
        _ now: Instant
    ) {
        guard let index = configuration.targets.firstIndex(where: { $0.name == name }) else {
            return
        }
        configuration.targets[index].region = region
        configuration.targets[index].rateGroup = rateGroup
        configuration.targets[index].endpoint = endpoint
        watchTargets(now)
        ask(now) { $0.pollAll(of: name, &$1) }
    }

    // MARK: Answers of AWS

    mutating func stateRead(_ id: CallID, _ answer: ReadAnswer<PolledState>, _ now: Instant) {
        guard case .aws(.state(let key)) = calls.end(id) else { return }
        recordAnswer(answer, from: key.target, of: .poll(key), now)
        guard let again = fleet.pollEnded(key, id) else { return }
        if fleet.pipelines[key]?.isParallel == true {
            // The definition said PARALLEL meanwhile: a state shows nothing any more.
            return request(.state(key), .check)
        }
        switch answer {
        case .read(.unchanged, _): ask(now) { $0.unchanged(key, &$1) }
        case .read(.state(let snapshot, let digest), _):
            seen(key, snapshot, digest, by: id, now)
            ask(now) { $0.schedulePoll(key, &$1) }
        case .failed(let failure): unseen(key, failure, now)
        }
        if again { request(.state(key), .check) }
    }

    private mutating func seen(
        _ key: PipelineKey,
        _ snapshot: PipelineSnapshot,
        _ digest: StateDigest?,
        by id: CallID,
        _ now: Instant
    ) {
        if let contradiction = ask(now, { $0.contradiction(in: snapshot, of: key, &$1) }) {
            let failure = CallFailure(
                kind: .serverError,
                operation: .getPipelineState,
                message: contradiction
            )
            return unseen(key, failure, now)
        }
        ask(now) { $0.take(snapshot, digest, of: key, &$1) }
        ask(now) { $0.readDefinition(key, &$1) }
        guard fleet.pipelines[key]?.isParallel == false else { return }
        if !reconcile(key, snapshot, by: id, now) { fleet.pipelines[key]?.digest = nil }
        ask(now) { fleet, turn in
            fleet.notice(key, snapshot, &turn)
            fleet.judgeExecutions(key, snapshot, by: id, &turn)
        }
    }

    mutating func unseen(_ key: PipelineKey, _ failure: CallFailure, _ now: Instant) {
        ask(now) { $0.unseen(key, failure, &$1) }
        ask(now) { $0.pollAfterFailure(key, &$1) }
    }

    mutating func definitionRead(
        _ id: CallID,
        _ answer: ReadAnswer<PipelineDefinition>,
        _ now: Instant
    ) {
        guard case .aws(.definition(let key)) = calls.end(id) else { return }
        recordAnswer(answer, from: key.target, now)
        ask(now) { $0.definitionRead(key, answer, &$1) }
    }

    mutating func executionsListed(
        _ id: CallID,
        _ answer: ReadAnswer<PolledExecutions>,
        _ now: Instant
    ) {
        switch calls.end(id) {
        case .aws(.executions(let key)):
            recordAnswer(answer, from: key.target, now)
            ask(now) { $0.executionsListed(key, answer, &$1) }
        case .aws(.state(let key)): polled(key, answer, by: id, now)
        case .aws, .abandoned, .causes, .patterns, .precedents, .intent, .recall, nil: break
        }
    }

    mutating func pipelinesListed(
        _ id: CallID,
        _ answer: ReadAnswer<[PipelineName]>,
        _ now: Instant
    ) {
        guard case .aws(.list(let name)) = calls.end(id), fleet.targets[name] != nil else { return }
        recordAnswer(answer, from: name, of: .list, now)
        guard fleet.targets[name]?.needsList == true else { return }
        switch answer {
        case .read(let listed, _): discovered(listed, in: name, now)
        case .failed(let failure):
            fleet.listings.set(name, at: now + Timing.failedPollMax)
            ask(now) { $0.listingFailed(name, failure, &$1) }
        }
    }

    private mutating func discovered(
        _ listed: [PipelineName],
        in name: TargetName,
        _ now: Instant
    ) {
        let isFirst = fleet.targets[name]?.listed == nil
        let before = Set(fleet.pipelines.keys)
        ask(now) { fleet, turn in
            fleet.listed(listed, in: name, &turn)
            fleet.loseUnlisted(name, &turn)
        }
        forgetUnwatched(now)
        ask(now) { fleet, turn in
            fleet.judgeDuplicates(&turn)
            fleet.judgeRates(&turn)
            fleet.judgePatterns(of: name, &turn)
            // The first answer finds everything there is: reported in the status, not one by one.
            if !isFirst { fleet.reportFound(since: before, &turn) }
        }
    }
}
