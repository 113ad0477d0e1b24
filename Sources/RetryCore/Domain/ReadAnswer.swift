package import Primitives

/// The answer to a call that only reads.
package enum ReadAnswer<Value: Hashable & Sendable>: Hashable, Sendable {
    /// It was read; the time is AWS's at the answer, if the answer gave one.
    case read(Value, at: WallTime?)
    /// It was not read.
    case failed(CallFailure)
}
