/// How the looks share the turns when the rate does not allow all of them in time.
///
/// A failure in what moves is seen after half of the time between two looks at it. Yet a run that
/// starts must be noticed before it can fail, so what rests must be seen within the length of a
/// stage. Both are best served when the square of the time between two looks at what rests is in
/// proportion to the time between two looks at what moves (decision 0012 has the measurements).
struct PollWeights {
    /// That proportion, in seconds: with 10 s for what moves, nearly four minutes for the rest.
    static let proportion = 5400.0
    /// What moved within some hours is looked at so much more often than what did not.
    static let recency = 1.5
    /// The part that definitions have for which nothing waits.
    static let background = 1.0 / 30

    private let active: Double
    private let recent: Double
    private let quiet: Double

    /// Weighs the looks that wait.
    ///
    /// - Parameters:
    ///   - active: How many wait at what moves.
    ///   - recent: How many wait at what moved lately.
    ///   - quiet: How many wait at what rests.
    ///   - rate: The looks a second that there can be.
    init(active: Int, recent: Int, quiet: Int, rate: Double) {
        self.recent = Double(recent)
        self.quiet = Double(quiet) / PollWeights.recency
        let rest = self.recent + self.quiet
        let moving = Double(active)
        // With T = (share of all + rest) / rate for either, this solves T(rest)^2 = p T(active).
        let root = (rest * rest + 4 * moving * PollWeights.proportion * rate).squareRoot()
        self.active = max(moving, (root - rest) / 2)
    }

    /// The share of a lane, in any unit; above zero.
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
