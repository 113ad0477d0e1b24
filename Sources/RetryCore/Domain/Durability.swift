import Primitives

/// What became of the write of an intent.
package enum Durability: Hashable, Sendable {
    /// It is on disk.
    case durable
    /// It may not be; no call may follow. The text says why.
    case failed(String)
    /// The ledger cannot hold it, however well the disk is; no call may follow. The text says why.
    case refused(String)
    /// The ledger knows how its episode ended: no call may follow, and nothing is left to say.
    case ended
}
