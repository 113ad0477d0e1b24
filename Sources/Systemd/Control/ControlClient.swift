import Glibc
import Primitives

/// The other end of the control socket, for the commands.
package enum ControlClient {
    /// Sends a request and waits for the answer.
    ///
    /// - Parameters:
    ///   - request: the request.
    ///   - path: the daemon's socket.
    ///   - limit: how long the whole conversation may take.
    ///   - limits: the allowed sizes of a message.
    /// - Returns: the answer.
    /// - Throws: `ControlSocketError`, whose text tells what to do.
    package static func ask(
        _ request: [UInt8],
        at path: String,
        within limit: Duration,
        limits: ControlLimits = ControlLimits()
    ) async throws(ControlSocketError) -> [UInt8] {
        guard request.count <= limits.requestBytes else {
            throw .tooLarge(bytes: request.count, limit: limits.requestBytes)
        }
        let answer: Result<[UInt8], ControlSocketError>
        do throws(HostError) {
            answer = try await HostThread.run(named: "control-client") {
                Result { () throws(ControlSocketError) in
                    let conversation = try Conversation(path: path, limit: limit)
                    try conversation.send(ControlFrame.encoded(request))
                    return try conversation.receive(limit: limits.answerBytes)
                }
            }
        } catch {
            throw .failed(error)
        }
        return try answer.get()
    }
}

/// One request and its answer, with one deadline for both.
private struct Conversation {
    private let socket: StreamSocket
    private let path: String
    private let limit: Duration
    private let deadline: Instant
    private let host = LinuxHost()

    init(path: String, limit: Duration) throws(ControlSocketError) {
        deadline = host.awakeInstant + limit
        do throws(HostError) {
            socket = try StreamSocket.connect(to: path, within: limit)
        } catch {
            throw ControlSocketError(error, path: path)
        }
        self.path = path
        self.limit = limit
    }

    func send(_ bytes: [UInt8]) throws(ControlSocketError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            switch socket.write(rest) {
            case .wrote(let count): rest = rest.dropFirst(count)
            case .notYet: try wait(for: Int32(POLLOUT))
            case .failed(let code): throw failure("asking", code)
            }
        }
    }

    func receive(limit: Int) throws(ControlSocketError) -> [UInt8] {
        var reader = ControlFrame.Reader(limit: limit)
        while true {
            switch socket.read() {
            case .nothingYet: try wait(for: Int32(POLLIN))
            case .ended: throw .closedEarly(path: path)
            case .failed(let code): throw failure("waiting for an answer", code)
            case .bytes(let bytes):
                switch reader.append(bytes) {
                case .incomplete: break
                case .message(let message): return message
                case .tooLarge(let bytes): throw .tooLarge(bytes: bytes, limit: limit)
                }
            }
        }
    }

    private func wait(for event: Int32) throws(ControlSocketError) {
        let rest = deadline - host.awakeInstant
        guard rest > .zero else { throw .timedOut(path: path, after: limit) }
        _ = StreamSocket.ready([(socket.descriptor, event)], within: rest)
    }

    private func failure(_ doing: String, _ code: Int32) -> ControlSocketError {
        ControlSocketError(HostError(call: "\(doing) at \(path)", code: code), path: path)
    }
}
