import RetryCore

extension Simulation {
    /// A seed that was run twice, with causes and without.
    package struct Compared: Hashable, Sendable {
        /// The violation in either run, or between them; nil: none.
        package var violation: Violation?
        /// How many events there were in both runs.
        package var ticks = 0
        /// How often services were asked.
        package var asked = 0
        /// How many of those decisions were made once more without an answer.
        package var compared = 0
        /// How many could not be compared: the daemon died or stood still in between.
        package var disturbed = 0
        /// How many were to retry only with the answer.
        package var retriedByCause = 0
        /// How many were to retry only without the answer.
        package var leftByCause = 0
        /// By how much a decision was later at most, in milliseconds.
        package var latest = 0
        /// How many failures both runs saw.
        package var shared = 0
        /// How many of them a guard left in the run without causes.
        package var guarded = 0
        /// The retries that were sent with causes.
        package var retriesWith = 0
        /// The same without.
        package var retriesWithout = 0

        /// Creates the result of no seed.
        package init() {}

        /// Adds the result of another seed.
        package mutating func add(_ other: Compared) {
            violation = violation ?? other.violation
            ticks += other.ticks
            asked += other.asked
            compared += other.compared
            disturbed += other.disturbed
            retriedByCause += other.retriedByCause
            leftByCause += other.leftByCause
            latest = max(latest, other.latest)
            shared += other.shared
            guarded += other.guarded
            retriesWith += other.retriesWith
            retriesWithout += other.retriesWithout
        }
    }

    /// Runs one seed with causes, and once more without.
    ///
    /// Both obey all laws. In the run with causes each decision that waited for an answer is also
    /// made without one, and is not more than ten seconds later; and no failure is retried that a
    /// guard leaves in the run without.
    package static func compare(seed: UInt64, _ options: Options = Options()) -> Compared {
        var quick = options
        quick.lines = 0
        let result = compareOnce(seed, quick)
        return result.violation == nil ? result : compareOnce(seed, options)
    }

    private static func compareOnce(_ seed: UInt64, _ options: Options) -> Compared {
        var (asking, silent) = (options, options)
        asking.faults.insert(.causes)
        asking.comparesCauses = true
        silent.faults.remove(.causes)
        silent.comparesCauses = true
        let with = runOnce(seed, asking)
        let without = runOnce(seed, silent)
        var result = Compared()
        result.violation = with.outcome.violation ?? without.outcome.violation
        result.ticks = with.outcome.ticks + without.outcome.ticks
        result.retriesWith = with.outcome.retries
        result.retriesWithout = without.outcome.retries
        guard let seen = with.comparison, let bare = without.comparison else { return result }
        result.take(seen, and: bare, ticks: with.outcome.ticks)
        return result
    }
}

extension Simulation.Compared {
    /// Takes what was seen in the run with causes, and in the one without.
    fileprivate mutating func take(
        _ seen: CauseComparison,
        and bare: CauseComparison,
        ticks: Int
    ) {
        asked = seen.asked
        compared = seen.compared
        disturbed = seen.disturbed
        retriedByCause = seen.retriedByCause
        leftByCause = seen.leftByCause
        latest = Int(seen.latest)
        for (failure, fate) in bare.failures {
            guard let other = seen.failures[failure] else { continue }
            shared += 1
            guard let reason = fate.guardian else { continue }
            guarded += 1
            guard other.isRetried, violation == nil else { continue }
            violation = Simulation.Violation(
                law: Oracle.Law.guards.rawValue,
                detail: "\(failure.episode) is retried with causes, and left without: \(reason)",
                tick: ticks,
                lines: []
            )
        }
    }
}
