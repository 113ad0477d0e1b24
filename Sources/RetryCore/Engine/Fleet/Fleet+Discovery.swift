import Primitives

/// Which targets and pipelines are watched: exact names, discovery, reload.
extension Fleet {
    /// Takes the targets of the configuration; keeps the state of those that remain.
    mutating func watchTargets(_ turn: inout FleetTurn) {
        var kept = Table<TargetName, TargetWatch>()
        for target in turn.configuration.targets {
            var watch =
                targets[target.name]
                ?? TargetWatch(
                    target: target,
                    clock: ServerClock(now: turn.now, wall: turn.host.time(turn.now))
                )
            // The last list may lack what a pattern takes over from a name.
            let known = known(to: target.name).filter { watch.listed?.contains($0) == false }
            watch.listed? += known.filter { isAnswered($0, of: target.name) }
            if !watch.take(target) { forgetDefinitions(of: target.name, &turn) }
            kept[target.name] = watch
        }
        let former = targets.keys.sorted().filter { kept[$0] == nil }
            .compactMap { targets[$0]?.clock }
        formerClock = former.first { $0.isConfirmed } ?? formerClock
        targets = kept
        findDuplicates(&turn)
        for target in turn.configuration.targets { watchPipelines(of: target.name, &turn) }
    }

    /// Definitions that came from another account or endpoint are read again.
    ///
    /// A definition under way may still be of the account before.
    private mutating func forgetDefinitions(of name: TargetName, _ turn: inout FleetTurn) {
        turn.add(.abandonDefinitions(name))
        for key in pipelines.keys where key.target == name {
            pipelines[key]?.definition = .unread
        }
    }

    /// Begins to list the pipelines of targets that need it.
    mutating func startListing(_ turn: inout FleetTurn) {
        for target in turn.configuration.targets where targets[target.name]?.needsList == true {
            listings.set(target.name, at: turn.now)
        }
    }

    /// Lists the pipelines of targets that need it from now on, and of no others.
    mutating func listAnew(_ turn: inout FleetTurn) {
        for name in targets.keys.sorted() {
            if targets[name]?.needsList == false {
                stopListing(name, &turn)
            } else if listings[name] == nil {
                listings.set(name, at: turn.now)
            }
        }
    }

    /// Watches the pipelines that the entries of a target name, exactly or by pattern.
    mutating func watchPipelines(of name: TargetName, _ turn: inout FleetTurn) {
        guard let watch = targets[name] else { return }
        let matcher = PipelineMatcher(watch)
        var names = Set(matcher.names)
        // Discovery has not answered since the start or reload: the watched pipelines stay.
        if matcher.needsList { names.formUnion(watch.listed ?? known(to: name)) }
        var new: [PipelineKey] = []
        for pipeline in names {
            guard let entry = matcher.entry(of: pipeline) else { continue }
            let key = PipelineKey(target: name, pipeline: pipeline)
            if pipelines[key] == nil {
                pipelines[key] = PipelineWatch(entry, now: turn.now)
                new.append(key)
            } else {
                pipelines[key]?.entry = entry
                judgeStages(of: key, &turn)
            }
        }
        attachLedger(to: Set(new), turn.episodes, turn.now)
        for key in new { polls.set(key, at: onGrid(turn.now + firstDelay(key, turn), turn)) }
    }

    /// Whether AWS has the pipeline, as far as polls tell.
    private func isAnswered(_ pipeline: PipelineName, of target: TargetName) -> Bool {
        let watch = pipelines[PipelineKey(target: target, pipeline: pipeline)]
        return watch?.missingSince == nil && watch?.lost != .notFound
    }

    /// Forgets what is known of a target that reaches other pipelines now, except its errors.
    mutating func leave(_ name: TargetName) {
        targets[name]?.listed = nil
        targets[name]?.partialLists = 0
        targets[name]?.executionsDeniedUntil = nil
        listings.remove(name)
    }

    func known(to target: TargetName) -> [PipelineName] {
        pipelines.keys.filter { $0.target == target }.map(\.pipeline)
    }

    private var matchers: [TargetName: PipelineMatcher] {
        Dictionary(uniqueKeysWithValues: targets.map { ($0.key, PipelineMatcher($0.value)) })
    }

    /// The pipelines that no entry takes any more, in order.
    var unwatched: [PipelineKey] {
        let matchers = matchers
        return pipelines.keys.filter { matchers[$0.target]?.entry(of: $0.pipeline) == nil }.sorted()
    }

    /// Gives newly found pipelines their open episodes.
    mutating func attachLedger(to found: Set<PipelineKey>, _ episodes: Episodes, _ now: Instant) {
        for key in episodes.live.keys where found.contains(key.pipeline) {
            if episodes.live[key]?.record.isParallel == true {
                adopt(key, at: now)
            } else {
                pipelines[key.pipeline]?.stages[key.stage] = key
            }
        }
    }

    /// Of these episodes, those of pipelines that no entry takes.
    func unwatched(of keys: [EpisodeKey]) -> [EpisodeKey] {
        let matchers = matchers
        return keys.filter {
            matchers[$0.pipeline.target]?.entry(of: $0.pipeline.pipeline) == nil
        }
    }

    /// Takes the pipelines that ListPipelines shows of a target.
    mutating func listed(
        _ listed: [PipelineName],
        in name: TargetName,
        _ turn: inout FleetTurn
    ) {
        let missing = unlisted(listed, in: name, turn)
        targets[name]?.listed = listed + missing
        judgeList(listed.count, missing.count, of: name, &turn)
        for pipeline in missing {
            poll(PipelineKey(target: name, pipeline: pipeline), at: turn.now, &turn)
        }
        watchPipelines(of: name, &turn)
    }

    /// Reports which pipelines were found, except those known before.
    func reportFound(since before: Set<PipelineKey>, _ turn: inout FleetTurn) {
        for key in pipelines.keys.sorted() where !before.contains(key) {
            turn.report(.pipelineFound(context(of: key), again: false))
        }
    }

    /// The known pipelines that a list no longer shows, except those that AWS reports as removed.
    ///
    /// A list may be late or cut short: a pipeline is watched until its own poll reports the same,
    /// which ends its episodes.
    func unlisted(
        _ listed: [PipelineName],
        in name: TargetName,
        _ turn: FleetTurn
    ) -> [PipelineName] {
        // Before the first list only what the ledger's open episodes name is known, and what was
        // watched by name.
        let open = turn.episodes.keys.map(\.pipeline).filter { $0.target == name }.map(\.pipeline)
        let seen = known(to: name).filter {
            pipelines[PipelineKey(target: name, pipeline: $0)]?.version != nil
        }
        let known = targets[name]?.listed ?? open + seen
        return Set(known).subtracting(listed).sorted().filter { pipeline in
            let key = PipelineKey(target: name, pipeline: pipeline)
            return pipelines[key]?.lost != .notFound || !isSettled(key, turn.episodes)
        }
    }

    /// A list missing most known names is requested again soon, and reported if that persists.
    mutating func judgeList(
        _ shown: Int,
        _ missing: Int,
        of name: TargetName,
        _ turn: inout FleetTurn
    ) {
        guard missing > shown, var target = targets[name] else {
            targets[name]?.partialLists = 0
            listings.set(name, at: turn.now + Timing.list)
            listingSucceeded(name, &turn)
            return
        }
        target.partialLists += 1
        targets[name] = target
        let wait = Timing.doubling(
            Timing.failedPoll,
            times: target.partialLists - 1,
            longest: Timing.failedPollMax
        )
        listings.set(name, at: turn.now + wait)
        guard target.partialLists >= Timing.partialLists else { return }
        let failure = CallFailure(
            kind: .serverError,
            operation: .listPipelines,
            message: "the answer lists \(shown) pipelines, but not \(missing) that are watched; "
                + "those stay watched"
        )
        degradeListing(name, failure, &turn)
    }

    /// A pipeline that discovery no longer shows, and that AWS reports as not found, was deleted.
    mutating func loseUnlisted(_ name: TargetName, _ turn: inout FleetTurn) {
        for key in unwatched where key.target == name {
            let failure = CallFailure(
                kind: .notFound,
                operation: .listPipelines,
                message: "ListPipelines no longer shows it"
            )
            lose(key, .notFound, failure, &turn)
        }
    }

    /// A missing permission to list is reported separately, and so is a list that keeps failing
    /// while the target answers; all other errors are the target's.
    mutating func listingFailed(
        _ name: TargetName,
        _ failure: CallFailure,
        _ turn: inout FleetTurn
    ) {
        targets[name]?.listFailures += 1
        guard let target = targets[name], target.degradation == nil else { return }
        switch failure.kind {
        case .accessDenied, .invalid, .notFound: break
        case .serverError, .unreachable, .throttled:
            guard target.listFailures >= Timing.unreadableAfter else { return }
        case .credentials, .clock: return
        }
        degradeListing(name, failure, &turn)
    }

    mutating func degradeListing(
        _ name: TargetName,
        _ failure: CallFailure,
        _ turn: inout FleetTurn
    ) {
        guard var target = targets[name], target.listDegradation == nil else { return }
        target.listDegradation = TargetWatch.Degradation(failure: failure, since: turn.now)
        targets[name] = target
        turn.report(.targetDegraded(target.context, failure))
    }

    mutating func listingSucceeded(_ name: TargetName, _ turn: inout FleetTurn) {
        targets[name]?.listFailures = 0
        guard let target = targets[name], let degradation = target.listDegradation else { return }
        targets[name]?.listDegradation = nil
        turn.report(.targetRecovered(target.context, after: turn.now - degradation.since))
    }

    /// The configuration now names every pipeline of the target exactly: its lists end, and so does
    /// what was reported of them.
    mutating func stopListing(_ name: TargetName, _ turn: inout FleetTurn) {
        listings.remove(name)
        turn.add(.withdraw(.list(name)))
        targets[name]?.partialLists = 0
        // A later list must not be compared with what this one showed, perhaps hours before.
        targets[name]?.listed = nil
        listingSucceeded(name, &turn)
    }

    /// A target can be reached: all of it is polled.
    mutating func pollAll(of name: TargetName, _ turn: inout FleetTurn) {
        for key in pipelines.keys.sorted() where key.target == name {
            pipelines[key]?.failures = 0
            poll(key, at: turn.now + firstDelay(key, turn), &turn)
        }
        if targets[name]?.needsList == true { listings.set(name, at: turn.now) }
    }
}
