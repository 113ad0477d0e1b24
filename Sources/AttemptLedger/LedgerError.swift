/// Why a ledger operation failed.
package enum LedgerError: Error, Hashable, Sendable {
    /// A file or directory of the ledger cannot be made or opened; `errno` is the system's number.
    case cannotCreate(path: String, errno: Int32)
    /// A file or directory may be under another user's control; the second text says why.
    case unsafe(path: String, why: String)
    /// Another process holds the ledger; its pid, when it could be read.
    case heldByOther(pid: Int32?)
    /// The file was written by a newer program; `known` is the newest version of this one.
    case newer(version: Int, known: Int)
    /// The file is a sound database of another program.
    case notALedger
    /// No space is left on the disk, or a quota is spent (SQLITE_FULL).
    case full
    /// The file or its file system is not writable (SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM).
    case readOnly
    /// The file is damaged (SQLITE_CORRUPT, SQLITE_NOTADB, a failed quick_check).
    case corrupt
    /// The episode already has another intent under this sequence number.
    case intentExists(sequence: Int)
    /// The episode of the intent has ended.
    case episodeEnded
    /// A name or list is longer than the ledger stores, or contains a NUL or line feed; the first
    /// text names the field, the second the row, safe to print.
    case unstorable(String, row: String)
    /// The file has room only for what retries need, and not for more attempts.
    case noRoomForHistory
    /// ``AttemptStore/close()`` came before.
    case closed
    /// Any other failure; `code` is SQLite's extended result code.
    case other(code: Int32, message: String)
}

extension LedgerError {
    /// The exit status when it cannot be opened: 75 when another instance holds it, else 73.
    package var exitStatus: Int32 {
        switch self {
        case .heldByOther: 75
        case .cannotCreate, .unsafe, .newer, .notALedger, .full, .readOnly, .corrupt, .intentExists,
            .episodeEnded, .unstorable, .noRoomForHistory, .closed, .other:
            73
        }
    }

    /// What failed, what follows and what the reader can do; contains no secret.
    package var sentence: String {
        switch self {
        case .cannotCreate(let path, let errno):
            "ledger: \(path) cannot be opened or created: \(PosixFile.message(errno)). "
                + "Check that the state directory exists and belongs to the service's user."
        case .unsafe(let path, let why):
            "ledger: \(path) is not used: \(why). Nothing was changed; put the ledger into a "
                + "directory that only the service uses, such as /var/lib/pipeline-retryd."
        case .heldByOther(let pid):
            "ledger: held by another instance" + (pid.map { " (pid \($0))" } ?? "")
                + ". Stop it first, or use another state directory."
        case .newer(let version, let known):
            "ledger: written by a newer pipeline-retryd (format \(version), this one knows "
                + "\(known)). Nothing was changed; install the newer version again."
        case .notALedger:
            "ledger: ledger.sqlite is a database of another program. Nothing was changed; move "
                + "it away or use another state directory."
        case .full, .readOnly, .corrupt, .other: "ledger: \(problem)"
        case .intentExists(let sequence):
            "ledger: the episode already has another intent \(sequence). It was not replaced, "
                + "so no retry is sent for it; this is a defect, please report it."
        case .episodeEnded:
            "ledger: the episode had already ended, which could not be read when the failure was "
                + "detected. No retry is sent for it."
        case .unstorable(let field, let row):
            "ledger: \(field) is longer than the ledger allows, or contains a NUL or line feed "
                + "(\(row)). The row was not stored and no retry is sent for it; everything else "
                + "continues. AWS has no such names: check what answers in its place."
        case .noRoomForHistory:
            "ledger: three quarters of its largest size are in use, so no more attempts are kept; "
                + "the oldest make room within an hour. Retries are not affected."
        case .closed: "ledger: already closed; nothing was stored."
        }
    }

    /// The sentence of a failure of the disk.
    private var problem: String {
        let then = "No retry is sent until a write succeeds; writes are tried again automatically."
        switch self {
        case .full: return "the disk is full or a quota is exceeded. \(then) Free some space."
        case .readOnly:
            return "the file is not writable. \(then) Check its owner, mode and mount."
        case .corrupt: return "ledger.sqlite is damaged. \(then) Check the disk."
        case .other(let code, let message):
            return "SQLite answered \(message) (code \(code)). \(then)"
        case .cannotCreate, .unsafe, .heldByOther, .newer, .notALedger, .intentExists,
            .episodeEnded, .unstorable, .noRoomForHistory, .closed:
            return ""
        }
    }

    /// Whether it is about the one intent, and the disk is well.
    var isOfIntent: Bool {
        switch self {
        case .intentExists, .episodeEnded: true
        case .cannotCreate, .unsafe, .heldByOther, .newer, .notALedger, .full, .readOnly, .corrupt,
            .unstorable, .noRoomForHistory, .closed, .other:
            false
        }
    }

    /// Whether the connection is no longer to be trusted and the next write opens a new one.
    var breaksConnection: Bool {
        switch self {
        case .full, .intentExists, .episodeEnded, .unstorable, .noRoomForHistory, .closed: false
        case .other(let code, _): code & 0xff != Self.busy
        case .cannotCreate, .unsafe, .heldByOther, .newer, .notALedger, .readOnly, .corrupt: true
        }
    }

    /// SQLITE_BUSY: another program reads or copies the file.
    private static let busy: Int32 = 5
}

/// An event of the ledger's file that people should know about.
package enum LedgerNotice: Hashable, Sendable {
    /// The damaged file now has this name, in the same directory, and a new one was begun.
    case setAside(file: String)
    /// Another file was in its place; all open rows were written into that one.
    case replaced
    /// The file no longer existed; a new one was created.
    case missing

    /// The notice for people.
    package var sentence: String {
        switch self {
        case .setAside(let file):
            "ledger: ledger.sqlite was damaged. It was set aside as \(file) and a new one was "
                + "started with what is open; how older episodes ended is in that file only. Check "
                + "the disk."
        case .replaced:
            "ledger: ledger.sqlite was replaced by another file. Everything open was written "
                + "into the new file."
        case .missing:
            "ledger: ledger.sqlite was removed. A new one was started with what is open."
        }
    }
}
