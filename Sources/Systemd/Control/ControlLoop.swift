import Glibc
import Primitives
import Synchronization

/// The thread behind a ``ControlServer``: accepts, reads, writes, and enforces every deadline.
final class ControlLoop: Sendable {
    /// A request on its way to the handler.
    struct Call: Sendable {
        /// The connection that sent it.
        let client: UInt64
        /// The request.
        let request: ControlRequest
    }

    /// Messages of other threads for this one.
    private struct Mailbox {
        var answers: [(UInt64, [UInt8])] = []
        var isStopping = false
    }

    /// Whether the thread is through, and who waits for that.
    private struct Ending {
        var isOver = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    /// The questions; one task consumes them.
    let calls: AsyncStream<Call>

    private let continuation: AsyncStream<Call>.Continuation
    private let mailbox = Mutex(Mailbox())
    private let ending = Mutex(Ending())
    private let wake: EventCounter
    private let limits: ControlLimits
    private let onError: @Sendable (ControlServerError) -> Void
    private let onEnd: @Sendable () -> Void
    private let host = LinuxHost()

    /// Creates a loop; ``run(_:)`` needs its own thread.
    init(
        limits: ControlLimits,
        onError: @escaping @Sendable (ControlServerError) -> Void,
        onEnd: @escaping @Sendable () -> Void
    ) throws(HostError) {
        // Each client has one call at most, so the limit is never reached.
        (calls, continuation) = AsyncStream.makeStream(
            of: Call.self,
            bufferingPolicy: .bufferingOldest(limits.clients)
        )
        wake = try EventCounter()
        self.limits = limits
        self.onError = onError
        self.onEnd = onEnd
    }

    /// Hands over an answer; an answer to a disconnected client is dropped.
    func answer(_ client: UInt64, _ bytes: [UInt8]) {
        mailbox.withLock { $0.answers.append((client, bytes)) }
        wake.raise()
    }

    /// Ends the loop; answers handed over before are still written as far as clients accept them.
    func stop() {
        mailbox.withLock { $0.isStopping = true }
        wake.raise()
    }

    /// Returns when the thread is through and the socket's file is removed.
    func ended() async {
        await withCheckedContinuation { continuation in
            let isOver = ending.withLock { ending in
                if !ending.isOver { ending.waiting.append(continuation) }
                return ending.isOver
            }
            if isOver { continuation.resume() }
        }
    }

    /// Serves until ``stop()``.
    ///
    /// - Parameter listener: the listening socket; once it is released, clients that still wait in
    ///   its queue are disconnected.
    func run(_ listener: StreamSocket) {
        var clients: [UInt64: ControlConnection] = [:]
        var nextClient: UInt64 = 0
        var restUntil = Instant.origin
        while true {
            let mail = mailbox.withLock { mailbox in
                defer { mailbox.answers = [] }
                return mailbox
            }
            for (id, bytes) in mail.answers { report(begin(answer: bytes, to: id, &clients)) }
            if mail.isStopping { break }

            let ready = wait(listener, clients, restUntil: restUntil)
            if ready.contains(listener.descriptor) {
                report(makeRoom(&clients))
                do throws(HostError) {
                    let (socket, peer) = try listener.accept()
                    nextClient += 1
                    clients[nextClient] = ControlConnection(
                        socket: socket,
                        peer: peer,
                        limit: limits.requestBytes,
                        deadline: host.awakeInstant + limits.patience
                    )
                } catch {
                    restUntil = rest(after: error)
                }
            }
            for id in clients.keys.sorted() { report(advance(id, ready, &clients)) }
        }
        continuation.finish()
        onEnd()
        let waiting = ending.withLock { ending in
            ending.isOver = true
            return ending.waiting
        }
        for waiter in waiting { waiter.resume() }
    }

    /// Reports a client's error, once its socket is closed.
    private func report(_ error: ControlServerError?) {
        if let error { onError(error) }
    }

    /// Waits for the next thing to happen: mail, a client, bytes, or a deadline.
    private func wait(
        _ listener: StreamSocket,
        _ clients: [UInt64: ControlConnection],
        restUntil: Instant
    ) -> Set<Int32> {
        let now = host.awakeInstant
        var interest = clients.values.compactMap(\.interest)
        var deadlines = clients.values.compactMap(\.deadline)
        interest.append((wake.descriptor, Int32(POLLIN)))
        if now < restUntil {
            deadlines.append(restUntil)
        } else if clients.count < limits.clients {
            interest.append((listener.descriptor, Int32(POLLIN)))
        } else if let (_, instant) = mostSilent(clients) {
            if instant <= now {
                interest.append((listener.descriptor, Int32(POLLIN)))
            } else {
                deadlines.append(instant)
            }
        }
        let ready = StreamSocket.ready(interest, within: deadlines.min().map { $0 - now })
        if ready.contains(wake.descriptor) { _ = wake.wait(atMost: .zero) }
        return ready
    }

    /// Disconnects the client that has been silent longest when all slots are taken and another one
    /// waits.
    private func makeRoom(_ clients: inout [UInt64: ControlConnection]) -> ControlServerError? {
        guard clients.count >= limits.clients, let (id, _) = mostSilent(clients) else { return nil }
        return clients.removeValue(forKey: id).map { .tooSlow($0.peer) }
    }

    /// The client whose request has been awaited longest, and when it may lose its slot.
    private func mostSilent(
        _ clients: [UInt64: ControlConnection]
    ) -> (id: UInt64, instant: Instant)? {
        let silent = clients.compactMap { id, client in
            client.questionDeadline.map { (id: id, instant: $0 + (limits.haste - limits.patience)) }
        }
        return silent.min { ($0.instant, $0.id) < ($1.instant, $1.id) }
    }

    /// How long to ignore the listening socket after a failed accept.
    private func rest(after error: HostError) -> Instant {
        // The client disconnected meanwhile; the next one is unaffected.
        guard ![EAGAIN, EINTR, ECONNABORTED].contains(error.code) else { return .origin }
        onError(.notAccepted(error))
        return host.awakeInstant + .seconds(1)
    }

    private func begin(
        answer: [UInt8],
        to id: UInt64,
        _ clients: inout [UInt64: ControlConnection]
    ) -> ControlServerError? {
        guard var client = clients[id] else { return nil }
        guard answer.count <= limits.answerBytes else {
            clients[id] = nil
            return .answerTooLarge(bytes: answer.count, client.peer)
        }
        client.begin(answer: answer, deadline: host.awakeInstant + limits.patience)
        clients[id] = client
        return finish(id, client.write(), &clients, with: client)
    }

    /// Reads from or writes to one client, or ends it when its time is over.
    private func advance(
        _ id: UInt64,
        _ ready: Set<Int32>,
        _ clients: inout [UInt64: ControlConnection]
    ) -> ControlServerError? {
        guard var client = clients[id] else { return nil }
        if ready.contains(client.socket.descriptor) {
            return finish(id, client.advance(), &clients, with: client)
        }
        guard let deadline = client.deadline, host.awakeInstant >= deadline else { return nil }
        return finish(id, .failed(.tooSlow(client.peer)), &clients, with: client)
    }

    private func finish(
        _ id: UInt64,
        _ step: ControlConnection.Step,
        _ clients: inout [UInt64: ControlConnection],
        with client: ControlConnection
    ) -> ControlServerError? {
        clients[id] = client
        switch step {
        case .goesOn: return nil
        case .asked(let bytes):
            let request = ControlRequest(bytes: bytes, peer: client.peer)
            continuation.yield(Call(client: id, request: request))
            return nil
        case .done:
            clients[id] = nil
            return nil
        case .failed(let error):
            clients[id] = nil
            return error
        }
    }
}
