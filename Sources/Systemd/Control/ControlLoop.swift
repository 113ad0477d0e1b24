import Glibc
import RetryCore
import Synchronization

/// The thread behind a ``ControlServer``: accepts, reads, writes, and holds every deadline.
final class ControlLoop: Sendable {
    /// A question on its way to the handler.
    struct Call: Sendable {
        /// Which connection asked.
        let client: UInt64
        /// What it asked.
        let request: ControlRequest
    }

    /// What other threads leave for this one.
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
    private let onFault: @Sendable (ControlFault) -> Void
    private let onEnd: @Sendable () -> Void
    private let host = LinuxHost()

    /// Makes a loop; ``run(_:)`` belongs on a thread of its own.
    init(
        limits: ControlLimits,
        onFault: @escaping @Sendable (ControlFault) -> Void,
        onEnd: @escaping @Sendable () -> Void
    ) throws(HostError) {
        // Each client has one call at most, so the bound is never reached.
        (calls, continuation) = AsyncStream.makeStream(
            of: Call.self,
            bufferingPolicy: .bufferingOldest(limits.clients)
        )
        wake = try EventCounter()
        self.limits = limits
        self.onFault = onFault
        self.onEnd = onEnd
    }

    /// Hands over an answer; an answer to a client that is gone is dropped.
    func answer(_ client: UInt64, _ bytes: [UInt8]) {
        mailbox.withLock { $0.answers.append((client, bytes)) }
        wake.raise()
    }

    /// Ends the loop; answers handed over before are still written as far as clients take them.
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
    /// - Parameter listener: the listening socket; once nobody holds it, whoever still waits in its
    ///   queue is disconnected.
    func run(_ listener: StreamSocket) {
        var clients: [UInt64: ControlConnection] = [:]
        var nextClient: UInt64 = 0
        var restUntil = Instant.origin
        while true {
            let mail = mailbox.withLock { mailbox in
                defer { mailbox.answers = [] }
                return mailbox
            }
            for (id, bytes) in mail.answers { begin(answer: bytes, to: id, &clients) }
            if mail.isStopping { break }

            let ready = wait(listener, clients, restUntil: restUntil)
            if ready.contains(listener.descriptor) {
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
            for id in clients.keys.sorted() { advance(id, ready, &clients) }
        }
        continuation.finish()
        onEnd()
        let waiting = ending.withLock { ending in
            ending.isOver = true
            return ending.waiting
        }
        for waiter in waiting { waiter.resume() }
    }

    /// Waits for the next thing to happen: mail, a client, bytes, or a deadline.
    private func wait(
        _ listener: StreamSocket,
        _ clients: [UInt64: ControlConnection],
        restUntil: Instant
    ) -> Set<Int32> {
        let now = host.awakeInstant
        var wanted = clients.values.compactMap(\.wanted)
        var deadlines = clients.values.compactMap(\.deadline)
        wanted.append((wake.descriptor, Int32(POLLIN)))
        if now < restUntil {
            deadlines.append(restUntil)
        } else if clients.count < limits.clients {
            wanted.append((listener.descriptor, Int32(POLLIN)))
        }
        let ready = StreamSocket.ready(wanted, within: deadlines.min().map { $0 - now })
        if ready.contains(wake.descriptor) { _ = wake.wait(atMost: .zero) }
        return ready
    }

    /// How long to leave the listening socket alone after a failed accept.
    private func rest(after error: HostError) -> Instant {
        // A client that gave up meanwhile; the next one is as good as before.
        guard ![EAGAIN, EINTR, ECONNABORTED].contains(error.code) else { return .origin }
        onFault(.notAccepted(error))
        return host.awakeInstant + .seconds(1)
    }

    private func begin(
        answer: [UInt8],
        to id: UInt64,
        _ clients: inout [UInt64: ControlConnection]
    ) {
        guard var client = clients[id] else { return }
        guard answer.count <= limits.answerBytes else {
            clients[id] = nil
            onFault(.answerTooLarge(bytes: answer.count, client.peer))
            return
        }
        client.begin(answer: answer, deadline: host.awakeInstant + limits.patience)
        clients[id] = client
        finish(id, client.write(), &clients, with: client)
    }

    /// Reads from or writes to one client, or ends it when its time is over.
    private func advance(
        _ id: UInt64,
        _ ready: Set<Int32>,
        _ clients: inout [UInt64: ControlConnection]
    ) {
        guard var client = clients[id] else { return }
        if ready.contains(client.socket.descriptor) {
            finish(id, client.advance(), &clients, with: client)
        } else if let deadline = client.deadline, host.awakeInstant >= deadline {
            finish(id, .failed(.tooSlow(client.peer)), &clients, with: client)
        }
    }

    private func finish(
        _ id: UInt64,
        _ step: ControlConnection.Step,
        _ clients: inout [UInt64: ControlConnection],
        with client: ControlConnection
    ) {
        clients[id] = client
        switch step {
        case .goesOn: break
        case .asked(let bytes):
            let request = ControlRequest(bytes: bytes, peer: client.peer)
            continuation.yield(Call(client: id, request: request))
        case .done: clients[id] = nil
        case .failed(let fault):
            clients[id] = nil
            onFault(fault)
        }
    }
}
