package import Primitives

/// The engine's current activity, for `status` and the service manager's status line.
package struct EngineStatus: Hashable, Sendable {
    /// The targets in the file's order.
    package var targets: [TargetStatus]
    /// The live episodes, by key.
    package var episodes: [EpisodeStatus]
    /// The stages that are still Failed and are not retried any more, by key.
    package var ended: [EndedStatus]
    /// Pauses by command.
    package var pauses: [Pause]
    /// Calls under way.
    package var callsInFlight: Int
    /// Why the ledger refuses writes; nil when it accepts them.
    package var ledgerError: String?

    /// Creates a status.
    package init(
        targets: [TargetStatus],
        episodes: [EpisodeStatus],
        ended: [EndedStatus],
        pauses: [Pause],
        callsInFlight: Int,
        ledgerError: String?
    ) {
        self.targets = targets
        self.episodes = episodes
        self.ended = ended
        self.pauses = pauses
        self.callsInFlight = callsInFlight
        self.ledgerError = ledgerError
    }

    /// The due times of the retries that are decided, earliest first.
    package var dueTimes: [WallTime] {
        episodes.compactMap(\.due).sorted()
    }

    /// One line for `systemctl status`.
    package var line: String {
        let watched = targets.reduce(0) { $0 + $1.pipelines }
        var parts = [
            "watching \(watched) \(watched == 1 ? "pipeline" : "pipelines") in "
                + "\(targets.count) \(targets.count == 1 ? "target" : "targets")"
        ]
        if let next = dueTimes.first {
            let clock = next.rfc3339.dropFirst(11).prefix(8)
            let count = dueTimes.count
            parts.append("\(count) \(count == 1 ? "retry" : "retries") pending, next \(clock)")
        }
        let degraded = targets.compactMap { target in
            target.degradation.map { "\(target.name) (\($0))" }
        }
        let degradations = degraded + (ledgerError == nil ? [] : ["ledger (not writable)"])
        if !degradations.isEmpty {
            parts.append("degraded: " + degradations.joined(separator: ", "))
        }
        if let held { parts.append(held) }
        if !ended.isEmpty { parts.append("\(ended.count) failed and not retried") }
        if pauses.contains(where: { $0.scope == PauseScope() }) {
            parts.append("everything is paused")
        } else if !pauses.isEmpty {
            parts.append("\(pauses.count) \(pauses.count == 1 ? "scope" : "scopes") paused")
        }
        return parts.joined(separator: "; ")
    }

    /// How many episodes wait for something other than their time, and for what.
    private var held: String? {
        let reasons = episodes.compactMap(\.reason?.rawValue)
        guard !reasons.isEmpty else { return nil }
        let kinds = Set(reasons).sorted().joined(separator: ", ")
        return "\(reasons.count) deferred (\(kinds))"
    }
}
