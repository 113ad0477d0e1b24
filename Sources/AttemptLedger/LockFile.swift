/// The lock that prevents a second instance while the process runs.
///
/// It is an flock(2), so it ends with the process in every case. The file stays behind: deleting it
/// would let two processes each lock a file of that name.
final class LockFile: Sendable {
    /// The lock's path.
    private let path: String
    /// The open file that the lock belongs to.
    private let descriptor: Int32

    /// Takes the lock and writes the pid into the file.
    /// - Throws: ``LedgerError/heldByOther(pid:)``, ``LedgerError/cannotCreate(path:errno:)``.
    init(path: String, processID: Int32) throws(LedgerError) {
        let opened: Int32
        var isHeld = false
        do throws(PosixError) {
            opened = try PosixFile.openFile(path)
        } catch {
            throw .cannotCreate(path: path, errno: error.errno)
        }
        self.path = path
        descriptor = opened
        var holder: Int32?
        do throws(PosixError) {
            isHeld = try PosixFile.lock(opened)
            if !isHeld { holder = Self.pid(try PosixFile.text(opened)) }
        } catch {
            throw .cannotCreate(path: path, errno: error.errno)
        }
        guard isHeld else { throw .heldByOther(pid: holder) }
        do throws(PosixError) {
            try PosixFile.replace(opened, with: "\(processID)\n")
        } catch {
            // The lock is valid without its text, which only tells people the holder, and a full
            // disk must not keep the daemon from reading and reporting.
            return
        }
    }

    deinit {
        PosixFile.closeFile(descriptor)
    }

    /// Whether the path still leads to the locked file; else another instance may lock a new one.
    func stillHolds() throws(LedgerError) -> Bool {
        do throws(PosixError) {
            return try PosixFile.identity(path) == PosixFile.identity(descriptor)
        } catch {
            throw .cannotCreate(path: path, errno: error.errno)
        }
    }

    /// Reads the pid that the holder wrote.
    private static func pid(_ text: String) -> Int32? {
        Int32(text.prefix { $0.isNumber })
    }
}
