package import Primitives

/// The result of a reading call with AWS's clock.
package struct Reading<Value: Hashable & Sendable>: Hashable, Sendable {
    /// The result.
    package let value: Value
    /// AWS's clock when it answered, the last page's of several.
    package let serverDate: WallTime?
    /// The id under which AWS finds the call.
    package let requestID: String?
    /// Whether it is all there is: false when more pages exist than were allowed.
    package let isComplete: Bool
}
