import Primitives
import RetryCore
import YAML

extension ConfigLinter {
    /// Reports limits that are never reached, where this mapping writes them.
    func judgeLimits(_ level: Level) {
        judgeCounts(level)
        judgeCeiling(level)
        judgeWaits(level)
        let age = level.written.maxFailureAge
        if let age, age.value < configuration.poll.interval {
            log.add(
                at: age.position,
                age.key,
                "is \(age.value.shortText), shorter than poll.interval "
                    + "(\(configuration.poll.interval.shortText)): "
                    + "failures may be too old when first detected"
            )
        }
    }

    private func judgeCounts(_ level: Level) {
        let (written, policy) = (level.written, level.resolved)
        let total = policy.maxTotalRetries
        if let retries = written.limits.maxRetries, retries.value > total {
            log.add(
                at: retries.position,
                retries.key,
                "is \(retries.value), never reached: max_total_retries is \(total)"
            )
        }
        if let most = written.maxTotalRetries, most.value > policy.reachableRetries {
            log.add(
                at: most.position,
                most.key,
                "is \(most.value), never reached: the max_retries of all that can retry "
                    + "add up to \(policy.reachableRetries)"
            )
        }
        if let same = written.limits.stopAfterSameError, let count = same.value, count > total {
            log.add(
                at: same.position,
                same.key,
                "is \(count), never reached: max_total_retries is \(total)"
            )
        }
        if let modes = written.limits.modes { judgeLadder(modes, policy) }
        if let modes = written.limits.modes, modes.value.count > max(total, 1) {
            log.add(
                at: modes.position,
                modes.key,
                "has \(modes.value.count) attempts, never reached: max_total_retries is \(total)"
            )
        }
    }

    /// Reports that retries end where a ladder reaches ALL_ACTIONS in a stage with an approval.
    func judgeLadder(_ modes: Located<[RetryMode]>, _ policy: StagePolicy) {
        guard modes.value.count > 1, modes.value.contains(.allActions),
            policy.whenApprovalRepeats == .leave
        else { return }
        log.add(
            at: modes.position,
            modes.key,
            "reaches ALL_ACTIONS, which is not sent in a stage with an approval that was given, "
                + "since people would be asked again; when_approval_repeats: retry allows it"
        )
    }

    /// Reports a limit of an entry or stage that reads as one over every rule, and is none.
    private func judgeCeiling(_ level: Level) {
        guard level.drafts.count > 1, let own = level.written.limits.maxRetries else { return }
        let policy = level.resolved
        var worst: (name: RuleName, retries: Int)?
        for rule in policy.rules {
            let retries = min(rule.limits?.maxRetries ?? 0, policy.maxTotalRetries)
            if retries > worst?.retries ?? own.value { worst = (rule.name, retries) }
        }
        guard let worst else { return }
        log.add(
            at: own.position,
            own.key,
            "is \(own.value), but rule \"\(worst.name)\" has a limit of its own and may retry here "
                + "\(worst.retries) times; max_total_retries: \(own.value) applies to every rule"
        )
    }

    /// Reports waits that differ from the written ones, and retries beyond give_up_after.
    private func judgeWaits(_ level: Level) {
        let policy = level.resolved
        judgeBackoff(level.written.limits, policy.backoff)
        let limits = level.written.limits
        // With rules for everything, the policy's own waits only serve as defaults of the rules.
        let isUsed = policy.rules.isEmpty || policy.otherwise == .retry
        if isUsed,
            let place = limits.giveUpAfter?.place ?? limits.maxRetries?.place
                ?? limits.backoff?.place
        {
            judgeSchedule(policy.limits, of: policy, at: place)
        }
    }

    /// Reports an initial wait that an inherited limit changes.
    func judgeBackoff(_ limits: LimitsDraft, _ backoff: Backoff) {
        guard let initial = limits.backoff?.initial else { return }
        if initial.value > backoff.max {
            log.add(
                at: initial.position,
                initial.key,
                "is \(initial.value.shortText), but every wait is cut to the inherited max "
                    + "of \(backoff.max.shortText)"
            )
        } else if initial.value < backoff.min {
            log.add(
                at: initial.position,
                initial.key,
                "is \(initial.value.shortText), but no wait is shorter than min "
                    + "(\(backoff.min.shortText))"
            )
        }
    }

    /// Reports retries that even the shortest waits put beyond give_up_after.
    func judgeSchedule(_ limits: RuleLimits, of policy: StagePolicy, at place: Place) {
        let count = min(limits.maxRetries, policy.maxTotalRetries)
        var sum = Duration.zero
        // The waits of a long schedule grow past any give_up_after, or it fits anyway.
        for number in 1...max(1, count) where number <= count {
            sum = sum.adding(limits.backoff.delay(number: number, uniform: 0))
            guard sum > limits.giveUpAfter else { continue }
            let which: String
            switch number {
            case 1: which = "no retry fits"
            case 2: which = "only the first retry fits"
            case _: which = "only the first \(number - 1) retries fit"
            }
            log.add(
                at: place.position,
                place.key,
                "\(which): the waits before retry \(number) add up to at least "
                    + "\(sum.shortText), and give_up_after is \(limits.giveUpAfter.shortText)"
            )
            return
        }
    }
}

/// A position for a message.
struct Place {
    let position: SourcePosition
    let key: String
}

extension Located {
    var place: Place { Place(position: position, key: key) }
}

extension BackoffDraft {
    /// The first of the keys that is set.
    var place: Place? {
        let places = [
            kind?.place, initial?.place, factor?.place, max?.place, min?.place, jitter?.place,
        ]
        return places.compactMap { $0 }.min { $0.position < $1.position }
    }
}

extension StagePolicy {
    /// The most retries that the policy and all its rules allow together, without the total.
    var reachableRetries: Int {
        let own = rules.isEmpty || otherwise == .retry ? maxRetries : 0
        return rules.reduce(own) { sum, rule in
            sum + (rule.limits?.maxRetries ?? 0) * rule.spokenNames.count
        }
    }
}
