import Primitives

/// The longest waits that limits allow, which `check` prints before anything has failed.
package struct WorstCase: Hashable, Sendable {
    /// How many waits are listed; more do not help a reader.
    package static let longestSchedule = 1000

    /// The wait before each retry without jitter, in order; at most ``longestSchedule``.
    package let schedule: [Duration]
    /// The retries that the limits allow.
    package let allowed: Int
    /// How many of them fit `give_up_after` when every attempt fails immediately.
    ///
    /// Attempts that run longer leave room for fewer. Windows do not count.
    package let fitting: Int

    /// Computes the worst case of a rule's limits, or of a policy's own; `total` is the policy's
    /// `max_total_retries`.
    package init(_ limits: RuleLimits, total: Int = .max) {
        allowed = max(0, min(limits.maxRetries, total))
        schedule = (0..<min(allowed, WorstCase.longestSchedule)).map {
            limits.backoff.delay(number: $0 + 1, uniform: 1)
        }
        var passed = Duration.zero
        var fitting = 0
        for wait in schedule {
            passed = passed.adding(wait)
            guard passed <= limits.giveUpAfter else { break }
            fitting += 1
        }
        self.fitting = fitting
    }

    /// Computes the worst case of a policy for failures that no rule matches.
    package init(_ policy: StagePolicy) {
        self.init(policy.limits, total: policy.maxTotalRetries)
    }

    /// The longest schedule that the limits allow.
    package static func schedule(_ limits: RuleLimits) -> [Duration] {
        WorstCase(limits).schedule
    }

    /// Whether every retry that the limits allow can be made before `give_up_after`.
    package var isFeasible: Bool { fitting == schedule.count }

    /// Such as `+30s, +1m, +2m, then gives up`; after eight waits only their number.
    package var text: String {
        guard !schedule.isEmpty else { return "never retries" }
        let shown = schedule.prefix(8).map { "+\($0.shortText)" }.joined(separator: ", ")
        let rest = allowed > 8 ? ", ... \(allowed) in all" : ""
        return "\(shown)\(rest), then gives up"
    }
}
