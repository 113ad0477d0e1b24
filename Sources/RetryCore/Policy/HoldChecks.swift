import Primitives

/// The holds: they defer a decided retry without using up an attempt.
struct HoldChecks {
    /// When a hold that should have lifted by now is checked again.
    static let secondPoll = Duration.seconds(60)

    let situation: Situation
    let plan: RetryPlan

    private typealias Outcome = (check: Check, verdict: Verdict?)

    /// Every hold in order up to the first that is on, and its verdict.
    func run() -> (checks: [Check], verdict: Verdict?) {
        var checks: [Check] = []
        let holds: [(HoldChecks) -> Outcome] = [
            { $0.paused }, { $0.window }, { $0.policyBudget }, { $0.overallBudget }, { $0.outage },
            { $0.shadow },
        ]
        for hold in holds {
            let (check, verdict) = hold(self)
            checks.append(check)
            if let verdict { return (checks, verdict) }
        }
        return (checks, nil)
    }

    /// When the retry could be sent if no hold were on.
    private var at: WallTime { plan.sendable(from: situation.now) }

    /// It is unknown when it lifts, so the next certain event is giving up.
    private var end: WallTime { max(plan.giveUpAt, situation.now).next }

    private func pass(_ reason: Reason, _ detail: String) -> Outcome {
        (Check(reason: reason, result: .pass, detail: detail), nil)
    }

    private func hold(_ reason: Reason, until: WallTime, _ detail: String) -> Outcome {
        let lift = until > situation.now ? until : situation.now + HoldChecks.secondPoll
        let check = Check(reason: reason, result: .stop, detail: detail)
        return (check, .hold(reason, until: lift, plan))
    }

    private var paused: Outcome {
        if let reason = situation.holds.pausedByCommand {
            return hold(.paused, until: end, "paused by command: \(reason)")
        }
        if situation.holds.targetPaused {
            return hold(.paused, until: end, "the config file pauses the target")
        }
        guard !situation.policy.paused else {
            return hold(.paused, until: end, "the config file pauses the stage")
        }
        return pass(.paused, "nothing is paused")
    }

    private var window: Outcome {
        guard !situation.policy.windows.isEmpty else {
            return pass(.windowClosed, "there are no windows")
        }
        switch WindowCalendar(situation.policy.windows).state(at: at) {
        case .open: return pass(.windowClosed, "open at \(at)")
        case .closed(until: let opening?):
            return hold(.windowClosed, until: opening, "closed at \(at), opens at \(opening)")
        case .closed(until: nil):
            let weeks = Int(WindowCalendar.horizon.seconds) / (7 * 86_400)
            return hold(.windowClosed, until: end, "closed for the next \(weeks) weeks")
        }
    }

    private var policyBudget: Outcome {
        spent(
            situation.policy.budget,
            by: situation.holds.policyRetries,
            under: "policy \(situation.policy.name)",
            none: "no budget for policy \(situation.policy.name)"
        )
    }

    private var overallBudget: Outcome {
        spent(
            situation.holds.overallBudget,
            by: situation.holds.allRetries,
            under: "the global budget",
            none: "no global budget"
        )
    }

    /// A retry made exactly `per` ago no longer counts.
    private func spent(
        _ budget: Budget?,
        by retries: [WallTime],
        under owner: String,
        none: String
    ) -> Outcome {
        guard let budget else { return pass(.budgetSpent, none) }
        let counted = retries.filter { $0 + budget.per > at }.sorted()
        let text =
            "\(counted.count) of \(budget.retries) retries used under \(owner) "
            + "in the last \(budget.per.shortText)"
        guard counted.count >= budget.retries else { return pass(.budgetSpent, text) }
        let index = counted.count - budget.retries
        let until = counted.indices.contains(index) ? counted[index] + budget.per : end
        return hold(.budgetSpent, until: until, text)
    }

    private var outage: Outcome {
        guard let lift = situation.holds.outageHoldUntil else {
            return pass(.outageHold, "not held by an outage, or chosen as its probe")
        }
        let until = max(lift, plan.due)
        return hold(
            .outageHold,
            until: until,
            "many pipelines fail with the same error; held until \(lift)"
        )
    }

    private var shadow: Outcome {
        let detail: String
        switch (situation.holds.dryRun, situation.policy.shadow) {
        case (true, _): detail = "dry run"
        case (false, true): detail = "policy \(situation.policy.name) is a shadow policy"
        case (false, false): return pass(.shadow, "neither dry run nor shadow")
        }
        return (Check(reason: .shadow, result: .stop, detail: detail), .wouldRetry(plan))
    }
}
