import Glibc

/// A failed system call; `errno` is the cause.
struct PosixError: Error, Hashable, Sendable {
    /// The system's number.
    var errno: Int32
}

/// The file that a path leads to, independent of its name.
struct FileIdentity: Hashable, Sendable {
    /// The file system.
    var device: UInt64
    /// The file in it.
    var inode: UInt64
    /// Its length in bytes; not part of the identity.
    var size: Int64

    static func == (left: FileIdentity, right: FileIdentity) -> Bool {
        left.device == right.device && left.inode == right.inode
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(device)
        hasher.combine(inode)
    }
}

/// The few system calls that the ledger needs besides SQLite.
///
/// The database file itself is never opened and closed here while a connection is open: closing any
/// descriptor of it would drop SQLite's locks (fcntl(2)).
enum PosixFile {
    /// The system's text for a number.
    static func message(_ errno: Int32) -> String {
        guard let text = unsafe strerror(errno) else { return "error \(errno)" }
        return unsafe String(cString: text)
    }

    /// Which file a path leads to; nil when there is none.
    static func identity(_ path: String) throws(PosixError) -> FileIdentity? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            guard errno == ENOENT else { throw PosixError(errno: errno) }
            return nil
        }
        return FileIdentity(status)
    }

    /// Whether a path is a symbolic link itself.
    static func isLink(_ path: String) throws(PosixError) -> Bool {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else {
            guard errno == ENOENT else { throw PosixError(errno: errno) }
            return false
        }
        return status.st_mode & S_IFMT == S_IFLNK
    }

    /// Whether a path's owner is neither this process's user nor root.
    static func isOfAnotherUser(_ path: String) throws(PosixError) -> Bool {
        var status = stat()
        try check(unsafe stat(path, &status))
        return status.st_uid != geteuid() && status.st_uid != 0
    }

    /// Whether a directory takes files from users that are neither its owner nor of its group.
    static func isWritableByOthers(_ path: String) throws(PosixError) -> Bool {
        var status = stat()
        try check(unsafe stat(path, &status))
        return status.st_mode & S_IWOTH != 0
    }

    /// Which file a descriptor is.
    static func identity(_ descriptor: Int32) throws(PosixError) -> FileIdentity {
        var status = stat()
        try check(unsafe fstat(descriptor, &status))
        return FileIdentity(status)
    }

    /// Creates a directory when it is missing, but not its parents; returns whether it was created.
    static func makeDirectory(_ path: String) throws(PosixError) -> Bool {
        if unsafe mkdir(path, 0o750) == 0 { return true }
        guard errno == EEXIST else { throw PosixError(errno: errno) }
        return false
    }

    /// Creates an empty file of mode 0640 when it is missing.
    static func makeFile(_ path: String) throws(PosixError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else {
            guard errno == EEXIST else { throw PosixError(errno: errno) }
            return
        }
        defer { close(descriptor) }
        try check(fchmod(descriptor, 0o640))
        try check(fsync(descriptor))
    }

    /// Opens a file for reading and writing, made with mode 0640 when missing.
    static func openFile(_ path: String) throws(PosixError) -> Int32 {
        let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW
        let descriptor = unsafe open(path, flags, 0o640)
        try check(descriptor)
        return descriptor
    }

    /// Closes a descriptor.
    static func closeFile(_ descriptor: Int32) {
        close(descriptor)
    }

    /// Takes the exclusive lock without waiting; false when another holds it.
    static func lock(_ descriptor: Int32) throws(PosixError) -> Bool {
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
        guard errno == EWOULDBLOCK else { throw PosixError(errno: errno) }
        return false
    }

    /// The first 64 bytes of a file as text.
    static func text(_ descriptor: Int32) throws(PosixError) -> String {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = unsafe pread(descriptor, &bytes, bytes.count, 0)
        guard count >= 0 else { throw PosixError(errno: errno) }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    /// Replaces a file's contents by a short text.
    static func replace(_ descriptor: Int32, with text: String) throws(PosixError) {
        let bytes = Array(text.utf8)
        try check(ftruncate(descriptor, 0))
        guard unsafe pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else {
            throw PosixError(errno: errno)
        }
    }

    /// Renames a file; false when there is no such file.
    static func move(_ from: String, to target: String) throws(PosixError) -> Bool {
        if unsafe rename(from, target) == 0 { return true }
        guard errno == ENOENT else { throw PosixError(errno: errno) }
        return false
    }

    /// Removes a name.
    static func remove(_ path: String) throws(PosixError) {
        try check(unsafe unlink(path))
    }

    /// Makes the names in a directory durable.
    static func syncDirectory(_ path: String) throws(PosixError) {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        try check(descriptor)
        defer { close(descriptor) }
        try check(fsync(descriptor))
    }

    /// Throws when a call returned less than zero.
    private static func check(_ answer: Int32) throws(PosixError) {
        guard answer >= 0 else { throw PosixError(errno: errno) }
    }
}

extension FileIdentity {
    /// Takes the result of stat(2).
    fileprivate init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
    }
}
