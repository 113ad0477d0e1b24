import Primitives

/// Which pipelines are watched: exact names, discovery, reload.
extension Engine {
    /// Takes the targets of the configuration; keeps what is known of those that stay.
    mutating func watchTargets(_ now: Instant) {
        var kept = Table<TargetName, TargetWatch>()
        for target in configuration.targets {
            var watch =
                targets[target.name]
                ?? TargetWatch(
                    target: target,
                    clock: ServerClock(now: now, wall: hostTime(now))
                )
            if !watch.take(target) { forgetDefinitions(of: target.name) }
            kept[target.name] = watch
        }
        targets = kept
        findTwins(now)
        for target in configuration.targets { watchPipelines(of: target.name, now) }
        forgetUnwatched(now)
        if isStarted { judgeTwins(now) }
        if isStarted { judgeRates() }
    }

    /// What another account or endpoint showed of a target's pipelines is read anew.
    private mutating func forgetDefinitions(of name: TargetName) {
        for key in pipelines.keys where key.target == name {
            pipelines[key]?.definition = .unread
        }
    }

    /// Says the first deadlines; the first event does it.
    mutating func start(_ now: Instant) {
        isStarted = true
        for target in configuration.targets where targets[target.name]?.needsList == true {
            listings.set(target.name, at: now)
        }
        doubtOpenIntents()
        endOutdated(now)
        closeUnwatched(now)
        judgeRates()
    }

    /// Watches what the entries of a target name, exactly or by what discovery showed.
    private mutating func watchPipelines(of name: TargetName, _ now: Instant) {
        guard let watch = targets[name] else { return }
        let roster = Roster(watch)
        var names = Set(roster.names)
        // Discovery has not answered since the start or reload: what is watched stays.
        if roster.needsList { names.formUnion(watch.listed ?? known(to: name)) }
        var new: [PipelineKey] = []
        for pipeline in names {
            guard let entry = roster.entry(of: pipeline) else { continue }
            let key = PipelineKey(target: name, pipeline: pipeline)
            if pipelines[key] == nil {
                pipelines[key] = PipelineWatch(entry, now: now)
                new.append(key)
            } else {
                pipelines[key]?.entry = entry
                judgeStages(of: key)
            }
        }
        attachLedger(to: Set(new))
        for key in new { looks.set(key, at: onGrid(now + firstDelay(key))) }
    }

    private func known(to target: TargetName) -> [PipelineName] {
        pipelines.keys.filter { $0.target == target }.map(\.pipeline)
    }

    /// Spreads the first looks over one interval, but lets a small installation see all soon.
    func firstDelay(_ key: PipelineKey) -> Duration {
        guard pipelines.count > Int(configuration.poll.maxRate) else { return .zero }
        return .saturating(seconds: configuration.poll.interval.seconds * share(of: key))
    }

    /// Where a pipeline has its place in an interval, from 0 up to 1: the same in every run.
    func share(of key: PipelineKey) -> Double {
        var hash = StableHash()
        hash.add(seed)
        hash.add(key.description)
        var random = SplitMix64(seed: hash.value)
        return random.uniform()
    }

    /// Drops pipelines that no entry takes any more; their episodes end.
    private mutating func forgetUnwatched(_ now: Instant) {
        for key in unwatched.sorted() {
            for episode in (pipelines[key]?.stages.values).map({ $0.sorted() }) ?? [] {
                end(episode, .left, .notWatched, now)
                ended.remove(episode)
            }
            dropRecalls(of: key)
            calls.withdraw(.state(key))
            calls.withdraw(.definition(key))
            calls.withdraw(.executions(key))
            looks.remove(key)
            notices[key] = nil
            executionReads.remove(key)
            pipelines[key] = nil
        }
    }

    private var rosters: [TargetName: Roster] {
        Dictionary(uniqueKeysWithValues: targets.map { ($0.key, Roster($0.value)) })
    }

    /// The pipelines that no entry takes any more.
    private var unwatched: [PipelineKey] {
        let rosters = rosters
        return pipelines.keys.filter { rosters[$0.target]?.entry(of: $0.pipeline) == nil }
    }

    /// Ends the ledger's open episodes of pipelines that nothing watches.
    private mutating func closeUnwatched(_ now: Instant) {
        let rosters = rosters
        for key in episodes.keys.sorted()
        where rosters[key.pipeline.target]?.entry(of: key.pipeline.pipeline) == nil {
            // A later file may name its pipeline again: then the ledger knows how it ended.
            end(key, .left, .notWatched, now)
        }
    }

    mutating func pipelinesListed(
        _ id: CallID,
        _ answer: ReadAnswer<[PipelineName]>,
        _ now: Instant
    ) {
        guard case .aws(.list(let name)) = calls.end(id), targets[name] != nil else { return }
        heard(answer, from: name, of: .list, now)
        guard targets[name]?.needsList == true else { return }
        switch answer {
        case .read(let listed, _):
            discovered(listed, in: name, now)
        case .failed(let failure):
            listings.set(name, at: now + Timing.failedLookMax)
            listingFailed(name, failure, now)
        }
    }

    private mutating func discovered(
        _ listed: [PipelineName],
        in name: TargetName,
        _ now: Instant
    ) {
        let isFirst = targets[name]?.listed == nil
        let before = Set(pipelines.keys)
        let missing = unlisted(listed, in: name)
        targets[name]?.listed = listed + missing
        judgeList(listed.count, missing.count, of: name, now)
        for pipeline in missing {
            look(PipelineKey(target: name, pipeline: pipeline), at: now, now)
        }
        watchPipelines(of: name, now)
        loseUnlisted(name, now)
        closeUnwatched(now)
        judgeTwins(now)
        judgeRates()
        judgePatterns(of: name)
        // The first answer finds everything there is: said in the status, not pipeline by pipeline.
        guard !isFirst else { return }
        for key in pipelines.keys.sorted() where !before.contains(key) {
            report(.pipelineFound(context(of: key), again: false))
        }
    }

    /// The known pipelines that a list no longer shows, but for those that AWS says are gone.
    ///
    /// A list may be late or cut short: a pipeline is watched until its own look says so too, and
    /// its episodes have ended by that.
    private func unlisted(_ listed: [PipelineName], in name: TargetName) -> [PipelineName] {
        // After a start nothing is known but what the ledger's open episodes name.
        let open = liveEpisodes.map(\.pipeline).filter { $0.target == name }.map(\.pipeline)
        let known = targets[name]?.listed ?? open
        return Set(known).subtracting(listed).sorted().filter { pipeline in
            let key = PipelineKey(target: name, pipeline: pipeline)
            return pipelines[key]?.lost != .notFound || !isSettled(key)
        }
    }

    /// A list that lost most of the known names is asked for again soon, and said when that lasts.
    private mutating func judgeList(
        _ shown: Int,
        _ missing: Int,
        of name: TargetName,
        _ now: Instant
    ) {
        guard missing > shown, var target = targets[name] else {
            targets[name]?.partialLists = 0
            listings.set(name, at: now + Timing.list)
            listingWorked(name, now)
            return
        }
        target.partialLists += 1
        targets[name] = target
        let wait = Timing.doubling(
            Timing.failedLook,
            times: target.partialLists - 1,
            longest: Timing.failedLookMax
        )
        listings.set(name, at: now + wait)
        guard target.partialLists >= Timing.partialLists else { return }
        let failure = CallFailure(
            kind: .trouble,
            operation: "ListPipelines",
            message: "the answer shows \(shown) pipelines and lacks \(missing) that are watched; "
                + "they go on being watched"
        )
        listingTroubled(name, failure, now)
    }

    /// A pipeline that discovery found and no longer shows, and that AWS says is gone, was deleted.
    private mutating func loseUnlisted(_ name: TargetName, _ now: Instant) {
        for key in unwatched.sorted() where key.target == name {
            let failure = CallFailure(
                kind: .notFound,
                operation: "ListPipelines",
                message: "ListPipelines no longer shows it"
            )
            lose(key, .notFound, failure, now)
        }
        forgetUnwatched(now)
    }

    /// A missing permission to list says itself once, and so does a list that fails again and
    /// again while the target answers; all else is the target's.
    private mutating func listingFailed(
        _ name: TargetName,
        _ failure: CallFailure,
        _ now: Instant
    ) {
        targets[name]?.listFailures += 1
        guard let target = targets[name], target.trouble == nil else { return }
        switch failure.kind {
        case .accessDenied, .invalid, .notFound: break
        case .trouble, .unreachable, .throttled:
            guard target.listFailures >= Timing.unreadableAfter else { return }
        case .credentials, .clock: return
        }
        listingTroubled(name, failure, now)
    }

    private mutating func listingTroubled(
        _ name: TargetName,
        _ failure: CallFailure,
        _ now: Instant
    ) {
        guard var target = targets[name], target.listTrouble == nil else { return }
        target.listTrouble = TargetWatch.Trouble(failure: failure, since: now)
        targets[name] = target
        report(.targetDegraded(target.context, failure))
    }

    private mutating func listingWorked(_ name: TargetName, _ now: Instant) {
        targets[name]?.listFailures = 0
        guard let target = targets[name], let trouble = target.listTrouble else { return }
        targets[name]?.listTrouble = nil
        report(.targetRecovered(target.context, after: now - trouble.since))
    }

    /// The file names every pipeline of the target now: its lists, and what was said of them, end.
    private mutating func stopListing(_ name: TargetName, _ now: Instant) {
        listings.remove(name)
        calls.withdraw(.list(name))
        targets[name]?.partialLists = 0
        listingWorked(name, now)
    }

    /// Another configuration: pending retries are decided anew under it.
    mutating func reload(_ new: Configuration, _ now: Instant) {
        configuration = new
        if new.outageHold == nil { endOutages(now) }
        watchTargets(now)
        for name in targets.keys.sorted() {
            if targets[name]?.needsList == false {
                stopListing(name, now)
            } else if listings[name] == nil {
                listings.set(name, at: now)
            }
        }
        for key in pipelines.keys.sorted() {
            if pipelines[key]?.lost == .accessDenied { look(key, at: now, now) }
            for episode in (pipelines[key]?.stages.values).map({ $0.sorted() }) ?? []
            where episodes[episode]?.outlastsReload == false {
                redecide(episode, now)
            }
        }
    }
}
