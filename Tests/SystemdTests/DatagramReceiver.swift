import Glibc

/// A service manager's end of the notification socket.
final class DatagramReceiver {
    /// The value of `NOTIFY_SOCKET`.
    let address: String
    private let descriptor: Int32

    /// Binds a socket; `@name` is an abstract one.
    init?(address: String) {
        self.address = address
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &name.sun_path) { path in
            unsafe path.copyBytes(from: address.utf8)
            if address.hasPrefix("@") { unsafe path[0] = 0 }
        }
        let size = 2 + address.utf8.count + (address.hasPrefix("@") ? 0 : 1)
        let answer = unsafe withUnsafeBytes(of: &name) { bytes in
            guard let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
            else { return Int32(-1) }
            return unsafe bind(descriptor, start, socklen_t(size))
        }
        guard answer == 0 else { return nil }
    }

    deinit {
        close(descriptor)
        if address.hasPrefix("/") { _ = unsafe unlink(address) }
    }

    /// The next datagram, or nil when none is there.
    func next() -> String? {
        var buffer = [UInt8](repeating: 0, count: 8192)
        let flags = Int32(MSG_DONTWAIT)
        let size = unsafe recv(descriptor, &buffer, buffer.count, flags)
        return size < 0 ? nil : String(decoding: buffer[..<size], as: UTF8.self)
    }
}

/// A folder that is removed after the test.
final class TemporaryFolder: Sendable {
    /// Its path, short enough for a socket in it.
    let path: String

    /// Creates a folder under `/tmp`.
    init?() {
        var template = Array("/tmp/retryd-XXXXXX".utf8CString)
        let made: String? = unsafe template.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress, let path = unsafe mkdtemp(start)
            else { return nil }
            return unsafe String(cString: path)
        }
        guard let made else { return nil }
        path = made
    }

    deinit {
        for name in ["notify", "control.sock"] { _ = unsafe unlink("\(path)/\(name)") }
        _ = unsafe rmdir(path)
    }
}
