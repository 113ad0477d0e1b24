import Primitives

/// The combined result of the rules for a whole stage: the strictest of those for its failed
/// actions.
struct RetryChoice: Hashable, Sendable {
    /// The verdict when the rules leave the stage; nil when a retry may be planned.
    let verdict: Verdict?
    /// Why the rules leave the stage; nil when a retry may be planned.
    let check: Check?
    /// The failed action that decides.
    let deciding: FailedAction?
    /// The rule that the retry counts against; nil is the policy itself.
    let rule: RuleName?
    /// The limits of every rule that asks for the retry; empty exactly when ``verdict`` is there.
    let limits: [RuleLimits]
    /// How many retries the strictest of them still has; negative when it has more than spent them.
    let left: Int
    /// Its limit.
    let ruleLimit: Int
    /// Every rule that was tried.
    let trials: [RuleTrial]
    /// Whether a change set must be made again, so that only ALL_ACTIONS can help.
    let needsAllActions: Bool

    /// Tries the rules on every failed action; never beats all, then not evaluable, then unmatched.
    init(_ situation: Situation, _ facts: StageFacts) {
        let verdicts = facts.failed.map {
            situation.policy.verdict(
                on: $0,
                stage: situation.episode.stage,
                findings: situation.findings
            )
        }
        let trials = verdicts.flatMap(\.trials)
        if let (check, deciding) = RetryChoice.leaving(verdicts) {
            self.init(leaving: check, deciding, trials)
        } else if let (check, deciding) = RetryChoice.lacking(situation, facts, verdicts) {
            self.init(leaving: check, deciding, trials)
        } else {
            let needsAll = situation.read.changeSets != .none
            self.init(retrying: verdicts, situation, trials, needsAllActions: needsAll)
        }
    }

    private init(leaving check: Check, _ deciding: FailedAction, _ trials: [RuleTrial]) {
        self.check = check
        verdict = .leave(check.reason)
        self.deciding = deciding
        self.trials = trials
        rule = nil
        limits = []
        left = 0
        ruleLimit = 0
        needsAllActions = false
    }

    /// The strictest has the fewest retries left; among equals the one that failed last, then the
    /// first by name.
    private init(
        retrying verdicts: [ActionVerdict],
        _ situation: Situation,
        _ trials: [RuleTrial],
        needsAllActions: Bool
    ) {
        let asking = verdicts.compactMap { Asking($0, situation) }
        let strictest = asking.min { first, second in
            (first.left, second.failedAt) < (second.left, first.failedAt)
        }
        self.trials = trials
        self.needsAllActions = needsAllActions
        check = nil
        verdict = strictest == nil ? .leave(.noFailedAction) : nil
        deciding = strictest?.action
        rule = strictest?.rule
        limits = asking.map(\.limits)
        left = strictest?.left ?? 0
        ruleLimit = strictest?.limits.maxRetries ?? 0
    }

    private static func leaving(_ verdicts: [ActionVerdict]) -> (Check, FailedAction)? {
        var best: (rank: Int, check: Check, action: FailedAction)?
        for verdict in verdicts {
            let refusing: (rank: Int, reason: Reason, detail: String)
            switch verdict.spoken {
            case .never(let rule): refusing = (0, .ruleNever, "rule \"\(rule)\" has retry: never")
            case .notEvaluable(let rule):
                refusing = (1, .notEvaluable, "rule \"\(rule)\" could not be evaluated")
            case .unmatched:
                refusing = (2, .noRuleMatched, "no rule matches and otherwise is never")
            case .retry: continue
            }
            guard refusing.rank < best?.rank ?? .max else { continue }
            let detail = "action \(verdict.action.name): \(refusing.detail)"
            let check = Check(reason: refusing.reason, result: .stop, detail: detail)
            best = (refusing.rank, check, verdict.action)
        }
        return best.map { ($0.check, $0.action) }
    }

    /// Why a stage is not retried whose change set only ALL_ACTIONS creates again, which no rule
    /// allows.
    private static func lacking(
        _ situation: Situation,
        _ facts: StageFacts,
        _ verdicts: [ActionVerdict]
    ) -> (Check, FailedAction)? {
        guard case .preparedHere(let name) = situation.read.changeSets,
            let deciding = facts.failed.first(where: { $0.name == name })
        else { return nil }
        let isAllowed = verdicts.contains { verdict in
            guard case .retry(_, let limits) = verdict.spoken else { return false }
            return limits.modes.contains(.allActions)
        }
        guard !isAllowed else { return nil }
        let detail =
            "action \(name): its change set has already been used, and only ALL_ACTIONS, which "
            + "mode does not contain, creates a new one; start a new execution, or add ALL_ACTIONS "
            + "to mode"
        return (Check(reason: .changeSetConsumed, result: .stop, detail: detail), deciding)
    }

    /// The mode of retry `number`: ALL_ACTIONS when any rule asks for it, or nothing else helps.
    func mode(number: Int) -> RetryMode {
        guard !needsAllActions else { return .allActions }
        let modes = limits.map { $0.mode(number: number) }
        return modes.contains(.allActions) ? .allActions : .failedActions
    }

    /// The longest wait that any rule asks for.
    func delay(number: Int, uniform: Double) -> Duration {
        limits.map { $0.backoff.delay(number: number, uniform: uniform) }.max() ?? .zero
    }

    /// The shortest `give_up_after`.
    var giveUpAfter: Duration { limits.map(\.giveUpAfter).min() ?? .zero }

    /// The smallest `stop_after_same_error`; nil when every rule has it off.
    var stopAfterSameError: Int? { limits.compactMap(\.stopAfterSameError).min() }
}

/// One failed action whose rule asks for a retry.
private struct Asking {
    let action: FailedAction
    let rule: RuleName?
    let limits: RuleLimits
    let left: Int

    init?(_ verdict: ActionVerdict, _ situation: Situation) {
        guard case .retry(let rule, let limits) = verdict.spoken else { return nil }
        action = verdict.action
        self.rule = rule
        self.limits = limits
        left = limits.maxRetries - situation.spentRetries(by: rule)
    }

    var failedAt: WallTime { action.failedAt ?? .distantPast }
}

extension RuleLimits {
    /// The mode of an episode's retry `number`, from 1; past its end the list repeats its last.
    package func mode(number: Int) -> RetryMode {
        let index = min(max(1, number), modes.count) - 1
        return modes.indices.contains(index) ? modes[index] : .failedActions
    }
}
