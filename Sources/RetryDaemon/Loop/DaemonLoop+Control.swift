import AttemptLedger
import Primitives
import RetryCore
import Systemd

/// Requests of signals and clients.
extension DaemonLoop {
    /// Takes a trigger; every reply is answered, at the latest when it is dropped.
    mutating func take(_ trigger: Trigger, _ group: inout DiscardingTaskGroup) {
        switch trigger {
        case .reload(let reply): reload(reply, &group)
        case .stop(let cause): stop(cause)
        case .status(let reply): reply.send(status)
        case .pause(let pause, let span, let reply): put(pause, for: span, reply, &group)
        case .resume(let scope, let uid, let reply): lift(scope, uid, reply, &group)
        case .importHistory(let request?, let reply): beginImport(request, reply, &group)
        case .importHistory(nil, let reply): reply.send(importProgress)
        case .history(let request, let reply): tell(request, reply)
        case .attempts(let request, let reply): tell(request, reply)
        case .sums(let request, let reply): tell(request, reply)
        }
    }

    /// Sets a pause, and answers when the ledger has stored it.
    private mutating func put(
        _ pause: Pause,
        for span: Duration?,
        _ reply: Reply<ChangeVerdict>,
        _ group: inout DiscardingTaskGroup
    ) {
        guard stopping == nil else { return }
        let scope = pause.scope
        if let error = ScopeError(scope, engine.names(in: scope)) {
            reply.send(.refused("\(error); nothing was paused"))
        } else if let field = LedgerWrite.pause(pause).unstorableField {
            reply.send(.unstorable(field))
        } else if !engine.hasRoom(for: scope) {
            let text = "there are \(Engine.mostPauses) pauses, the maximum; lift some of "
            reply.send(.refused(text + "them with resume, or pause everything"))
        } else {
            change(.paused(pause, for: span), reply, &group)
        }
    }

    /// Lifts pauses, and answers when the ledger has stored that.
    private mutating func lift(
        _ scope: PauseScope,
        _ uid: UInt32,
        _ reply: Reply<ChangeVerdict>,
        _ group: inout DiscardingTaskGroup
    ) {
        guard stopping == nil else { return }
        let pauses = engine.status.pauses.map(\.scope)
        if scope == PauseScope(), pauses.isEmpty {
            reply.send(.nothing("nothing was paused"))
        } else if scope == PauseScope() || pauses.contains(scope) {
            change(.resumed(scope, uid: uid), reply, &group)
        } else if let error = ScopeError(scope, engine.names(in: scope)) {
            reply.send(.refused("\(error); nothing was resumed"))
        } else {
            let others = pauses.prefix(10).map(\.description).joined(separator: "; ")
            let rest = pauses.isEmpty ? "nothing is paused" : "paused: \(others)"
            reply.send(.nothing("no pause has exactly this scope (\(scope)); \(rest)"))
        }
    }

    private mutating func change(
        _ event: Event,
        _ reply: Reply<ChangeVerdict>,
        _ group: inout DiscardingTaskGroup
    ) {
        feed(event, &group)
        worker.afterwards { isSound in reply.send(isSound ? .stored : .volatile) }
    }

    private var status: StatusAnswer {
        StatusAnswer(
            engine: engine.status,
            path: loaded.path,
            loadedAt: loadedAt,
            refused: reloading.refused,
            isDryRun: options.applied(to: loaded.configuration).dryRun,
            calls: calls
        )
    }
}

/// When to send the status line, so that each change shows soon and none floods the manager.
struct StatusLine {
    /// Something happened since it was made.
    var isStale = true
    /// The line sent last.
    var printed = ""
    /// Before this time it is not made again.
    var restUntil = Instant.origin

    /// When it is to be made; nil: nothing happened.
    var nextAt: Instant? { isStale ? restUntil : nil }
}

extension DaemonLoop {
    /// The line that `systemctl status` shows.
    func currentStatusLine() -> String {
        let line = engine.status.line
        guard let first = reloading.refused.first, let at = reloading.refusedAt else {
            let isDry = options.applied(to: loaded.configuration).dryRun
            return isDry ? "dry run: " + line : line
        }
        let clock = at.rfc3339.dropFirst(11).prefix(8)
        let more = reloading.refused.count - 1
        let others = more == 0 ? "" : " and \(more) more \(more == 1 ? "error" : "errors")"
        return "config on disk REJECTED at \(clock)Z (\(place(of: first))\(others)), the previous "
            + "one stays active; " + line
    }

    /// File and line of an error: any local user may read the status line, but not the file.
    private func place(of error: String) -> String {
        guard error.hasPrefix(loaded.path + ":") else { return loaded.path }
        let line = error.dropFirst(loaded.path.count + 1).prefix { $0.isASCII && $0.isNumber }
        return line.isEmpty ? loaded.path : "\(loaded.path):\(line)"
    }

    /// Sends the line when it changed, every few seconds at most.
    mutating func reportStatus() {
        let now = parts.clock.now
        guard stopping == nil, !reloading.isUnderWay, statusLine.isStale,
            now >= statusLine.restUntil
        else { return }
        statusLine.isStale = false
        statusLine.restUntil = now + .seconds(3)
        let line = currentStatusLine()
        guard line != statusLine.printed else { return }
        statusLine.printed = line
        parts.manager.announce(.status(line))
    }
}
