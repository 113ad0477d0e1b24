/// One question about detection latency: so many pipelines, so many requests per second.
package struct DetectionOptions: Hashable, Sendable {
    /// The pipelines of the one account and Region; 1 at least.
    package var pipelines: Int
    /// The budget in requests per second, with one second's burst.
    package var rate: Double
    /// The share of the time for which a stage of an average pipeline runs.
    package var activeShare: Double
    /// How many virtual hours are measured, after the warm-up.
    package var hours: Int
    /// Determines every course of events; equal seeds give equal ones to all watchers.
    package var seed: UInt64
    /// Whether a failure stays a live episode, as under a shadow policy, until the next run.
    package var isShadow: Bool

    /// Creates a question; the defaults are 5% active and 5 requests/s.
    package init(
        pipelines: Int = 1000,
        rate: Double = 5,
        activeShare: Double = 0.05,
        hours: Int = 8,
        seed: UInt64 = 1,
        isShadow: Bool = false
    ) {
        self.pipelines = pipelines
        self.rate = rate
        self.activeShare = activeShare
        self.hours = hours
        self.seed = seed
        self.isShadow = isShadow
    }

    /// The start that is excluded from the figures, in milliseconds: every watcher begins without
    /// knowledge.
    static let warmUp: Int64 = 3_600_000
    /// From a request to its answer, in milliseconds: the median of GetPipelineState.
    static let latency: Int64 = 80

    /// The measured time, in milliseconds.
    var measured: Range<Int64> {
        DetectionOptions.warmUp..<DetectionOptions.warmUp + Int64(hours) * 3_600_000
    }

    /// The end of all, in milliseconds: the last failures get time to be seen, three even rounds.
    var end: Int64 {
        measured.upperBound + max(600_000, Int64(3000 * Double(pipelines) / rate))
    }
}

/// The watcher of the pipelines.
package enum Watcher: String, Hashable, Sendable, CaseIterable {
    /// Every pipeline in turn, the whole budget.
    case even
    /// The engine of this program.
    case engine
    /// The same, where every pipeline runs in PARALLEL mode: its executions are listed.
    case parallel
    /// Who knows which pipelines move, and spends the whole budget on those.
    case bound
}
