package import Primitives

/// The decision on one failed stage, with its whole reasoning.
package struct Decision: Hashable, Sendable {
    /// The verdict on the stage.
    package var verdict: Verdict
    /// The failure as reported: the newest one of the stage, by its strictest rule.
    package var failure: FailureFacts
    /// Every guard in order, up to the first that stopped.
    package var guards: [Check]
    /// Every rule that was tried, for every failed action, in order.
    package var rules: [RuleTrial]
    /// Every limit and hold that was checked.
    package var holds: [Check]

    /// Creates a decision.
    package init(
        verdict: Verdict,
        failure: FailureFacts,
        guards: [Check],
        rules: [RuleTrial],
        holds: [Check]
    ) {
        self.verdict = verdict
        self.failure = failure
        self.guards = guards
        self.rules = rules
        self.holds = holds
    }
}

/// The verdict on one failed stage.
package enum Verdict: Hashable, Sendable {
    /// Retry when it is due.
    case retry(RetryPlan)
    /// A transient condition: check again at this time at the latest.
    case wait(Reason, until: WallTime)
    /// A hold is on; no attempt is used up; decide again at this time at the latest.
    case hold(Reason, until: WallTime, RetryPlan?)
    /// Dry run or shadow: report what would be done at this time.
    case wouldRetry(RetryPlan)
    /// Leave it to people or to CodePipeline.
    case leave(Reason)
    /// A limit ended it.
    case exhausted(Reason)
}

/// A retry that is decided.
package struct RetryPlan: Hashable, Sendable {
    /// How the stage is retried.
    package var mode: RetryMode
    /// The rule that matched; nil without rules or by `otherwise: retry`.
    package var rule: RuleName?
    /// The number of this retry in its episode, from 1.
    package var number: Int
    /// The most retries that this episode can have, given the rule and the total.
    package var limit: Int
    /// When it is due, by AWS's clock.
    package var due: WallTime
    /// The episode is given up after this time.
    package var giveUpAt: WallTime
    /// What it is expected to cost; nil: no ceiling applies, and nothing was reckoned.
    package var cost: RetryCost?

    /// Creates a plan.
    package init(
        mode: RetryMode,
        rule: RuleName?,
        number: Int,
        limit: Int,
        due: WallTime,
        giveUpAt: WallTime,
        cost: RetryCost? = nil
    ) {
        self.mode = mode
        self.rule = rule
        self.number = number
        self.limit = limit
        self.due = due
        self.giveUpAt = giveUpAt
        self.cost = cost
    }
}

/// A failure as the journal reports it.
package struct FailureFacts: Hashable, Sendable {
    /// The failed action that decided; nil when none failed.
    package var action: ActionName?
    /// Its error code.
    package var code: String?
    /// Its message, else its summary.
    package var message: String?
    /// A link for people to open.
    package var url: String?
    /// The failed actions' fingerprints as one; nil when none failed.
    package var fingerprint: Fingerprint?
    /// When the last failed action failed; nil when nothing dates it.
    package var failedAt: WallTime?
    /// What the built-in knowledge says of it; nil: nothing, or no rule asks.
    package var finding: CauseFinding?
    /// What its service says of it; nil: nothing was read.
    package var cause: RootCause?

    /// Creates facts; all may be absent.
    package init(
        action: ActionName? = nil,
        code: String? = nil,
        message: String? = nil,
        url: String? = nil,
        fingerprint: Fingerprint? = nil,
        failedAt: WallTime? = nil,
        finding: CauseFinding? = nil,
        cause: RootCause? = nil
    ) {
        self.action = action
        self.code = code
        self.message = message
        self.url = url
        self.fingerprint = fingerprint
        self.failedAt = failedAt
        self.finding = finding
        self.cause = cause
    }
}

/// One check on the way to a verdict.
package struct Check: Hashable, Sendable {
    /// The result of the check.
    package enum Result: String, Hashable, Sendable {
        /// It allows the retry.
        case pass
        /// It ends or defers it.
        case stop
    }

    /// The reason that it gives when it stops the retry.
    package var reason: Reason
    /// The result of the check.
    package var result: Result
    /// What the check found, for people.
    package var detail: String

    /// Creates a check.
    package init(reason: Reason, result: Result, detail: String) {
        self.reason = reason
        self.result = result
        self.detail = detail
    }
}

/// One rule tried on one failed action.
package struct RuleTrial: Hashable, Sendable {
    /// The result of the trial.
    package enum Result: Hashable, Sendable {
        /// Every condition holds; later rules are not tried for this action.
        case matches
        /// The first condition that does not hold, for people.
        case differs(String)
        /// A condition could not be evaluated, for people.
        case notEvaluable(String)
    }

    /// The failed action.
    package var action: ActionName
    /// The rule.
    package var rule: RuleName
    /// The result of the trial.
    package var result: Result

    /// Creates a trial.
    package init(action: ActionName, rule: RuleName, result: Result) {
        self.action = action
        self.rule = rule
        self.result = result
    }
}
