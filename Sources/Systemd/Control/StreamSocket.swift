import CSystemd
import Glibc

/// An open stream socket that never blocks; closed when nothing refers to it any more.
package final class StreamSocket: Sendable {
    /// The descriptor.
    package let descriptor: Int32

    /// Takes over an open descriptor.
    package init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// The result of reading.
    package enum ReadResult: Hashable {
        /// These bytes came.
        case bytes([UInt8])
        /// Nothing is there yet.
        case nothingYet
        /// The other end has closed.
        case ended
        /// The call failed with this errno value.
        case failed(Int32)
    }

    /// The result of writing.
    package enum WriteResult: Hashable {
        /// So many bytes were taken.
        case wrote(Int)
        /// The other end must read first.
        case notYet
        /// The call failed with this errno value.
        case failed(Int32)
    }

    /// Connects to a socket file.
    ///
    /// - Parameters:
    ///   - path: the socket file.
    ///   - limit: how long to wait for a server whose queue is full; zero does not wait.
    /// - Returns: the connection.
    /// - Throws: `HostError`; ECONNREFUSED when nothing listens, EAGAIN when the queue stays full.
    package static func connect(to path: String, within limit: Duration = .zero) throws(HostError)
        -> StreamSocket
    {
        let answer = unsafe retryd_connect(path, max(0, limit.milliseconds))
        return StreamSocket(descriptor: try HostError.check(answer, "connecting to \(path)"))
    }

    /// Listens at a path.
    ///
    /// - Parameters:
    ///   - path: the socket file to make; an old one is replaced in one step.
    ///   - mode: its permissions.
    ///   - backlog: how many clients may wait to be accepted.
    /// - Returns: the listening socket.
    /// - Throws: `HostError` when the path cannot be used.
    package static func listen(at path: String, mode: UInt32, backlog: Int32) throws(HostError)
        -> StreamSocket
    {
        let answer = unsafe retryd_listen(path, path + "~", mode, backlog)
        return StreamSocket(descriptor: try HostError.check(answer, "listening at \(path)"))
    }

    /// Accepts the next client; its errno value when there is none.
    func accept() throws(HostError) -> (StreamSocket, PeerCredentials) {
        var peer = retryd_peer()
        let answer = unsafe retryd_accept(descriptor, &peer)
        let client = StreamSocket(descriptor: try HostError.check(answer, "accepting a client"))
        return (client, PeerCredentials(processID: peer.pid, userID: peer.uid, groupID: peer.gid))
    }

    /// Reads what is there, 16 KiB at most.
    package func read() -> ReadResult {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        let count = unsafe Glibc.recv(descriptor, &buffer, buffer.count, 0)
        if count > 0 { return .bytes(Array(buffer[..<count])) }
        if count == 0 { return .ended }
        return [EAGAIN, EINTR].contains(errno) ? .nothingYet : .failed(errno)
    }

    /// Writes as much as the other end takes now.
    package func write(_ bytes: ArraySlice<UInt8>) -> WriteResult {
        let count = unsafe bytes.withUnsafeBytes { bytes in
            unsafe Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        }
        if count >= 0 { return .wrote(count) }
        return [EAGAIN, EINTR].contains(errno) ? .notYet : .failed(errno)
    }

    /// Waits until one of the descriptors is ready; returns the ready ones.
    ///
    /// - Parameters:
    ///   - wanted: descriptors and what to wait for on each, `POLLIN` or `POLLOUT`.
    ///   - limit: how long at most; nil waits for ever.
    /// - Returns: the descriptors that are ready or broken; none when the time is over.
    static func ready(_ wanted: [(Int32, Int32)], within limit: Duration?) -> Set<Int32> {
        var items = wanted.map { pollfd(fd: $0.0, events: Int16($0.1), revents: 0) }
        let milliseconds = limit.map { Int32(min(max(0, $0.milliseconds), 3_600_000)) } ?? -1
        let count = unsafe poll(&items, nfds_t(items.count), milliseconds)
        guard count > 0 else { return [] }
        return Set(items.filter { $0.revents != 0 }.map(\.fd))
    }
}

/// The file at a path, as far as a socket's owner must know it.
package struct SocketFile: Hashable, Sendable {
    /// Which file it is.
    package let identity: FileIdentity
    /// Whether it is a socket.
    package let isSocket: Bool

    /// The file at a path; nil when there is none.
    package static func at(_ path: String) throws(HostError) -> SocketFile? {
        var file = retryd_file()
        let answer = unsafe retryd_lstat(path, &file)
        if answer == -ENOENT { return nil }
        try HostError.check(answer, "looking at \(path)")
        return SocketFile(
            identity: FileIdentity(device: file.device, inode: file.inode),
            isSocket: file.is_socket != 0
        )
    }

    /// Removes the path if it still is this file.
    func remove(at path: String) throws(HostError) {
        guard try SocketFile.at(path) == self else { return }
        guard unsafe unlink(path) == 0 else {
            throw HostError(call: "removing \(path)", code: errno)
        }
    }
}
