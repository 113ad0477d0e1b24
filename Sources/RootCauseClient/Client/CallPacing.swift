package import Primitives

/// Spaces the calls of readings, so that they leave the account's rates to others.
package protocol CallPacing: Sendable {
    /// Waits for the turn of a call.
    ///
    /// - Parameters:
    ///   - service: The service to call.
    ///   - region: The Region to call it in.
    ///   - deadline: When the reading ends.
    /// - Returns: Whether it may be made; false where its turn comes too late, or the task is
    ///   cancelled.
    func turn(of service: AWSService, in region: String, before deadline: Instant) async -> Bool

    /// Notes that the service says there are too many calls.
    func throttled(by service: AWSService, in region: String)
}

/// No pace: every call is made at once.
package struct Unpaced: CallPacing {
    /// Creates it.
    package init() {}

    package func turn(
        of service: AWSService,
        in region: String,
        before deadline: Instant
    ) async -> Bool { true }

    package func throttled(by service: AWSService, in region: String) {}
}
