package import RetryCore

/// Reads causes from the services that ran failed actions, for one target.
package protocol CauseAnswering: Sendable {
    /// Reads the causes of failed attempts; returns in every case, in time, and soon after its task
    /// is cancelled.
    ///
    /// - Parameters:
    ///   - requests: The attempts.
    ///   - logLines: How many lines of a log are read; 0: none.
    ///   - time: How long all of it may take.
    /// - Returns: What is known, by attempt.
    func causes(
        of requests: [CauseRequest],
        logLines: Int,
        within time: Duration
    ) async -> [ActionExecutionID: CauseReport]
}
