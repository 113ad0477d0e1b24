package import Primitives

/// Something that could not be read of a cause.
package struct CauseGap: Hashable, Sendable, CustomStringConvertible {
    /// Why it could not be read.
    package enum Kind: Hashable, Sendable {
        /// The identity may not call the operation.
        case denied
        /// Too many calls.
        case throttled
        /// What was asked for is not there: deleted, expired, or never was.
        case missing
        /// The answer is not what was asked for.
        case unreadable
        /// There was no time left.
        case late
        /// No answer, or no connection.
        case unreachable
        /// No credentials that AWS accepts.
        case credentials
        /// Another refusal.
        case refused
        /// There is more than is read: the bound of pages, stacks or calls was reached.
        case bounded
    }

    /// The operation that has no answer.
    package let operation: AWSOperation
    /// Why.
    package let kind: Kind
    /// The service's text or another reason; printable, cut after 300 characters.
    package let text: String

    /// Creates a gap.
    package init(_ operation: AWSOperation, _ kind: Kind, _ text: String) {
        self.operation = operation
        self.kind = kind
        self.text = text.printable(limit: 300)
    }

    /// The permission that is missing; nil when permissions are not the reason.
    package var permission: Permission? {
        kind == .denied ? operation.definition.permission : nil
    }

    package var description: String {
        "\(operation.definition.service.id) \(operation.name): \(text)"
    }
}
