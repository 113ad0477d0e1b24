import Glibc

/// Reads whole files, up to a size limit.
///
/// The only file that calls the C library.
package enum SystemFile {
    /// Why a file cannot be read.
    package enum ReadingError: Error, Hashable, CustomStringConvertible {
        /// There is none of that name.
        case missing
        /// It is a directory, a device or the like.
        case notRegular
        /// It has more bytes than the limit.
        case tooLong
        /// The operating system's error message.
        case refused(String)

        /// The error as the rest of a sentence after the file's name.
        package var description: String {
            switch self {
            case .missing: "does not exist"
            case .notRegular: "is a directory or a device"
            case .tooLong: "is too long"
            case .refused(let words): "cannot be read (\(words))"
            }
        }
    }

    /// The bytes of a regular file; nil when it cannot be read or is larger than the limit.
    static func contents(_ path: String, atMost bound: Int) -> [UInt8]? {
        switch read(path, atMost: bound) {
        case .success(let bytes): bytes
        case .failure: nil
        }
    }

    /// The bytes of a regular file of so many bytes at most.
    static func read(_ path: String, atMost bound: Int) -> Result<[UInt8], ReadingError> {
        // A path with a zero byte would be cut there.
        guard !path.utf8.contains(0) else { return .failure(.missing) }
        // Without O_NONBLOCK a FIFO in the file's place would block the daemon for ever.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return .failure(error(errno)) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return .failure(error(errno)) }
        guard status.st_mode & S_IFMT == S_IFREG else { return .failure(.notRegular) }
        return bytes(of: descriptor, atMost: bound)
    }

    /// Everything that a file, a pipe or a terminal gives until its end, up to a size limit.
    ///
    /// It waits for a writer; only a command run by a person may do that.
    package static func drain(_ path: String, atMost bound: Int) -> Result<[UInt8], ReadingError> {
        guard !path.utf8.contains(0) else { return .failure(.missing) }
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return .failure(error(errno)) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return .failure(error(errno)) }
        guard status.st_mode & S_IFMT != S_IFDIR else { return .failure(.notRegular) }
        return bytes(of: descriptor, atMost: bound)
    }

    private static func bytes(of descriptor: Int32, atMost bound: Int) -> Result<
        [UInt8], ReadingError
    > {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            }
            if count == 0 { return .success(bytes) }
            if count < 0 {
                if errno == EINTR { continue }
                return .failure(error(errno))
            }
            bytes += chunk.prefix(count)
            if bytes.count > bound { return .failure(.tooLong) }
        }
    }

    private static func error(_ code: Int32) -> ReadingError {
        if code == ENOENT || code == ENOTDIR { return .missing }
        return .refused(unsafe strerror(code).map { unsafe String(cString: $0) } ?? "\(code)")
    }
}
