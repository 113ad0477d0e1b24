/// A file's bytes and the stamp of the very file that was opened.
package struct FileContents: Sendable {
    /// The bytes.
    package let bytes: [UInt8]
    /// The stamp, taken after opening.
    package let stamp: FileStamp

    /// Creates contents.
    package init(bytes: [UInt8], stamp: FileStamp) {
        self.bytes = bytes
        self.stamp = stamp
    }
}

/// Identifies the state of a file, and who may write it.
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

    /// Creates a stamp.
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
    /// It exists, or may exist, and cannot be read; the text gives the cause.
    case unreadable(String)
}
