import Glibc
import Primitives

/// The system calls of the live environment.
package enum LiveSystem {
    /// The largest file that is read.
    private static let fileLimit = 1_048_576
    /// The clock's origin: the first time that it is read.
    private static let origin = ContinuousClock.now

    /// This process's environment variables.
    package static func variables() -> [String: String] {
        var variables: [String: String] = [:]
        var entry = unsafe environ
        while let text = unsafe entry.pointee {
            let line = unsafe String(cString: text)
            if let equals = line.firstIndex(of: "=") {
                variables[String(line[..<equals])] = String(line[line.index(after: equals)...])
            }
            unsafe entry = unsafe entry.advanced(by: 1)
        }
        return variables
    }

    /// The home directory of the user database, for units without `User=`.
    package static func homeDirectory() -> String? {
        var buffer = [CChar](repeating: 0, count: 16_384)
        // The entry's texts are in the buffer: they are copied before it is released.
        return unsafe buffer.withUnsafeMutableBufferPointer { texts in
            guard let base = texts.baseAddress else { return nil }
            var entry = unsafe passwd()
            var found: UnsafeMutablePointer<passwd>?
            let status = unsafe getpwuid_r(
                geteuid(),
                &entry,
                base,
                texts.count,
                &found
            )
            guard status == 0, unsafe found != nil, let home = unsafe entry.pw_dir else {
                return nil
            }
            return unsafe String(cString: home)
        }
    }

    static func hostName() -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&buffer, buffer.count - 1) == 0 else { return "host" }
        let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func instant() -> Instant {
        let origin = origin
        return Instant(sinceOrigin: ContinuousClock.now - origin)
    }

    static func wallTime() -> WallTime {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// Reads a regular file of at most 1 MiB; `/dev/null`, commonly used for none, is empty.
    ///
    /// - Throws: ``FileError``.
    package static func readFile(_ path: String) throws(FileError) -> FileContents {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            let code = errno
            throw code == ENOENT || code == ENOTDIR ? .absent : .unreadable(text(of: code))
        }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .unreadable(text(of: errno)) }
        guard status.st_mode & S_IFMT == S_IFREG || path == "/dev/null" else {
            throw .unreadable("not a regular file")
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = unsafe read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .unreadable(text(of: errno)) }
            guard count > 0 else { break }
            bytes += buffer.prefix(count)
            guard bytes.count <= fileLimit else { throw .unreadable("larger than 1 MiB") }
        }
        return FileContents(bytes: bytes, stamp: stamp(of: status))
    }

    /// Identifies a file's state, after following links; nil when it is not accessible.
    package static func stamp(ofPath path: String) -> FileStamp? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return stamp(of: status)
    }

    /// The names in a folder but those that start with a dot; none when it cannot be read.
    package static func entries(of folder: String) -> [String] {
        guard let directory = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }

    private static func stamp(of status: stat) -> FileStamp {
        FileStamp(
            modified: Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec),
            size: Int64(status.st_size),
            inode: UInt64(status.st_ino),
            mode: UInt32(status.st_mode) & 0o7777,
            owner: status.st_uid
        )
    }

    /// The system's text for an error number.
    static func text(of code: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard unsafe strerror_r(code, &buffer, buffer.count) == 0 else {
            return "error \(code)"
        }
        let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
