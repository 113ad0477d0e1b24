/// One failed attempt of the past, as a replay takes it.
package struct PastFailure: Hashable, Sendable {
    /// The attempt, with what was said of it and what came of retrying it.
    package var attempt: ActionAttempt
    /// What its revision did at the action in other executions; nil: nothing is known.
    package var elsewhere: ReplayResult.Elsewhere?

    /// Creates a failure.
    package init(_ attempt: ActionAttempt, elsewhere: ReplayResult.Elsewhere? = nil) {
        self.attempt = attempt
        self.elsewhere = elsewhere
    }

    /// What its retry cost; nil: nobody retried it, or how long it took is not known.
    package func cost(at prices: ActionPrices) -> RetryCost? {
        attempt.retry?.duration.map {
            RetryCost(of: $0, by: attempt.provider, at: prices)
        }
    }
}
