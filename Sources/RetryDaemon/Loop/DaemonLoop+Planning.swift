import Primitives
import RetryCore
import Systemd

/// How long a target that cannot be reached waits for its next try.
package enum PlanPause {
    /// 5 s after the first try, then twice as long each time, 5 min at most.
    package static func after(attempts: Int) -> Duration {
        var pause = Duration.seconds(5)
        for _ in 1..<max(1, min(attempts, 10)) { pause = min(pause * 2, .seconds(300)) }
        return pause
    }
}

/// Targets whose connections cannot be planned now, and when they are retried.
struct Planning {
    /// One such target.
    struct Entry {
        /// Why.
        var failure: CallFailure
        /// How often it was tried.
        var attempts = 1
        /// When it is retried; nil while that is under way.
        var retryAt: Instant?
    }

    /// The targets; a target in it may have its connection of before.
    private(set) var entries: [TargetName: Entry] = [:]
    /// The number of the active file: plans for an older one are too late.
    private(set) var file = 0

    /// The next time at which a target is tried.
    var nextAt: Instant? { entries.values.compactMap(\.retryAt).min() }

    /// Starts again with the targets that a file leaves unplanned.
    mutating func begin(_ unplanned: [TargetName: CallFailure], now: Instant) {
        file += 1
        entries = unplanned.mapValues {
            Entry(failure: $0, retryAt: now + PlanPause.after(attempts: 1))
        }
    }

    /// Takes the targets that are due; they count as under way.
    mutating func takeDue(_ now: Instant) -> [TargetName] {
        let due = entries.filter { $0.value.retryAt.map { $0 <= now } ?? false }.keys.sorted()
        for target in due { entries[target]?.retryAt = nil }
        return due
    }

    /// Notes a try that was in vain; the pause doubles.
    mutating func failed(_ target: TargetName, _ failure: CallFailure, now: Instant) {
        guard var entry = entries[target] else { return }
        entry.failure = failure
        entry.attempts += 1
        entry.retryAt = now + PlanPause.after(attempts: entry.attempts)
        entries[target] = entry
    }

    /// Takes a target out; false when it was not in.
    mutating func succeeded(_ target: TargetName) -> Bool {
        entries.removeValue(forKey: target) != nil
    }
}

/// Planning of unreachable targets, repeated until it succeeds.
extension DaemonLoop {
    /// Reports the unreachable targets, once the engine knows them.
    mutating func reportUnplanned(_ group: inout DiscardingTaskGroup) {
        for (target, entry) in planning.entries.sorted(by: { $0.key < $1.key })
        where loaded.connections[target] == nil {
            feed(.targetUnusable(target, entry.failure), &group)
        }
    }

    /// Plans the targets that are due, off the loop.
    mutating func planDue(_ now: Instant, _ group: inout DiscardingTaskGroup) {
        guard stopping == nil else { return }
        for target in planning.takeDue(now) {
            let (loader, inbox, loaded, file) = (parts.loader, inbox, loaded, planning.file)
            // Files, programs and the metadata service take their time.
            group.addTask(executorPreference: globalConcurrentExecutor) {
                let outcome = await loader.plan(target, of: loaded)
                inbox.put(.planned(target, file: file, outcome))
            }
        }
    }

    /// Takes the result of an attempt.
    mutating func take(
        _ outcome: PlanOutcome<Connector.Settings>,
        of target: TargetName,
        file: Int,
        _ group: inout DiscardingTaskGroup
    ) {
        guard stopping == nil, file == planning.file else { return }
        switch outcome {
        case .failed(let failure):
            planning.failed(target, failure, now: parts.clock.now)
            guard loaded.connections[target] == nil else { return }
            feed(.targetUnusable(target, failure), &group)
        case .planned(let plan):
            guard planning.succeeded(target) else { return }
            loaded.take(plan, for: target)
            connect(&group)
            feed(plan.event(for: target), &group)
        }
    }

    /// Keeps the connections of targets that the new file reaches the same way and that cannot be
    /// planned again: what a reload finds broken must not end a working connection.
    func keepingConnections(
        _ new: LoadedConfiguration<Connector.Settings>
    ) -> LoadedConfiguration<Connector.Settings> {
        var kept = new
        for target in new.unplanned.keys {
            guard parts.loader.reaches(target, alikeIn: loaded, and: new),
                let plan = loaded.plan(of: target)
            else { continue }
            kept.take(plan, for: target)
            let reason = new.unplanned[target]?.sentence ?? ""
            parts.sink.note(
                .warning,
                "target \(target): \(reason); the previous connection stays in use, and "
                    + "the new one is tried again"
            )
        }
        return kept
    }

    /// Creates the new or changed connections, and runs them.
    mutating func connect(_ group: inout DiscardingTaskGroup) {
        for connection in connections.update(to: loaded.connections) {
            // Credentials come from files, programs and name servers, which may be slow.
            group.addTask(executorPreference: globalConcurrentExecutor) {
                await connection.run()
            }
        }
    }

    /// Why a call to a target cannot be made.
    func noConnection(to target: TargetName) -> CallFailure {
        planning.entries[target]?.failure ?? .noConnection
    }
}
