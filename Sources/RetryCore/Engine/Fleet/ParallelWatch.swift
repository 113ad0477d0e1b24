import Primitives

/// What is kept of the executions of a pipeline that runs, or ran, in PARALLEL mode.
///
/// It stays after a change to another mode until the executions that began before it have ended.
struct ParallelWatch: Hashable, Sendable {
    /// An execution that has not ended, as far as is known.
    struct Open: Hashable, Sendable {
        /// Whether the newest page shows it.
        var isListed: Bool
        /// When it was read last because no page shows it.
        var readAt: Instant?
    }

    /// An execution that must be read because its row changed.
    struct Read: Hashable, Sendable {
        /// The row that asked for it.
        var row: UInt64
        /// When an answer first brought nothing; nil: none came yet.
        var since: Instant?
        /// Reads in a row that brought nothing.
        var tries = 0
    }

    /// The executions that have not ended.
    var open: [ExecutionID: Open] = [:]
    /// The episodes of its executions, and the ended ones whose executions a page still shows.
    var episodes: Set<EpisodeKey> = []
    /// The executions that must be read.
    var reads: [ExecutionID: Read] = [:]
    /// Since when AWS has answered that an execution does not exist.
    var missing: [ExecutionID: Instant] = [:]
    /// The newest execution of the newest page; nil before the first.
    var newest: ExecutionID?
    /// Whether executions began between two pages that neither shows.
    var hasGap = false
    /// Definitions read because the newest execution's mode is another one.
    var modeChecks = 0
    /// When the definition was read last; nil: not yet, by this run of the daemon.
    var definedAt: Instant?
    /// Since when GetPipeline has answered with an older version than the known one.
    var olderSince: Instant?
    /// The stages that CodePipeline retries once by itself, by the newest definition.
    var selfRetrying: Set<StageName> = []
    /// The permission to read an execution is missing.
    var isReadDenied = false
    /// Hashes of the rows that were judged, the newest last: two of the largest pages.
    private var judged: [UInt64] = []

    /// Whether nothing of it is left to be watched, once the pipeline has another mode.
    func isOver(_ episodes: Episodes) -> Bool {
        open.isEmpty && reads.isEmpty
            && !self.episodes.contains { episodes.live.place(of: $0) != nil }
    }

    /// The size of the next page; the first shows as much as it can, since nothing is known.
    var limit: Int {
        newest == nil || hasGap || open.count > Timing.executionsFew
            ? Timing.executionsPageMax : Timing.executionsPage
    }

    /// The executions that a call may be about.
    var executions: Set<ExecutionID> {
        Set(open.keys).union(reads.keys).union(episodes.map(\.execution))
    }

    /// The open executions that no page shows and that were not read lately, in order.
    func unlisted(due now: Instant) -> [ExecutionID] {
        // Nearly always none; sorting all of them would be most of what a poll costs.
        open.lazy.filter { _, open in
            !open.isListed && open.readAt.map { now - $0 >= Timing.unlisted } != false
        }.map(\.key).sorted()
    }

    /// The episodes of one execution, in order.
    func episodes(of execution: ExecutionID) -> [EpisodeKey] {
        episodes.filter { $0.execution == execution }.sorted()
    }

    /// Notes that an execution must be read because of its row; returns whether that is new.
    mutating func request(_ row: ExecutionSummary) -> Bool {
        guard reads[row.id]?.row != row.digest else { return false }
        reads[row.id] = Read(row: row.digest)
        return true
    }

    func hasJudged(_ row: UInt64) -> Bool { judged.contains(row) }

    mutating func judge(_ row: UInt64) {
        guard !hasJudged(row) else { return }
        if judged.count >= 2 * Timing.executionsPageMax { judged.removeFirst() }
        judged.append(row)
    }
}

extension ExecutionSummary {
    /// Tells this row from one of the same execution at another time.
    var digest: UInt64 {
        var hash = StableHash()
        hash.add(id.text)
        hash.add("\(status)")
        hash.add(UInt64(bitPattern: lastUpdate?.milliseconds ?? 0))
        return hash.value
    }

    /// Whether it has not ended; a status that is not known may be of one that runs.
    var isOpen: Bool {
        switch status {
        case .inProgress, .stopping, .unknown: true
        case .cancelled, .failed, .stopped, .succeeded, .superseded: false
        }
    }
}
