package import Primitives

/// The answer to a call that only reads.
package enum ReadAnswer<Value: Hashable & Sendable>: Hashable, Sendable {
    /// It was read; the time is AWS's at the answer, if the answer gave one.
    case read(Value, at: WallTime?)
    /// It was not read.
    case failed(CallFailure)

    /// The same answer with another value; a failure stays one.
    package func map<Other>(_ transform: (Value) -> Other) -> ReadAnswer<Other> {
        switch self {
        case .read(let value, let at): .read(transform(value), at: at)
        case .failed(let failure): .failed(failure)
        }
    }
}
