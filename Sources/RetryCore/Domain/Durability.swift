import Primitives

/// The result of writing an intent.
package enum Durability: Hashable, Sendable {
    /// It is on disk.
    case durable
    /// It may not be durable; no call may follow. The text says why.
    case failed(String)
    /// The ledger cannot store it, even with a healthy disk; no call may follow. The text says why.
    case refused(String)
    /// The ledger already has the end of its episode: no call may follow, and nothing is left to
    /// report.
    case ended
}
