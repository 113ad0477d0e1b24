/// How soon one watcher decided on the failed stages, and the cost of it.
package struct DetectionOutcome: Hashable, Sendable {
    /// Who watched.
    package let watcher: Watcher
    /// The failures within the measured time.
    package let failures: Int
    /// From the failure to the first verdict, in milliseconds, the shortest first.
    package let latencies: [Int64]
    /// Failures that another run hid before there was a verdict.
    package let missed: Int
    /// Failures that the state still shows, without a verdict at the end.
    package let pending: Int
    /// Requests of every kind per second, over the measured time.
    package let requestRate: Double
    /// The most by which the requests of any span of time exceed the span times the rate.
    package let burst: Double
    /// The share of the requests that polled a pipeline while it moved.
    package let movingShare: Double
    /// The longest time for which any pipeline was not polled, in milliseconds.
    package let longestUnseen: Int64
    /// The share of the time for which a stage of an average pipeline ran.
    package let activeShare: Double

    /// The mean time to a verdict, in seconds; nil without any verdict.
    package var mean: Double? {
        guard !latencies.isEmpty else { return nil }
        return Double(latencies.reduce(0, +)) / Double(latencies.count) / 1000
    }

    /// The time within which a share of the decided failures had their verdict, in seconds.
    ///
    /// The nearest rank; nil without any verdict.
    package func percentile(_ share: Double) -> Double? {
        guard !latencies.isEmpty else { return nil }
        let rank = Int((share * Double(latencies.count)).rounded(.up))
        return Double(latencies[min(max(rank, 1), latencies.count) - 1]) / 1000
    }
}
