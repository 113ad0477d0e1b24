import Primitives

/// What is watched: targets and pipelines, and when each is polled next.
struct Fleet: Hashable, Sendable {
    /// The targets of the file.
    var targets = Table<TargetName, TargetWatch>()
    /// AWS's clock of a target that a reload removed, once an answer had given its time; nil: no
    /// such target was removed.
    var formerClock: ServerClock?
    /// The pipelines that are watched.
    var pipelines = Table<PipelineKey, PipelineWatch>()
    /// Targets that turned out to share an account and Region.
    var duplicates = DuplicateTargets()
    /// The rate group of each target.
    var groups: [TargetName: RateGroup] = [:]
    /// The definitions in use; pipelines made from one template share theirs.
    var definitions: Set<PackedDefinition> = []
    /// Reports on pipelines beside their episodes; only for pipelines where something lasts.
    var notices: [PipelineKey: PipelineNotices] = [:]
    /// The executions of pipelines that run, or ran, in PARALLEL mode.
    var parallel: [PipelineKey: ParallelWatch] = [:]
    /// Until when nothing is retried in a PARALLEL pipeline, since AWS refused it; a time in
    /// another mode between does not shorten it.
    var refusedUntil: [PipelineKey: Instant] = [:]
    /// The groups of targets reported to have a rate too low for the configured intervals.
    var shortGroups: Set<RateGroup> = []
    /// How many pipelines share each rate.
    var groupSizes: [RateGroup: Int] = [:]

    /// When each pipeline is polled next, except those with a waiting or running poll.
    var polls = DeadlineQueue<PipelineKey>()
    /// When each target's pipelines are listed next.
    var listings = DeadlineQueue<TargetName>()
    /// When each pipeline's executions are listed next.
    var executionReads = DeadlineQueue<PipelineKey>()

    /// When each execution of a PARALLEL pipeline is read next.
    var singleReads = DeadlineQueue<ExecutionKey>()

    /// When the next call is due; nil: nothing is watched.
    var nextDeadline: Instant? {
        earlier(earlier(polls.next, singleReads.next), earlier(listings.next, executionReads.next))
    }

    /// The rate group of a target.
    func group(of name: TargetName) -> RateGroup { groups[name] ?? RateGroup(name.text) }

    /// The episodes that the stages of a pipeline show, or its executions, in order.
    func episodes(of key: PipelineKey) -> [EpisodeKey] {
        let shown = (pipelines[key]?.stages.values).map { $0.sorted() } ?? []
        guard let watch = parallel[key] else { return shown }
        return (shown + watch.episodes).sorted()
    }

    /// Whether a stage or an execution of a pipeline shows an episode.
    func shows(_ key: EpisodeKey) -> Bool {
        pipelines[key.pipeline]?.stages[key.stage] == key
            || parallel[key.pipeline]?.episodes.contains(key) == true
    }

    /// Notes that nothing shows an episode any more.
    mutating func hide(_ key: EpisodeKey) {
        if pipelines[key.pipeline]?.stages[key.stage] == key {
            pipelines[key.pipeline]?.stages[key.stage] = nil
        }
        parallel[key.pipeline]?.episodes.remove(key)
    }

    /// The episodes of a pipeline whose stages are not among these, in the stages' order.
    func episodes(of key: PipelineKey, missingIn names: Set<StageName>) -> [EpisodeKey] {
        guard let place = pipelines.place(of: key),
            !pipelines[at: place].stages.keys.allSatisfy(names.contains)
        else { return [] }
        return pipelines[at: place].stages.filter { !names.contains($0.key) }
            .sorted { $0.key < $1.key }.map(\.value)
    }

    /// AWS's time for a target.
    func time(of target: TargetName, _ turn: FleetTurn) -> WallTime {
        targets.place(of: target).map { targets[at: $0].clock.read(turn.now) }
            ?? turn.host.time(turn.now)
    }

    /// The names that reports give for a pipeline.
    func context(of key: PipelineKey) -> PipelineContext {
        PipelineContext(
            key: key,
            region: targets[key.target]?.target.region ?? "",
            account: targets[key.target]?.account
        )
    }

    /// Drops a pipeline that no entry takes any more.
    mutating func remove(_ key: PipelineKey) {
        polls.remove(key)
        notices[key] = nil
        executionReads.remove(key)
        for execution in parallel[key]?.executions ?? [] {
            singleReads.remove(ExecutionKey(pipeline: key, execution: execution))
        }
        parallel[key] = nil
        refusedUntil[key] = nil
        pipelines[key] = nil
    }
}
