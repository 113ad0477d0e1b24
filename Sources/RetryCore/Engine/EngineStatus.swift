/// What the engine does right now, for `status` and the service manager's status line.
package struct EngineStatus: Hashable, Sendable {
    /// The targets in the file's order.
    package var targets: [TargetStatus]
    /// The live episodes, by key.
    package var episodes: [EpisodeStatus]
    /// Pauses by command.
    package var pauses: [Pause]
    /// Calls under way.
    package var callsInFlight: Int
    /// Why the ledger takes no writes; nil when it does.
    package var ledgerTrouble: String?

    /// Makes a status of its parts.
    package init(
        targets: [TargetStatus],
        episodes: [EpisodeStatus],
        pauses: [Pause],
        callsInFlight: Int,
        ledgerTrouble: String?
    ) {
        self.targets = targets
        self.episodes = episodes
        self.pauses = pauses
        self.callsInFlight = callsInFlight
        self.ledgerTrouble = ledgerTrouble
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
            target.trouble.map { "\(target.name) (\($0))" }
        }
        let troubles = degraded + (ledgerTrouble == nil ? [] : ["ledger (takes no writes)"])
        if !troubles.isEmpty { parts.append("degraded: " + troubles.joined(separator: ", ")) }
        if !pauses.isEmpty { parts.append("\(pauses.count) paused") }
        return parts.joined(separator: "; ")
    }
}

/// What the engine knows of one target.
package struct TargetStatus: Hashable, Sendable {
    /// The target's name.
    package var name: TargetName
    /// Its Region.
    package var region: String
    /// How many pipelines of it are watched.
    package var pipelines: Int
    /// How many of those can not be read, or have no state to act on.
    package var lost: Int
    /// Why calls to it fail, in a word such as AWS's error code; nil when they work.
    package var trouble: String?
    /// The request rate in force, in requests per second.
    package var rate: Double

    /// Makes a status of its parts.
    package init(
        name: TargetName,
        region: String,
        pipelines: Int,
        lost: Int,
        trouble: String?,
        rate: Double
    ) {
        self.name = name
        self.region = region
        self.pipelines = pipelines
        self.lost = lost
        self.trouble = trouble
        self.rate = rate
    }
}

/// What the engine knows of one live episode.
package struct EpisodeStatus: Hashable, Sendable {
    /// The episode.
    package var key: EpisodeKey
    /// The phase's name, as docs/STATES.md has it.
    package var phase: String
    /// The retries that count.
    package var retries: Int
    /// When the decided retry is due.
    package var due: WallTime?
    /// Why it waits, when it does not wait for its time.
    package var reason: Reason?

    /// Makes a status of its parts.
    package init(
        key: EpisodeKey,
        phase: String,
        retries: Int,
        due: WallTime?,
        reason: Reason?
    ) {
        self.key = key
        self.phase = phase
        self.retries = retries
        self.due = due
        self.reason = reason
    }
}
