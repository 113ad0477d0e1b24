import Primitives

/// Decides what is to be done with one failed stage.
///
/// A total function of its input: no clock, no randomness, no state. Order: guards, rules, limits,
/// due time, holds; the first that decides wins, and every check is recorded.
package enum PolicyEvaluator {
    /// From the start of an action until the state shows it: up to 15 s were recorded.
    static let runAppears = Duration.seconds(20)

    /// Decides on one failed stage.
    ///
    /// `number`, from 1, is the retry's number in its episode: it chooses the mode and the wait,
    /// and seeds the jitter. Counters by rule only limit.
    package static func decide(_ situation: Situation) -> Decision {
        let reading = situation.read
        let facts = reading.facts
        let guards = Guards(situation: situation, facts: facts).run()
        if let verdict = guards.verdict {
            return Decision(
                verdict: verdict,
                failure: reading.failure(by: facts.newestFailure),
                guards: guards.checks,
                rules: [],
                holds: []
            )
        }
        let choice = RetryChoice(situation, facts)
        let failure = reading.failure(by: choice.deciding)
        let (holds, verdict) = judge(situation, choice, failure)
        return Decision(
            verdict: verdict,
            failure: failure,
            guards: guards.checks + [choice.check].compactMap(\.self),
            rules: choice.trials,
            holds: holds
        )
    }

    /// The failure, before anything is decided: represented by the newest failed action.
    package static func failure(of situation: Situation) -> FailureFacts {
        let reading = situation.read
        return reading.failure(by: reading.facts.newestFailure)
    }

    /// The checks after the rules: limits, then holds.
    private static func judge(
        _ situation: Situation,
        _ choice: RetryChoice,
        _ failure: FailureFacts
    ) -> ([Check], Verdict) {
        if let verdict = choice.verdict { return ([], verdict) }
        let plan = plan(situation, choice, failure)
        let limits = Limits(
            situation: situation,
            choice: choice,
            plan: plan,
            fingerprint: failure.fingerprint
        ).run()
        if let verdict = limits.verdict {
            return rehearsed(situation, plan, verdict) ?? (limits.checks, verdict)
        }
        let approvals = repeating(situation, plan)
        guard approvals.result == .pass else {
            return (limits.checks + [approvals], .leave(.approvalWouldRepeat))
        }
        let past = PrecedentChecks(situation: situation, plan: plan).run()
        let checks = limits.checks + [approvals] + past.checks
        if let verdict = past.verdict { return (checks, verdict) }
        let holds = HoldChecks(situation: situation, plan: plan).run()
        return (checks + holds.checks, holds.verdict ?? .retry(plan))
    }

    /// Whether the retry would ask people once more for an approval they gave: ALL_ACTIONS runs
    /// it again with a new token.
    private static func repeating(_ situation: Situation, _ plan: RetryPlan) -> Check {
        func check(_ result: Check.Result, _ detail: String) -> Check {
            Check(reason: .approvalWouldRepeat, result: result, detail: detail)
        }
        let approved = situation.read.facts.approved.map(\.text).joined(separator: ", ")
        guard plan.mode == .allActions, !approved.isEmpty else {
            return check(.pass, "no approval is asked for again")
        }
        switch situation.policy.whenApprovalRepeats {
        case .retry:
            return check(.pass, "\(approved) is asked for again; when_approval_repeats is retry")
        case .leave:
            return check(
                .stop,
                "ALL_ACTIONS would ask again for the approval \(approved); retry by hand, or set "
                    + "when_approval_repeats to retry"
            )
        }
    }

    /// The result of a limit where nothing is sent; nil where it is the same as for a real retry.
    ///
    /// A `give_up_after` that expires while the retry was only reported ends the dry run, and not
    /// the retries.
    private static func rehearsed(
        _ situation: Situation,
        _ plan: RetryPlan,
        _ verdict: Verdict
    ) -> ([Check], Verdict)? {
        let isShadow = situation.holds.dryRun || situation.policy.shadow
        guard isShadow, verdict == .exhausted(.gaveUpAfter) else { return nil }
        let calendar = WindowCalendar(situation.policy.windows)
        let sent = calendar.nextOpening(from: plan.due) ?? plan.due
        guard sent <= plan.giveUpAt else { return nil }
        let detail = "the retry was due at \(sent) and not sent by \(plan.giveUpAt)"
        return ([Check(reason: .shadow, result: .stop, detail: detail)], .leave(.shadow))
    }

    private static func plan(
        _ situation: Situation,
        _ choice: RetryChoice,
        _ failure: FailureFacts
    ) -> RetryPlan {
        let made = situation.spentRetries
        let number = made == .max ? made : made + 1
        let delay = choice.delay(number: number, uniform: situation.jitter(number: number))
        let left = max(0, choice.left)
        let reach = made.addingReportingOverflow(left)
        let mode = choice.mode(number: number)
        let failedAt = failure.failedAt ?? situation.history.firstSeen
        // Without the history only the state tells that something still runs.
        let isBlind = mode == .allActions && situation.evidence == .denied
        return RetryPlan(
            mode: mode,
            rule: choice.rule,
            number: number,
            limit: min(
                situation.policy.maxTotalRetries,
                reach.overflow ? .max : reach.partialValue
            ),
            due: failedAt + (isBlind ? max(delay, runAppears) : delay),
            giveUpAt: situation.givingUp(after: choice.giveUpAfter),
            cost: situation.expectedCost(of: mode)
        )
    }
}
