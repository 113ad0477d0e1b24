package import Primitives

/// What is to be done with one failed stage, and the whole reasoning.
package struct Decision: Hashable, Sendable {
    /// What is to be done.
    package var verdict: Verdict
    /// What speaks: the newest failure of the stage, by its strictest rule.
    package var failure: FailureFacts
    /// Every guard in order, up to the first that stopped.
    package var guards: [Check]
    /// Every rule that was tried, for every failed action, in order.
    package var rules: [RuleTrial]
    /// Every limit and brake that was looked at.
    package var holds: [Check]

    /// Makes a decision of its parts.
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

/// What is to be done with one failed stage.
package enum Verdict: Hashable, Sendable {
    /// Retry when it is due.
    case retry(RetryPlan)
    /// Something passes by itself: look again at this time at the latest.
    case wait(Reason, until: WallTime)
    /// A brake or hold is on; nothing is consumed; re-decide at this time at the latest.
    case hold(Reason, until: WallTime, RetryPlan?)
    /// Dry run or shadow: say what would be done at this time.
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
    /// The rule that spoke; nil without rules or by `otherwise: retry`.
    package var rule: RuleName?
    /// The number of this retry in its episode, from 1.
    package var number: Int
    /// The most that this episode can have, given the rule and the total.
    package var limit: Int
    /// When it is due, by AWS's clock.
    package var due: WallTime
    /// Beyond this time the episode is given up.
    package var giveUpAt: WallTime

    /// Makes a plan of its parts.
    package init(
        mode: RetryMode,
        rule: RuleName?,
        number: Int,
        limit: Int,
        due: WallTime,
        giveUpAt: WallTime
    ) {
        self.mode = mode
        self.rule = rule
        self.number = number
        self.limit = limit
        self.due = due
        self.giveUpAt = giveUpAt
    }
}

/// What the journal tells of a failure.
package struct FailureFacts: Hashable, Sendable {
    /// The failed action that decided; nil when none failed.
    package var action: ActionName?
    /// Its error code.
    package var code: String?
    /// Its message, else its summary.
    package var message: String?
    /// Where a person can look.
    package var url: String?
    /// The failed actions' fingerprints as one; nil when none failed.
    package var fingerprint: Fingerprint?
    /// When the last failed action failed; nil when nothing dates it.
    package var failedAt: WallTime?

    /// Makes facts; all may be absent.
    package init(
        action: ActionName? = nil,
        code: String? = nil,
        message: String? = nil,
        url: String? = nil,
        fingerprint: Fingerprint? = nil,
        failedAt: WallTime? = nil
    ) {
        self.action = action
        self.code = code
        self.message = message
        self.url = url
        self.fingerprint = fingerprint
        self.failedAt = failedAt
    }
}

/// One thing that was looked at on the way to a verdict.
package struct Check: Hashable, Sendable {
    /// What it came to.
    package enum Result: String, Hashable, Sendable {
        /// It lets the retry go on.
        case pass
        /// It ends or defers it.
        case stop
    }

    /// The reason that it gives when it stops.
    package var reason: Reason
    /// What it came to.
    package var result: Result
    /// What was seen, for people.
    package var detail: String

    /// Makes a check of its parts.
    package init(reason: Reason, result: Result, detail: String) {
        self.reason = reason
        self.result = result
        self.detail = detail
    }
}

/// One rule held against one failed action.
package struct RuleTrial: Hashable, Sendable {
    /// What it came to.
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
    /// What it came to.
    package var result: Result

    /// Makes a trial of its parts.
    package init(action: ActionName, rule: RuleName, result: Result) {
        self.action = action
        self.rule = rule
        self.result = result
    }
}
