import Glibc

/// A directory that is removed with its last reference, and the few file operations that tests of a
/// damaged or copied ledger need.
final class TemporaryDirectory: Sendable {
    /// The directory's path.
    let path: String

    init() {
        var template = Array("/tmp/attempt-ledger-XXXXXX".utf8CString)
        let made = unsafe template.withUnsafeMutableBufferPointer { buffer in
            unsafe buffer.baseAddress
                .flatMap { unsafe mkdtemp($0) }
                .map { unsafe String(cString: $0) }
        }
        guard let made else { preconditionFailure("mkdtemp failed: errno \(errno)") }
        path = made
    }

    deinit {
        for name in names {
            unsafe unlink(path + "/" + name)
            unsafe rmdir(path + "/" + name)
        }
        unsafe rmdir(path)
    }

    /// The names in the directory, sorted.
    var names: [String] {
        guard let directory = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The whole file; nil when there is none.
    func read(_ name: String) -> [UInt8]? {
        let descriptor = unsafe open(path + "/" + name, O_RDONLY)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: size(name))
        let count = unsafe pread(descriptor, &bytes, bytes.count, 0)
        return Array(bytes.prefix(max(0, count)))
    }

    /// Writes bytes into a file at an offset; creates it when missing.
    func write(_ bytes: [UInt8], to name: String, at offset: Int = 0) {
        let descriptor = unsafe open(path + "/" + name, O_WRONLY | O_CREAT, 0o640)
        precondition(descriptor >= 0, "open failed: errno \(errno)")
        defer { close(descriptor) }
        let count = unsafe pwrite(descriptor, bytes, bytes.count, off_t(offset))
        precondition(count == bytes.count, "pwrite failed: errno \(errno)")
    }

    /// The length of a file; 0 when there is none.
    func size(_ name: String) -> Int {
        status(name).map { Int($0.st_size) } ?? 0
    }

    /// The permission bits of a file; nil when there is none.
    func mode(_ name: String) -> UInt32? {
        status(name).map { $0.st_mode & 0o777 }
    }

    /// Removes a file.
    func remove(_ name: String) {
        unsafe unlink(path + "/" + name)
    }

    /// Creates a directory.
    func makeDirectory(_ name: String) {
        unsafe mkdir(path + "/" + name, 0o750)
    }

    /// Removes an empty directory.
    func removeDirectory(_ name: String) {
        unsafe rmdir(path + "/" + name)
    }

    /// Renames a file.
    func move(_ name: String, toPath other: String) {
        unsafe rename(path + "/" + name, other)
    }

    /// Copies a file to another directory, when there is one.
    func copy(_ name: String, to other: TemporaryDirectory) {
        if let bytes = read(name) { other.write(bytes, to: name) }
    }

    func link(_ name: String, to target: String) {
        precondition(unsafe symlink(target, path + "/" + name) == 0)
    }

    /// Sets the directory's permission bits.
    func setMode(_ mode: UInt32) {
        precondition(unsafe chmod(path, mode) == 0)
    }

    /// Whether this process may make another user the owner of its files.
    static var mayGiveAway: Bool { geteuid() == 0 }

    /// Makes another user the directory's owner.
    func giveAway() {
        precondition(unsafe chown(path, 65_534, 65_534) == 0)
    }

    private func status(_ name: String) -> stat? {
        var status = stat()
        guard unsafe stat(path + "/" + name, &status) == 0 else { return nil }
        return status
    }
}
