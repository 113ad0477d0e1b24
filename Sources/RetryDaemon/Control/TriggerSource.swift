import Primitives
import RetryCore
package import Systemd

/// The source of triggers: signals and the control socket.
///
/// Its buffer is bounded; what does not fit is refused, and the client is then told that the daemon
/// is stopping or too busy.
package struct TriggerSource: Sendable {
    /// The triggers that the loop reads.
    package let triggers: AsyncStream<Trigger>

    private let continuation: AsyncStream<Trigger>.Continuation
    private let sink: any ReportSink

    /// Creates a source.
    ///
    /// - Parameter sink: Receives who requested a reload.
    package init(sink: any ReportSink) {
        (triggers, continuation) = AsyncStream.makeStream(
            of: Trigger.self,
            bufferingPolicy: .bufferingOldest(64)
        )
        self.sink = sink
    }

    /// Passes a trigger on.
    package func send(_ trigger: Trigger) {
        continuation.yield(trigger)
    }

    /// Accepts nothing more, and drops unread triggers, which answers their replies.
    package func close() async {
        continuation.finish()
        for await _ in triggers {}
    }

    /// Answers one request of a client; for ``ControlServer/serve(_:)``.
    package func answer(_ request: ControlRequest) async -> [UInt8] {
        guard let question = ControlQuestion(bytes: request.bytes) else {
            let text = "the daemon does not understand the request; is the command newer?"
            return ControlAnswer(.invalid, lines: [text]).bytes
        }
        return await answer(question, from: request.peer).bytes
    }

    private func answer(
        _ question: ControlQuestion,
        from peer: PeerCredentials
    ) async -> ControlAnswer {
        switch question {
        case .status:
            return ControlAnswer(await ask(otherwise: .stopping) { .status($0) })
        case .reload:
            sink.note(.info, "reload requested by \(peer)")
            return ControlAnswer(await ask(otherwise: .stopping) { .reload($0) })
        case .pause(let scope, let reason, let span):
            // The engine computes the end by clocks that nobody can set.
            let pause = Pause(scope: scope, reason: reason, uid: peer.userID, until: nil)
            let verdict = await ask(otherwise: .stopping) { .pause(pause, for: span, $0) }
            let end = span.map { "for \($0.shortText)" } ?? "until resumed"
            return ControlAnswer(verdict, done: "paused \(scope) \(end)")
        case .resume(let scope):
            let uid = peer.userID
            let verdict = await ask(otherwise: .stopping) { .resume(scope, uid: uid, $0) }
            return ControlAnswer(verdict, done: "resumed \(scope)")
        case .importHistory(let request):
            sink.note(.info, "import of history of \(request.scope) requested by \(peer)")
            return ControlAnswer(await ask(otherwise: .stopping) { .importHistory(request, $0) })
        case .importProgress:
            return ControlAnswer(await ask(otherwise: .stopping) { .importHistory(nil, $0) })
        case .history(let request):
            return ControlAnswer(await ask(otherwise: .stopping) { .history(request, $0) })
        case .attempts(let request):
            return ControlAnswer(await ask(otherwise: .stopping) { .attempts(request, $0) })
        case .sums(let request):
            return ControlAnswer(await ask(otherwise: .stopping) { .sums(request, $0) })
        }
    }

    /// Sends a trigger and waits for its reply, which always comes.
    private func ask<Answer: Sendable>(
        otherwise: Answer,
        _ trigger: (Reply<Answer>) -> Trigger
    ) async -> Answer {
        await withCheckedContinuation { waiter in
            send(trigger(Reply(otherwise: otherwise) { waiter.resume(returning: $0) }))
        }
    }
}

extension ControlAnswer {
    init(_ answer: StatusAnswer) {
        guard let document = StatusDocument(answer) else {
            self = .stopping
            return
        }
        self.init(.done, status: document)
    }

    init(_ verdict: ReloadVerdict) {
        switch verdict {
        case .applied(let changes, let warnings):
            let lines = changes.isEmpty ? ["nothing changed"] : changes
            self.init(.done, lines: lines + warnings.map { "warning: \($0)" })
        case .refused(let errors): self.init(.refused, lines: errors)
        case .stopping: self = .stopping
        }
    }

    init(_ verdict: ChangeVerdict, done: String) {
        switch verdict {
        case .stored: self.init(.done, lines: [done])
        case .nothing(let text): self.init(.done, lines: [text])
        case .volatile:
            let text = "active, but lost at a restart: the ledger is not writable"
            self.init(.volatile, lines: [text])
        case .refused(let text): self.init(.invalid, lines: [text])
        case .unstorable(let field):
            let text = "nothing was changed: \(field) is too long or contains a control character"
            self.init(.invalid, lines: [text])
        case .stopping: self = .stopping
        }
    }

    init(_ answer: PastAnswer) {
        switch answer {
        case .found(let document): self.init(.done, history: document)
        case .attempts(let document): self.init(.done, attempts: document)
        case .sums(let document): self.init(.done, sums: document)
        case .refused(let text): self.init(.invalid, lines: [text])
        case .unreadable(let text): self.init(.refused, lines: [text])
        case .stopping: self = .stopping
        }
    }

    init(_ answer: ImportAnswer) {
        switch answer {
        case .running(let document): self.init(.done, progress: document)
        case .refused(let text): self.init(.invalid, lines: [text])
        case .stopping: self = .stopping
        }
    }

    static let stopping = ControlAnswer(.stopping, lines: ["the daemon is stopping"])
}
