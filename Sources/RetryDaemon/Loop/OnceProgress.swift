import Primitives
import RetryCore
import Systemd

/// How far a run with `--once` is.
struct OnceProgress {
    /// When it ends, whatever is still open.
    let deadline: Instant
    /// The polled pipelines, and whether the last poll succeeded.
    private(set) var polls: [PipelineKey: Bool] = [:]
    /// Targets whose pipelines are discovered and not listed yet.
    private var unlisted: Set<TargetName>
    /// How many lists could not be read.
    private(set) var failedLists = 0

    init(_ configuration: Configuration, now: Instant) {
        deadline = now + .seconds(300)
        let byName = configuration.targets.filter { target in
            target.pipelines.contains { entry in
                switch entry.selector {
                case .name: false
                case .match: true
                }
            }
        }
        unlisted = Set(byName.map(\.name))
    }

    /// Notes a list.
    mutating func listed(_ target: TargetName, isReadable: Bool) {
        guard unlisted.remove(target) != nil, !isReadable else { return }
        failedLists += 1
    }

    /// Notes a poll.
    mutating func polled(at key: PipelineKey, isReadable: Bool) {
        polls[key] = isReadable || polls[key] == true
    }

    /// Whether everything was polled and nothing due is left to do.
    ///
    /// - Parameters:
    ///   - status: the engine's status.
    ///   - wall: the time of day, for due times.
    /// - Returns: true when the run can end.
    func isComplete(_ status: EngineStatus, wall: WallTime) -> Bool {
        let watched = status.targets.reduce(0) { $0 + $1.pipelines }
        guard unlisted.isEmpty, polls.count >= watched else { return false }
        return status.episodes.allSatisfy { isAtRest($0, wall: wall) }
    }

    /// Whether an episode waits for something that this run does not wait for.
    private func isAtRest(_ episode: EpisodeStatus, wall: WallTime) -> Bool {
        switch episode.phase {
        case .pending: episode.due.map { $0 > wall } ?? true
        case .resuming, .deferred, .verifying, .settling, .running, .ended: true
        case .gathering, .tracing, .matching, .comparing, .rechecking, .recording, .queued,
            .calling:
            false
        }
    }
}

extension DaemonLoop {
    /// Ends a run with `--once` when it is complete or has taken too long.
    mutating func endIfPolled() {
        guard let once, end == nil, stopping == nil else { return }
        let isLate = parts.clock.now >= once.deadline
        let isIdle = flights.isEmpty && recording.isEmpty && recalling.isEmpty
        let wall = parts.clock.wall
        guard isLate || (isIdle && once.isComplete(engine.status, wall: wall)) else { return }
        let readable = once.polls.values.count { $0 }
        parts.sink.write(.stopping("every pipeline was polled once"))
        parts.manager.announce(.stopping(status: "every pipeline was polled once"))
        end = .polled(
            readable: readable,
            unreadable: once.polls.count - readable + once.failedLists
        )
    }
}
