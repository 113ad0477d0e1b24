/// Which pipelines are watched: exact names, discovery, reload.
extension Engine {
    /// Takes the targets of the configuration; keeps what is known of those that stay.
    mutating func watchTargets(_ now: Instant) {
        var kept: [TargetName: TargetWatch] = [:]
        for target in configuration.targets {
            var watch =
                targets[target.name]
                ?? TargetWatch(
                    target: target,
                    clock: ServerClock(now: now, wall: hostTime(now))
                )
            watch.target = target
            kept[target.name] = watch
            let ceiling = configuration.poll.maxRate
            if buckets[target.rateGroup] == nil {
                buckets[target.rateGroup] = RateBucket(ceiling: ceiling, now: now)
            }
            buckets[target.rateGroup]?.setCeiling(ceiling, now: now)
        }
        targets = kept
        for target in configuration.targets { watchPipelines(of: target.name, now) }
        forgetUnwatched(now)
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
    }

    /// Watches what the entries of a target name, exactly or by what discovery showed.
    private mutating func watchPipelines(of name: TargetName, _ now: Instant) {
        guard let watch = targets[name] else { return }
        var taken: Set<PipelineName> = []
        for entry in watch.target.pipelines {
            for pipeline in names(of: entry, listed: watch.listed ?? known(to: name))
            where taken.insert(pipeline).inserted {
                let key = PipelineKey(target: name, pipeline: pipeline)
                if pipelines[key] == nil {
                    pipelines[key] = PipelineWatch(key: key, entry: entry)
                    attach(key)
                    looks.set(key, at: now + firstDelay(key))
                } else {
                    pipelines[key]?.entry = entry
                }
            }
        }
    }

    /// What a target watches already: discovery has not answered since the start or reload.
    private func known(to target: TargetName) -> [PipelineName] {
        pipelines.keys.filter { $0.target == target }.map(\.pipeline)
    }

    private func names(of entry: PipelineEntry, listed: [PipelineName]) -> [PipelineName] {
        switch entry.selector {
        case .name(let name): [name]
        case .match(let glob, let except):
            listed.filter { name in
                glob.matches(name.text) && !except.contains { $0.matches(name.text) }
            }
        }
    }

    /// Spreads the first looks over one interval, but lets a small installation see all soon.
    private func firstDelay(_ key: PipelineKey) -> Duration {
        let sharing = configuration.targets.reduce(0) { $0 + $1.pipelines.count }
        guard sharing > Int(configuration.poll.maxRate) else { return .zero }
        var hash = StableHash()
        hash.add(seed)
        hash.add(key.description)
        var random = SplitMix64(seed: hash.value)
        return .saturating(seconds: configuration.poll.interval.seconds * random.uniform())
    }

    /// Drops pipelines that no entry takes any more; their episodes end.
    private mutating func forgetUnwatched(_ now: Instant) {
        for key in pipelines.keys.sorted() where !isWatched(key) {
            for episode in (pipelines[key]?.stages.values).map(Array.init) ?? [] {
                end(episode, .left, .notWatched, now)
            }
            unwant(.state(key))
            unwant(.definition(key))
            looks.remove(key)
            pipelines[key] = nil
        }
    }

    private func isWatched(_ key: PipelineKey) -> Bool {
        guard let watch = targets[key.target] else { return false }
        return watch.target.pipelines.contains { entry in
            switch entry.selector {
            case .name(let name): return name == key.pipeline
            case .match(let glob, let except):
                let isListed = watch.listed?.contains(key.pipeline) ?? true
                return isListed && glob.matches(key.pipeline.text)
                    && !except.contains { $0.matches(key.pipeline.text) }
            }
        }
    }

    /// Ends the ledger's open episodes of pipelines that nothing watches.
    private mutating func closeUnwatched(_ now: Instant) {
        for key in episodes.keys.sorted() where !isWatched(key.pipeline) {
            // It stays in memory, ended: a later file may name its pipeline again.
            end(key, .left, .notWatched, now)
        }
    }

    mutating func pipelinesListed(
        _ id: CallID,
        _ answer: ReadAnswer<[PipelineName]>,
        _ now: Instant
    ) {
        guard case .aws(.list(let name)) = finish(id), targets[name] != nil else { return }
        heard(answer, from: name, now)
        targets[name]?.isListing = false
        switch answer {
        case .read(let listed, _):
            listings.set(name, at: now + Timing.list)
            listingWorked(name, now)
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
        targets[name]?.listed = listed
        watchPipelines(of: name, now)
        loseUnlisted(name, now)
        closeUnwatched(now)
        // The first answer finds everything there is: said in the status, not pipeline by pipeline.
        guard !isFirst else { return }
        for key in pipelines.keys.sorted() where !before.contains(key) {
            report(.pipelineFound(context(of: key), again: false))
        }
    }

    /// A pipeline that discovery found and no longer shows was deleted.
    private mutating func loseUnlisted(_ name: TargetName, _ now: Instant) {
        for key in pipelines.keys.sorted() where key.target == name && !isWatched(key) {
            let failure = CallFailure(
                kind: .notFound,
                operation: "ListPipelines",
                message: "ListPipelines no longer shows it"
            )
            lose(key, .notFound, failure, now)
        }
        forgetUnwatched(now)
    }

    /// A missing permission to list says itself once; other trouble is the target's.
    private mutating func listingFailed(
        _ name: TargetName,
        _ failure: CallFailure,
        _ now: Instant
    ) {
        guard failure.kind == .accessDenied || failure.kind == .invalid,
            var target = targets[name], target.listTrouble == nil
        else { return }
        target.listTrouble = TargetWatch.Trouble(failure: failure, since: now)
        targets[name] = target
        report(.targetDegraded(target.context, failure))
    }

    private mutating func listingWorked(_ name: TargetName, _ now: Instant) {
        guard let target = targets[name], let trouble = target.listTrouble else { return }
        targets[name]?.listTrouble = nil
        report(.targetRecovered(target.context, after: now - trouble.since))
    }

    /// Another configuration: pending retries are decided anew under it.
    mutating func reload(_ new: Configuration, _ now: Instant) {
        configuration = new
        if new.outageHold == nil { endOutages(now) }
        watchTargets(now)
        for name in targets.keys.sorted() where targets[name]?.needsList == true {
            if listings[name] == nil, targets[name]?.isListing == false {
                listings.set(name, at: now)
            }
        }
        for key in pipelines.keys.sorted() {
            if pipelines[key]?.lost == .accessDenied { look(key, at: now, now) }
            for episode in (pipelines[key]?.stages.values).map({ $0.sorted() }) ?? [] {
                redecide(episode, now)
            }
        }
    }
}
