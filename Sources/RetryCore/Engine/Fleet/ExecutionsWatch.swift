import Primitives

/// What is kept of one pipeline's executions.
struct ExecutionsWatch: Hashable, Sendable {
    /// AWS's time of the first list; executions that ended before it are not reported.
    var since: WallTime?
    /// The open check that the next poll decides.
    var recheck: Recheck?
    /// Hashes of the failed executions that an episode explains or that were judged, the newest
    /// last: twice the rows of the largest page, so that a dropped hash is on no page any more.
    private var known: [UInt64] = []

    /// Failed executions of which it is not known yet whether a stage has them.
    struct Recheck: Hashable, Sendable {
        /// Polls before this call are too old.
        var after: CallID
        /// The executions, newest first.
        var rows: [ExecutionSummary]
    }

    func knows(_ id: ExecutionID) -> Bool {
        known.contains(ExecutionsWatch.hash(of: id))
    }

    mutating func remember(_ id: ExecutionID) {
        guard !knows(id) else { return }
        if known.count >= 2 * Timing.executionsPageMax { known.removeFirst() }
        known.append(ExecutionsWatch.hash(of: id))
    }

    private static func hash(of id: ExecutionID) -> UInt64 {
        var hash = StableHash()
        hash.add(id.text)
        return hash.value
    }
}
