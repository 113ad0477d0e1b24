import Primitives

/// The checks against the past, which come before the holds: each only takes a retry away.
struct PrecedentChecks {
    let situation: Situation
    let plan: RetryPlan

    /// Every check that the policy asks for, in order, up to the first that stops, and its verdict.
    func run() -> (checks: [Check], verdict: Verdict?) {
        var checks: [Check] = []
        for check in [knownBad, newerPassed, success, cost].compactMap(\.self) {
            checks.append(check)
            if check.result == .stop { return (checks, .leave(check.reason)) }
        }
        return (checks, nil)
    }

    private var cost: Check? { CostCheck(situation: situation, plan: plan).check }

    private var success: Check? {
        guard let gate = situation.policy.successGate else { return nil }
        func check(_ result: Check.Result, _ detail: String) -> Check {
            Check(reason: .lowSuccess, result: result, detail: detail)
        }
        guard let evidence = situation.precedents?.gate else {
            return check(.pass, "too few retries of such errors are known")
        }
        let counts = evidence.counts
        let upper = (counts.upperBound * 100).shortText + "%"
        let found =
            "\(counts.recovered) of \(counts.trials) retries of \(evidence.level.text) recovered; "
            + "the upper bound \(upper)"
        let minimum = (gate.minimum * 100).shortText + "%"
        guard gate.isBelow(evidence) else {
            return check(.pass, "\(found) is not below success_gate.min \(minimum)")
        }
        guard gate.isClosed(evidence) else {
            return check(
                .pass,
                "\(found) is below success_gate.min, but 1 in \(gate.explore) passes"
            )
        }
        return check(.stop, "\(found) is below success_gate.min \(minimum)")
    }

    private var knownBad: Check? {
        guard situation.policy.whenRevisionFailedBefore == .leave else { return nil }
        func check(_ result: Check.Result, _ detail: String) -> Check {
            Check(reason: .knownBadRevision, result: result, detail: detail)
        }
        guard let revision = situation.precedents?.revision else {
            return check(.pass, "nothing is known of the revision")
        }
        let failed = "the revision failed so in \(revision.failures) other executions"
        guard revision.isKnownBad else {
            let passed = revision.hasPassed ? " and passed the action in one" : ""
            return check(.pass, failed + passed)
        }
        return check(.stop, failed + " and passed the action in none")
    }

    private var newerPassed: Check? {
        guard situation.policy.whenNewerRevisionPassed == .leave else { return nil }
        func check(_ result: Check.Result, _ detail: String) -> Check {
            Check(reason: .newerRevisionPassed, result: result, detail: detail)
        }
        guard let newer = situation.precedents?.revision?.newerSuccess else {
            return check(.pass, "no newer revision is known to have succeeded")
        }
        return check(.stop, "execution \(newer) of a newer revision succeeded")
    }
}

extension PrecedentQuestion {
    /// What a policy asks of the past before it retries; nil: nothing.
    init?(_ situation: Situation, _ decision: Decision) {
        let policy = situation.policy
        let asksRevision =
            policy.whenRevisionFailedBefore == .leave || policy.whenNewerRevisionPassed == .leave
        let asksCost = situation.hasCeiling
        guard policy.successGate != nil || asksRevision || asksCost,
            let action = situation.read.facts.failed.first(where: {
                $0.name == decision.failure.action
            })
        else { return nil }
        self.init(
            episode: situation.episode,
            action: action.name,
            failedAt: action.failedAt ?? situation.history.firstSeen,
            levels: PrecedentQuestion.levels(of: action, decision, situation),
            window: policy.successGate?.window,
            asksRevision: asksRevision,
            durations: PrecedentQuestion.durations(decision, situation)
        )
    }

    /// The actions that the planned retry would run, where a ceiling of cost asks.
    private static func durations(_ decision: Decision, _ situation: Situation) -> [ActionName] {
        guard situation.hasCeiling, let plan = decision.verdict.plan else { return [] }
        return RetriedActions(situation, plan.mode).actions.map(\.name)
    }

    private static func levels(
        of action: FailedAction,
        _ decision: Decision,
        _ situation: Situation
    ) -> [PrecedentLevel] {
        let key = ActionKey(
            pipeline: situation.episode.pipeline,
            stage: situation.episode.stage,
            action: action.name
        )
        let row = situation.row(of: action)
        let cause = action.told.map { ActionAttempt.fingerprint(of: $0.root, in: key) }
        let error = row?.fingerprint ?? action.fingerprint(of: situation.episode)
        let provider = row?.provider ?? action.provider
        return [
            cause.map { .cause($0, provider: provider) },
            // By CodePipeline's words alone many causes are one.
            cause == nil ? .error(error, provider: provider) : nil,
            decision.verdict.plan?.rule.map { .rule($0) },
            action.finding.map { .kind($0.kind) },
        ].compactMap(\.self)
    }
}

extension Situation {
    /// The row of a failed action as attempts are kept: its own words, without the state's.
    fileprivate func row(of action: FailedAction) -> ActionAttempt? {
        guard case .rows(let rows) = evidence,
            let row = rows.first(where: { $0.action.executionID == action.executionID })
        else { return nil }
        return ActionAttempt(row, in: episode.execution, of: episode.pipeline, source: .live)
    }
}

extension Verdict {
    /// The retry that it plans; nil: none.
    fileprivate var plan: RetryPlan? {
        switch self {
        case .retry(let plan), .wouldRetry(let plan): plan
        case .hold(_, _, let plan): plan
        case .wait, .leave, .exhausted: nil
        }
    }
}
