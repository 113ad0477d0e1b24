import Primitives

/// What is watched: targets and pipelines, and when each is asked for next.
struct Fleet: Hashable, Sendable {
    /// The targets of the file.
    var targets = Table<TargetName, TargetWatch>()
    /// The pipelines that are watched.
    var pipelines = Table<PipelineKey, PipelineWatch>()
    /// Targets that turned out to be one account and Region.
    var twins = Twins()
    /// What shares each target's rate.
    var groups: [TargetName: String] = [:]
    /// The definitions that watches hold; pipelines made by one template share theirs.
    var definitions: Set<PackedDefinition> = []
    /// What was said of pipelines beside their episodes; only of those where something lasts.
    var notices: [PipelineKey: PipelineNotices] = [:]
    /// The groups of targets whose rate does not allow the intervals of the file, as said.
    var shortGroups: Set<String> = []
    /// How many pipelines share each rate.
    var groupSizes: [String: Int] = [:]

    /// When each pipeline is looked at next, but for those that wait for it or are asked.
    var polls = DeadlineQueue<PipelineKey>()
    /// When each target's pipelines are listed next.
    var listings = DeadlineQueue<TargetName>()
    /// When each pipeline's executions are listed next.
    var executionReads = DeadlineQueue<PipelineKey>()

    /// When something is to be asked next; nil: nothing is watched.
    var nextDeadline: Instant? {
        earlier(polls.next, earlier(listings.next, executionReads.next))
    }

    /// What shares a target's rate.
    func group(of name: TargetName) -> String { groups[name] ?? name.text }

    /// The episodes that the stages of a pipeline show, in order.
    func episodes(of key: PipelineKey) -> [EpisodeKey] {
        (pipelines[key]?.stages.values).map { $0.sorted() } ?? []
    }

    /// AWS's time for a target.
    func time(of target: TargetName, _ turn: FleetTurn) -> WallTime {
        targets[target]?.clock.read(turn.now) ?? turn.host.time(turn.now)
    }

    /// What reports say of a pipeline's place.
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
        pipelines[key] = nil
    }
}
