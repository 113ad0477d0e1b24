import Primitives

/// What the engine keeps of one pipeline: about two hundred bytes and its definition.
struct PipelineWatch: Hashable, Sendable {
    /// The entry of the config file that took it.
    var entry: PipelineEntry
    /// The definition as far as it is known.
    var definition = KnownDefinition.unread
    /// The edition in answers without stages since the newest state: only the definition tells
    /// whether it is correct.
    var stageless: PipelineEdition?
    /// When a denied definition is requested again where no episode does it.
    var deniedUntil: Instant?
    /// The denied definition was reported as an error.
    var isDenialReported = false
    /// The configured stages that were reported as missing from the pipeline.
    var unmatched: Set<StageName> = []
    /// The version of the newest state.
    var version: Int?
    /// When the pipeline of the newest state was created.
    var created: WallTime?
    /// Why it cannot be watched; nil while it can.
    var lost: PipelineLoss?
    /// Its definition says PARALLEL: its executions are polled, since no state shows its stages.
    var isParallel = false
    /// Consecutive failed polls.
    var failures = 0
    /// Since when AWS answers that the pipeline does not exist; nil while it does not.
    var missingSince: Instant?
    /// Since when the answers after a start have lacked what the ledger has; nil while they do not.
    var lacksSince: Instant?
    /// The current episode of each stage, ended ones included.
    var stages: [StageName: EpisodeKey] = [:]
    /// What is kept of its executions, apart from their stages.
    var executions = ExecutionsWatch()
    /// The poll that waits or is under way, if any.
    var poll = Poll.none
    /// Whether the last poll showed it active.
    var isMoving = false
    /// The bytes of the newest state; nil before the first one.
    var digest: StateDigest?
    /// Since when polls have shown it unchanged.
    var restsSince: Instant

    init(_ entry: PipelineEntry, now: Instant) {
        self.entry = entry
        restsSince = now
    }

    /// Whether a state poll waits or is under way.
    enum Poll: Hashable, Sendable {
        /// Neither.
        case none
        /// It waits for its turn.
        case queued
        /// It is under way; another one must follow right after it when `again` is set.
        case inFlight(CallID, again: Bool)
    }

    /// Which pipeline the newest state is of, and which definition.
    var edition: PipelineEdition { PipelineEdition(version: version, created: created) }

    var knownDefinition: PipelineDefinition? { definition.value }
}

extension PipelineWatch {
    /// Whether a definition is not older than the one of the newest state.
    ///
    /// One without version or stages is not a definition: nothing can be read from it. The edition
    /// in an answer without stages may be older if the definition confirms PARALLEL.
    func accepts(_ new: PipelineDefinition) -> Bool {
        guard let read = new.version, !new.stages.isEmpty else { return false }
        let isBorneOut = new.executionMode == .parallel && read == stageless?.version
        return isBorneOut || version.map { read >= $0 } ?? true
    }
}
