import Primitives
import RetryCore
import Systemd

/// A reload under way, and its waiting requests.
struct Reloading {
    /// Whether the file is being read.
    var isUnderWay = false
    /// The requests that wait for the current read.
    var waiting: [Reply<ReloadVerdict>] = []
    /// Another request came after the read began: the file may have changed since, so one more
    /// follows.
    var isAskedAgain = false
    /// Who waits for that one.
    var waitingForNext: [Reply<ReloadVerdict>] = []
    /// The errors of the file that was rejected last; empty once a valid one came.
    var refused: [String] = []
    /// When it was refused.
    var refusedAt: WallTime?
}

/// SIGHUP and `reload`.
extension DaemonLoop {
    /// Starts to read the file, off the loop; requests that arrive meanwhile share one more read.
    mutating func reload(_ reply: Reply<ReloadVerdict>?, _ group: inout DiscardingTaskGroup) {
        guard stopping == nil else { return }
        guard !reloading.isUnderWay else {
            reloading.isAskedAgain = true
            if let reply { reloading.waitingForNext.append(reply) }
            return
        }
        reloading.isUnderWay = true
        if let reply { reloading.waiting.append(reply) }
        let microseconds = parts.clock.awake.sinceOrigin / .microseconds(1)
        parts.manager.announce(
            .reloading(
                monotonicMicroseconds: UInt64(max(0, microseconds)),
                status: "reloading the configuration"
            )
        )
        let (loader, inbox) = (parts.loader, inbox)
        // Reading a large file takes a while, in which answers must not wait.
        group.addTask(executorPreference: globalConcurrentExecutor) {
            inbox.put(.loaded(await loader.load()))
        }
    }

    /// Applies the new configuration atomically, or keeps the old one.
    mutating func take(
        _ outcome: LoadOutcome<Connector.Settings>,
        _ group: inout DiscardingTaskGroup
    ) {
        guard stopping == nil else { return }
        let verdict: ReloadVerdict
        switch outcome {
        case .valid(let new): verdict = apply(new, &group)
        case .refused(let path, let errors):
            reloading.refused = errors
            reloading.refusedAt = parts.clock.wall
            parts.sink.write(.configRejected(path: path, errors: errors))
            verdict = .refused(errors: errors)
        }
        for reply in reloading.waiting { reply.send(verdict) }
        parts.manager.announce(.ready(status: currentStatusLine()))
        let next = reloading
        reloading.isUnderWay = false
        reloading.waiting = next.waitingForNext
        reloading.waitingForNext = []
        reloading.isAskedAgain = false
        if next.isAskedAgain { reload(nil, &group) }
    }

    private mutating func apply(
        _ new: LoadedConfiguration<Connector.Settings>,
        _ group: inout DiscardingTaskGroup
    ) -> ReloadVerdict {
        let changes = parts.loader.changes(from: loaded, to: new)
        let unreachable = Set(planning.entries.keys).subtracting(loaded.connections.keys)
        loaded = keepingConnections(new)
        planning.begin(new.unplanned, now: parts.clock.now)
        loadedAt = parts.clock.wall
        tidySoon()
        reloading.refused = []
        reloading.refusedAt = nil
        connect(&group)
        parts.sink.write(.configLoaded(path: new.path, changes: changes))
        for warning in new.warnings { parts.sink.note(.warning, warning) }
        worker.keepIntents(for: loaded.configuration.budgetMemory)
        feed(.reloaded(options.applied(to: loaded.configuration)), &group)
        reportUnplanned(&group)
        // Targets that were unreachable under the old file are polled now, not at the next poll.
        for target in unreachable.sorted() {
            guard let plan = loaded.plan(of: target) else { continue }
            feed(plan.event(for: target), &group)
        }
        let unplanned = new.unplanned.sorted { $0.key < $1.key }.map { target, failure in
            "target \(target): \(failure.sentence); trying again until it succeeds"
        }
        return .applied(changes: changes, warnings: new.warnings + unplanned)
    }
}
