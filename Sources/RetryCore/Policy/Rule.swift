/// One rule of a policy: which failed actions it matches, and the action to take.
package struct Rule: Hashable, Sendable {
    /// The rule's name: written in the file, or built in.
    package var name: RuleName
    /// The conditions on a failed action.
    package var when: RuleCondition
    /// The action of the rule.
    package var action: RuleAction

    /// Creates a rule.
    package init(name: RuleName, when: RuleCondition, action: RuleAction) {
        self.name = name
        self.when = when
        self.action = action
    }
}

/// What a rule does with a failed action.
package enum RuleAction: Hashable, Sendable {
    /// `retry: never`.
    case never
    /// Retry, with these limits.
    case retry(RuleLimits)
}

/// The limits of a rule; those that it does not set are taken from the stage's policy.
package struct RuleLimits: Hashable, Sendable {
    /// The retry mode by attempt; never empty, its last repeats.
    package var modes: [RetryMode]
    /// The retries that this rule allows in an episode.
    package var maxRetries: Int
    /// The wait before each of them.
    package var backoff: Backoff
    /// No retry is due later than this after the episode's first failure.
    package var giveUpAfter: Duration
    /// The same fingerprint this often in a row ends the episode; nil = off.
    package var stopAfterSameError: Int?

    /// Creates limits.
    package init(
        modes: [RetryMode],
        maxRetries: Int,
        backoff: Backoff,
        giveUpAfter: Duration,
        stopAfterSameError: Int?
    ) {
        self.modes = modes
        self.maxRetries = maxRetries
        self.backoff = backoff
        self.giveUpAfter = giveUpAfter
        self.stopAfterSameError = stopAfterSameError
    }
}

/// `when` of a rule: every given condition must hold; a list means any of it; empty = not asked.
package struct RuleCondition: Hashable, Sendable {
    /// Globs on the stage's name.
    package var stages: [Glob]
    /// Globs on the action's name.
    package var actions: [Glob]
    /// Action categories, exact.
    package var categories: [String]
    /// Action providers, exact.
    package var providers: [String]
    /// Error codes, exact.
    package var codes: [String]
    /// Literals, in message, summary or root line.
    package var contains: [String]
    /// Regular expressions, in message, summary or root line.
    package var matches: [Pattern]
    /// What the cause must be; nothing of it is asked by default.
    package var cause: CauseQuestion
    /// What the built-in knowledge must say of the failure; nil = not asked.
    package var known: KnownCause?

    /// Creates a condition; parts that are not given are not asked.
    package init(
        stages: [Glob] = [],
        actions: [Glob] = [],
        categories: [String] = [],
        providers: [String] = [],
        codes: [String] = [],
        contains: [String] = [],
        matches: [Pattern] = [],
        cause: CauseQuestion = CauseQuestion(),
        known: KnownCause? = nil
    ) {
        self.stages = stages
        self.actions = actions
        self.categories = categories
        self.providers = providers
        self.codes = codes
        self.contains = contains
        self.matches = matches
        self.cause = cause
        self.known = known
    }
}

/// A regular expression as the file writes it; the core never evaluates one itself.
package struct Pattern: Hashable, Sendable {
    /// The expression's text, already known to compile.
    package let text: String

    /// Takes an expression that is known to compile.
    package init(_ text: String) {
        self.text = text
    }
}

/// The question whether a pattern matches a text.
package struct PatternQuery: Hashable, Sendable {
    /// The expression.
    package let pattern: Pattern
    /// A message, summary, root line or log of a failed action.
    package let text: String

    /// Creates a question.
    package init(pattern: Pattern, text: String) {
        self.pattern = pattern
        self.text = text
    }
}

/// The answer to a ``PatternQuery``.
package enum PatternFinding: Hashable, Sendable {
    /// It matches.
    case matches
    /// It does not match.
    case differs
    /// The engine reached its step limit before it had an answer.
    case pastBound
}
