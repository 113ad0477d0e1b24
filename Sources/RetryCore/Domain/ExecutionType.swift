import Primitives

/// `ExecutionType` of the API.
package enum ExecutionType: Hashable, Sendable {
    /// An ordinary execution.
    case standard
    /// An execution that brings an older revision back.
    case rollback
    /// A type that the API model does not have.
    case unknown(String)
}
