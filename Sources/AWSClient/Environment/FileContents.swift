/// A file's bytes and the stamp of the very file that was opened.
package struct FileContents: Sendable {
    /// The bytes.
    package let bytes: [UInt8]
    /// The stamp, taken after opening.
    package let stamp: FileStamp

    /// Makes contents of their parts.
    package init(bytes: [UInt8], stamp: FileStamp) {
        self.bytes = bytes
        self.stamp = stamp
    }
}

/// What tells one state of a file from another, and who may write it.
package struct FileStamp: Hashable, Sendable {
    /// Nanoseconds since the epoch of the last change.
    package let modified: Int64
    /// The size in bytes.
    package let size: Int64
    /// The inode number.
    package let inode: UInt64
    /// The permission bits.
    package let mode: UInt32
    /// The owner's user id.
    package let owner: UInt32

    /// Makes a stamp of its parts.
    package init(modified: Int64, size: Int64, inode: UInt64, mode: UInt32, owner: UInt32) {
        self.modified = modified
        self.size = size
        self.inode = inode
        self.mode = mode
        self.owner = owner
    }
}

/// Why a file's bytes are not there.
package enum FileError: Error, Hashable, Sendable {
    /// There is no such file.
    case absent
    /// It is there, or may be, and cannot be read; the text says why.
    case unreadable(String)
}
