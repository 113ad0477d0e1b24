import Primitives

/// How long a retry is expected to take, from how long its actions took before.
package struct ExpectedTime: Hashable, Sendable {
    /// What an action without any history is taken to need.
    package static let unknown = Duration.seconds(600)

    /// The time.
    package let time: Duration
    /// Whether every action has a history; if not, ``unknown`` stands for those that have none.
    package let isKnown: Bool

    /// Adds up the medians of the actions that a retry would run.
    ///
    /// - Parameter durations: For each action the durations of its former attempts, in any order.
    package init(_ durations: [[Duration]]) {
        let medians = durations.map(ExpectedTime.median)
        time = medians.reduce(.zero) { $0.adding($1 ?? ExpectedTime.unknown) }
        isKnown = medians.allSatisfy { $0 != nil }
    }

    /// The middle one, of an even number the mean of the middle two; nil: there is none.
    package static func median(_ durations: [Duration]) -> Duration? {
        guard !durations.isEmpty else { return nil }
        let sorted = durations.sorted()
        let middle = sorted.count / 2
        guard sorted.count.isMultiple(of: 2) else { return sorted[middle] }
        return sorted[middle - 1].adding(sorted[middle]).divided(by: 2)
    }
}
