import RetryCore

/// A resolved policy in the words of the config file.
struct PolicyDescription {
    private let policy: StagePolicy

    init(_ policy: StagePolicy) {
        self.policy = policy
    }

    /// The keys that a policy, an entry and a stage may write, each with its value.
    var keys: [(name: String, value: String)] {
        [
            ("mode", PolicyDescription.text(policy.modes)),
            ("max_retries", String(policy.maxRetries)),
            ("max_total_retries", String(policy.maxTotalRetries)),
            ("backoff", PolicyDescription.text(policy.backoff)),
            ("give_up_after", policy.giveUpAfter.shortText),
            ("max_failure_age", policy.maxFailureAge.shortText),
            ("stop_after_same_error", PolicyDescription.text(policy.stopAfterSameError)),
            ("when_newer_waiting", policy.whenNewerWaiting.rawValue),
            ("when_transition_disabled", policy.whenTransitionDisabled.rawValue),
            ("when_human_retried", policy.whenHumanRetried.rawValue),
            ("shadow", String(policy.shadow)),
            ("paused", String(policy.paused)),
            ("windows", windows),
            ("budget", PolicyDescription.text(policy.budget)),
            ("otherwise", policy.rules.isEmpty ? Self.noRules : policy.otherwise.rawValue),
        ]
    }

    private static let noRules = "retry (no rules: every failure, failing tests too)"

    private var windows: String {
        guard !policy.windows.isEmpty else { return "always" }
        return policy.windows.map(PolicyDescription.text).joined(separator: "; ")
    }

    /// The worst case of a failure that no rule takes; nil when the rules leave it alone.
    var ownSchedule: String? {
        if policy.never { return "never retries" }
        guard policy.rules.isEmpty || policy.otherwise == .retry else { return nil }
        return PolicyDescription.schedule(policy.limits, total: policy.maxTotalRetries)
    }

    /// The rules in order: name, condition, and what is done with the failure.
    var rules: [(name: String, when: String, then: String)] {
        policy.rules.map { rule in
            (rule.name.text, PolicyDescription.text(rule.when), then(rule))
        }
    }

    /// What is done with the failures of one of the policy's rules.
    func then(_ rule: Rule) -> String {
        guard let limits = rule.limits else { return "never retries" }
        var text = PolicyDescription.schedule(limits, total: policy.maxTotalRetries)
        if limits.modes != policy.modes { text += "; mode \(PolicyDescription.text(limits.modes))" }
        if limits.giveUpAfter != policy.giveUpAfter {
            text += "; give_up_after \(limits.giveUpAfter.shortText)"
        }
        if limits.stopAfterSameError != policy.stopAfterSameError {
            let count = PolicyDescription.text(limits.stopAfterSameError)
            text += "; stop_after_same_error \(count)"
        }
        return text
    }
}

extension PolicyDescription {
    /// The longest waits, and how many retries they leave room for.
    static func schedule(_ limits: RuleLimits, total: Int) -> String {
        let worst = WorstCase(limits, total: total)
        guard !worst.isFeasible else { return worst.text }
        return "\(worst.text); at the longest waits \(worst.fitting) of \(worst.allowed) fit "
            + "give_up_after \(limits.giveUpAfter.shortText)"
    }

    static func text(_ modes: [RetryMode]) -> String {
        modes.map(\.rawValue).joined(separator: ", then ")
    }

    static func text(_ backoff: Backoff) -> String {
        let factor = backoff.kind == .exponential ? ", factor \(backoff.factor.shortText)" : ""
        return "\(backoff.kind.rawValue), initial \(backoff.initial.shortText)\(factor), "
            + "max \(backoff.max.shortText), min \(backoff.min.shortText), "
            + "jitter \(backoff.jitter.rawValue)"
    }

    static func text(_ count: Int?) -> String {
        count.map { String($0) } ?? "off"
    }

    static func text(_ budget: Budget?) -> String {
        budget.map { "\($0.retries) per \($0.per.shortText)" } ?? "none"
    }

    static func text(_ window: Window) -> String {
        "\(window.effect.rawValue) \(WindowText.text(of: window.spans)) \(window.zone.name)"
    }

    static func text(_ when: RuleCondition) -> String {
        let parts: [(name: String, values: [String])] = [
            ("stage", when.stages.map(\.text)), ("action", when.actions.map(\.text)),
            ("category", when.categories), ("provider", when.providers), ("code", when.codes),
            ("contains", when.contains), ("matches", when.matches.map(\.text)),
        ]
        let asked = parts.filter { !$0.values.isEmpty }.map { part in
            "\(part.name) \(alternatives(part.values))"
        }
        return asked.isEmpty ? "any failure" : asked.joined(separator: ", ")
    }

    /// The first alternatives; the built-in rules have up to twenty.
    private static func alternatives(_ values: [String]) -> String {
        let shown = values.prefix(3).map { value in
            let quote = value.contains("\"") ? "'" : "\""
            return quote + FaultLog.shown(value) + quote
        }
        let rest = values.count - shown.count
        return (shown + (rest > 0 ? ["\(rest) more"] : [])).listed(with: "or")
    }
}
