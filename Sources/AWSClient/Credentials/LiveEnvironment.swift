import Glibc
package import Primitives
import Synchronization

extension AWSEnvironment {
    /// The real world: this process's variables, files, clocks, resolver and child processes.
    ///
    /// - Parameters:
    ///   - metadataTransport: A transport without any proxy, for link-local endpoints.
    ///   - wallTime: The skew-corrected time of day; nil for the system clock.
    ///   - log: Takes what is worth saying.
    /// - Returns: An environment on the clocks of this process.
    package static func live(
        metadataTransport: any HTTPTransport,
        wallTime: (@Sendable () -> WallTime)? = nil,
        log: @escaping @Sendable (CredentialLogLevel, String) -> Void
    ) -> AWSEnvironment {
        let variables = LiveSystem.variables()
        // Waits and the ids of calls need chance, not secrecy, and a poll asks three times.
        let dice = Mutex(SplitMix64(seed: .random(in: .min ... .max)))
        return AWSEnvironment(
            variables: variables,
            homeDirectory: variables["HOME"].flatMap { $0.isEmpty ? nil : $0 }
                ?? LiveSystem.homeDirectory(),
            hostName: LiveSystem.hostName(),
            userID: geteuid(),
            readFile: { path throws(FileTrouble) in try LiveSystem.readFile(path) },
            stat: { LiveSystem.stamp(ofPath: $0) },
            wallTime: wallTime ?? { LiveSystem.wallTime() },
            instant: { LiveSystem.instant() },
            sleep: { pause throws(CancellationError) in
                do {
                    try await Task.sleep(for: pause)
                } catch {
                    throw CancellationError()
                }
            },
            random: { dice.withLock { $0.uniform() } },
            runProcess: { request async throws(ProcessTrouble) in
                try await LiveProcess.run(request)
            },
            metadataTransport: metadataTransport,
            resolveHost: { host async throws(HostTrouble) in
                do throws(NameFault) {
                    return try await NameLookup.system.addresses(of: host)
                } catch {
                    throw HostTrouble(detail: error.detail)
                }
            },
            log: log
        )
    }
}

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
        // The entry's texts lie in the buffer: they are copied before it goes.
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

    /// Reads a regular file of at most 1 MiB; `/dev/null`, by which people say none, is empty.
    ///
    /// - Throws: ``FileTrouble``.
    package static func readFile(_ path: String) throws(FileTrouble) -> FileContents {
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

    /// What tells a file's state, after following links; nil when it cannot be seen.
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

    /// All addresses of a name, as the system's resolver gives them; blocks as long as it does.
    static func addresses(of host: String) throws(NameFault) -> [IPAddress] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = unsafe getaddrinfo(host, nil, &hints, &list)
        guard status == 0 else {
            throw NameFault(host: host, lookup: status)
        }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [IPAddress] = []
        var next = unsafe list
        while let entry = unsafe next {
            var name = [CChar](repeating: 0, count: 1025)
            let status = unsafe getnameinfo(
                entry.pointee.ai_addr,
                entry.pointee.ai_addrlen,
                &name,
                socklen_t(name.count),
                nil,
                0,
                NI_NUMERICHOST
            )
            let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            // A scoped link-local address has a zone and is no address that any rule allows.
            guard status == 0, let address = IPAddress(String(decoding: bytes, as: UTF8.self))
            else { throw NameFault(host: host, .noAnswer, "one of its addresses is not readable") }
            addresses.append(address)
            unsafe next = unsafe entry.pointee.ai_next
        }
        return addresses
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

extension NameFault {
    /// What a status of getaddrinfo(3) says.
    fileprivate init(host: String, lookup status: Int32) {
        // EAI_ADDRFAMILY and EAI_NODATA, which Glibc shows to GNU programs only.
        let unknown = [EAI_NONAME, -9, -5]
        let text =
            status == EAI_SYSTEM
            ? LiveSystem.text(of: errno) : unsafe String(cString: gai_strerror(status))
        self.init(host: host, unknown.contains(status) ? .unknownHost : .noAnswer, text)
    }
}
