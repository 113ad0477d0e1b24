import Glibc
import Primitives

/// One client of the control socket.
struct ControlConnection {
    /// The result of one step of a connection.
    enum Step: Hashable {
        /// It needs more time.
        case goesOn
        /// Its question is complete.
        case asked([UInt8])
        /// Nothing is left to do: the answer is written, or the client only connected and closed.
        case done
        /// It is to be closed.
        case failed(ControlServerError)
    }

    private enum Phase {
        /// The request arrives. Can transition to: handling, when it is complete.
        case reading(ControlFrame.Reader, deadline: Instant)
        /// The handler works. Can transition to: writing, when the answer is there.
        case handling
        /// The answer is sent. Can transition to: the end.
        case writing(ArraySlice<UInt8>, deadline: Instant)
    }

    let socket: StreamSocket
    let peer: PeerCredentials
    private var phase: Phase

    /// Creates a connection that waits for a request of at most this many bytes.
    init(socket: StreamSocket, peer: PeerCredentials, limit: Int, deadline: Instant) {
        self.socket = socket
        self.peer = peer
        phase = .reading(ControlFrame.Reader(limit: limit), deadline: deadline)
    }

    /// What to wait for; nothing while the handler works.
    var interest: (Int32, Int32)? {
        switch phase {
        case .reading: (socket.descriptor, Int32(POLLIN))
        case .handling: nil
        case .writing: (socket.descriptor, Int32(POLLOUT))
        }
    }

    /// When the client's time is over; the handler's own time is the handler's responsibility.
    var deadline: Instant? {
        switch phase {
        case .reading(_, let deadline), .writing(_, let deadline): deadline
        case .handling: nil
        }
    }

    /// The deadline of its request; nil when it has arrived.
    var questionDeadline: Instant? {
        switch phase {
        case .reading(_, let deadline): deadline
        case .handling, .writing: nil
        }
    }

    /// Takes the answer.
    mutating func begin(answer: [UInt8], deadline: Instant) {
        phase = .writing(ControlFrame.encoded(answer)[...], deadline: deadline)
    }

    /// Reads or writes, whichever is due.
    mutating func advance() -> Step {
        switch phase {
        case .reading: read()
        case .handling: .goesOn
        case .writing: write()
        }
    }

    /// Writes as much of the answer as the client accepts.
    mutating func write() -> Step {
        guard case .writing(var rest, let deadline) = phase else { return .goesOn }
        while !rest.isEmpty {
            switch socket.write(rest) {
            case .wrote(let count): rest = rest.dropFirst(count)
            case .notYet:
                phase = .writing(rest, deadline: deadline)
                return .goesOn
            case .failed: return .failed(.gone(peer))
            }
        }
        return .done
    }

    private mutating func read() -> Step {
        guard case .reading(var reader, let deadline) = phase else { return .goesOn }
        switch socket.read() {
        case .nothingYet: return .goesOn
        // A starting daemon checks in this way whether another one listens.
        case .ended where reader.isEmpty: return .done
        case .ended, .failed: return .failed(.gone(peer))
        case .bytes(let bytes):
            switch reader.append(bytes) {
            case .incomplete:
                phase = .reading(reader, deadline: deadline)
                return .goesOn
            case .tooLarge(let bytes): return .failed(.tooLarge(bytes: bytes, peer))
            case .message(let message):
                phase = .handling
                return .asked(message)
            }
        }
    }
}
