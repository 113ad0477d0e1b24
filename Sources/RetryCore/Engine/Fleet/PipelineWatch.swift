import Primitives

/// What the engine keeps of one pipeline: some two hundred bytes and its definition.
struct PipelineWatch: Hashable, Sendable {
    /// The entry of the config file that took it.
    var entry: PipelineEntry
    /// What is known of the definition.
    var definition = KnownDefinition.unread
    /// What answers without stages have said of the pipeline since the newest state: only the
    /// definition tells whether it is so.
    var stageless: PipelineEdition?
    /// When a definition that was denied is asked for again where no episode does it.
    var deniedUntil: Instant?
    /// It was said as an error that the definition is denied.
    var isDenialReported = false
    /// The stages of the file of which it was said that the pipeline has them not.
    var unmatched: Set<StageName> = []
    /// The version of the newest state.
    var version: Int?
    /// When the pipeline of the newest state was created.
    var created: WallTime?
    /// Why it cannot be watched; nil while it can.
    var lost: PipelineLoss?
    /// Its mode has no state to act on.
    var isUnsupported = false
    /// Failed looks in a row.
    var failures = 0
    /// Since when AWS says that the pipeline does not exist; nil while it does not.
    var missingSince: Instant?
    /// Since when the answers after a start have lacked what the ledger has; nil while they do not.
    var lacksSince: Instant?
    /// The current episode of each stage, ended ones included.
    var stages: [StageName: EpisodeKey] = [:]
    /// What is kept of its executions as such.
    var executions = ExecutionsWatch()
    /// The look that waits or is under way, if any.
    var poll = Poll.none
    /// Something moved at the last look.
    var isMoving = false
    /// The bytes of the newest state; nil before the first one.
    var digest: StateDigest?
    /// Since when the looks have shown the same.
    var restsSince: Instant

    init(_ entry: PipelineEntry, now: Instant) {
        self.entry = entry
        restsSince = now
    }

    /// Whether a look at the state waits or is under way.
    enum Poll: Hashable, Sendable {
        /// Neither.
        case none
        /// It waits for its turn.
        case queued
        /// It is under way; another one is wanted right after it when `again` is set.
        case inFlight(CallID, again: Bool)
    }

    /// Which pipeline the newest state is of, and which definition.
    var edition: PipelineEdition { PipelineEdition(version: version, created: created) }

    var knownDefinition: PipelineDefinition? { definition.value }
}

extension PipelineWatch {
    /// Whether a definition is not older than the one that the newest state speaks of.
    ///
    /// One without version or stages is no definition: nothing could be read from it. What an
    /// answer without stages said of itself may be older, if PARALLEL bears it out.
    func accepts(_ new: PipelineDefinition) -> Bool {
        guard let read = new.version, !new.stages.isEmpty else { return false }
        let isBorneOut = new.executionMode == .parallel && read == stageless?.version
        return isBorneOut || version.map { read >= $0 } ?? true
    }
}
