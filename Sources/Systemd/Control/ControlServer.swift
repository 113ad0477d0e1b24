/// The client process as the kernel reports it (SO_PEERCRED).
package struct PeerCredentials: Hashable, Sendable, CustomStringConvertible {
    /// The process id.
    package let processID: Int32
    /// The effective user id at the time of connecting.
    package let userID: UInt32
    /// The effective group id at the time of connecting.
    package let groupID: UInt32

    /// Creates credentials.
    package init(processID: Int32, userID: UInt32, groupID: UInt32) {
        self.processID = processID
        self.userID = userID
        self.groupID = groupID
    }

    package var description: String { "process \(processID) of user \(userID)" }
}

/// One question on the control socket.
package struct ControlRequest: Hashable, Sendable {
    /// The message, as it came.
    package let bytes: [UInt8]
    /// Who sent it.
    package let peer: PeerCredentials

    /// Creates a request.
    package init(bytes: [UInt8], peer: PeerCredentials) {
        self.bytes = bytes
        self.peer = peer
    }
}

/// The limits of the control socket.
package struct ControlLimits: Hashable, Sendable {
    /// The largest request in bytes; 64 KiB.
    package var requestBytes = 64 * 1024
    /// The largest answer in bytes; 16 MiB hold the status of 10,000 pipelines.
    package var answerBytes = 16 * 1024 * 1024
    /// How many clients are served at a time, 16; others wait in the kernel's queue.
    package var clients = 16
    /// How long a client may take to send its request, and again to read its answer; 5 s.
    package var patience = Duration.seconds(5)
    /// How long, at least, before a client that has not sent its request gives up its slot to one
    /// that waits while all are taken; 200 ms.
    package var haste = Duration.milliseconds(200)
    /// The permissions of the socket file; 0660: the daemon's user and group.
    package var fileMode: UInt32 = 0o660

    /// Creates the standard limits.
    package init() {}
}

/// A client's error; the daemon continues.
package enum ControlServerError: Hashable, Sendable, CustomStringConvertible {
    /// It announced a request over the limit.
    case tooLarge(bytes: Int, PeerCredentials)
    /// It did not send its request, or did not read its answer, in time.
    case tooSlow(PeerCredentials)
    /// It disconnected before its request was complete or its answer read.
    case gone(PeerCredentials)
    /// The answer to it was over the limit and not sent.
    case answerTooLarge(bytes: Int, PeerCredentials)
    /// The system gave no descriptor for a client; accepting pauses for a second.
    case notAccepted(HostError)
    /// The socket file could not be removed at the end.
    case notRemoved(HostError)

    package var description: String {
        switch self {
        case .notRemoved(let error): "control socket: \(error); the next daemon replaces it"
        case .tooLarge(let bytes, let peer):
            "control socket: \(peer) announced a request of \(bytes) bytes; disconnected"
        case .tooSlow(let peer): "control socket: \(peer) was too slow; disconnected"
        case .gone(let peer): "control socket: \(peer) disconnected in the middle of a request"
        case .answerTooLarge(let bytes, let peer):
            "control socket: the answer to \(peer) has \(bytes) bytes, too many; disconnected"
        case .notAccepted(let error): "control socket: \(error); trying again in a second"
        }
    }
}

/// The control socket's server: one request and one answer on each connection.
///
/// A thread of its own reads and writes, so that a client can neither block the daemon nor take one
/// of its threads. The frames are those of `ControlFrame`; their content is the caller's.
package struct ControlServer: Sendable {
    /// The path of the socket.
    package let path: String

    private let loop: ControlLoop

    /// Creates the socket and listens on it; requests wait until ``serve(_:)`` runs.
    ///
    /// The file of a daemon that died is replaced, one on which a daemon listens is not.
    ///
    /// - Parameters:
    ///   - path: 106 bytes at most.
    ///   - limits: the limits for clients.
    ///   - onError: receives clients' errors; runs on the server's thread and must not block.
    /// - Throws: `ControlSocketError`; `inUse` and `notASocket` name what is at the path.
    package init(
        path: String,
        limits: ControlLimits = ControlLimits(),
        onError: @escaping @Sendable (ControlServerError) -> Void = { _ in }
    ) throws(ControlSocketError) {
        self.path = path
        let listener = try ControlServer.listen(at: path, limits: limits)
        do throws(HostError) {
            let file = try SocketFile.at(path)
            let loop = try ControlLoop(limits: limits, onError: onError) {
                // The folder may no longer exist, and then neither does the socket.
                do throws(HostError) { try file?.remove(at: path) } catch {
                    onError(.notRemoved(error))
                }
            }
            try HostThread.start(named: "control") { loop.run(listener) }
            self.loop = loop
        } catch {
            throw .failed(error)
        }
    }

    /// Answers requests until the task is cancelled or the server is closed, then closes it.
    ///
    /// May be called once. Requests of different clients run concurrently.
    ///
    /// - Parameter handler: produces the answer; when the task is cancelled it must return soon.
    package func serve(_ handler: @escaping @Sendable (ControlRequest) async -> [UInt8]) async {
        await withDiscardingTaskGroup { group in
            for await call in loop.calls {
                group.addTask {
                    let answer = await handler(call.request)
                    loop.answer(call.client, answer)
                }
            }
        }
        loop.stop()
        await loop.ended()
    }

    /// Closes the socket and removes its file; connected clients are disconnected.
    package func close() {
        loop.stop()
    }

    /// The kind of file at a path.
    private enum Occupant {
        case nothing, stale, daemon, noSocket
    }

    /// Listens, unless a daemon already does.
    private static func listen(
        at path: String,
        limits: ControlLimits
    ) throws(ControlSocketError) -> StreamSocket {
        let occupant: Occupant
        do throws(HostError) {
            occupant = try self.occupant(of: path)
        } catch {
            throw .failed(error)
        }
        switch occupant {
        case .daemon: throw .inUse(path: path)
        case .noSocket: throw .notASocket(path: path)
        case .nothing, .stale: break
        }
        do throws(HostError) {
            return try StreamSocket.listen(
                at: path,
                mode: limits.fileMode,
                backlog: Int32(limits.clients * 4)
            )
        } catch {
            throw .failed(error)
        }
    }

    private static func occupant(of path: String) throws(HostError) -> Occupant {
        guard let file = try SocketFile.at(path) else { return .nothing }
        guard file.isSocket else { return .noSocket }
        do throws(HostError) {
            _ = try StreamSocket.connect(to: path)
            return .daemon
        } catch {
            switch ControlSocketError(error, path: path) {
            case .notRunning: return .stale
            case .busy: return .daemon
            case _: throw error
            }
        }
    }
}
