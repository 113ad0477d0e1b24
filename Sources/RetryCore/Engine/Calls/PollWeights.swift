/// How polls share the turns when the rate does not allow all of them in time.
///
/// A failure in an active pipeline is seen, on average, after half of the time between two polls of
/// it. Yet an execution that starts must be noticed before it can fail, so an idle pipeline must be
/// polled within the length of a stage. Both are best served when the square of the polling
/// interval of idle pipelines is proportional to that of active ones (decision 0012 has the
/// measurements).
struct PollWeights {
    /// That proportion, in seconds: with 10 s for active pipelines, nearly four minutes for idle
    /// ones.
    static let proportion = 5400.0
    /// How much more often a pipeline is polled that was active within some hours.
    static let recency = 1.5
    /// The share of definitions that nothing waits for.
    static let background = 1.0 / 30

    private let active: Double
    private let recent: Double
    private let quiet: Double

    /// Weighs the waiting polls.
    ///
    /// - Parameters:
    ///   - active: How many active pipelines wait.
    ///   - recent: How many recently active pipelines wait.
    ///   - quiet: How many idle pipelines wait.
    ///   - rate: The possible polls per second.
    init(active: Int, recent: Int, quiet: Int, rate: Double) {
        self.recent = Double(recent)
        self.quiet = Double(quiet) / PollWeights.recency
        let rest = self.recent + self.quiet
        let moving = Double(active)
        // With T = (share of all + rest) / rate for either, this solves T(rest)^2 = p T(active).
        let root = (rest * rest + 4 * moving * PollWeights.proportion * rate).squareRoot()
        self.active = max(moving, (root - rest) / 2)
    }

    /// The share of a queue, in any unit; above zero.
    func share(of targetCalls: CallPriority) -> Double {
        switch targetCalls {
        case .active: max(active, 1)
        case .recent: max(recent, 1)
        case .quiet: max(quiet, 1 / PollWeights.recency)
        case .background: max((active + recent + quiet) * PollWeights.background, 0.1)
        case .retry, .check, .evidence, .list: 1
        }
    }
}
