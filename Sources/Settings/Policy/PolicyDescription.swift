import Primitives
import RetryCore

/// A resolved policy in the terms of the config file.
struct PolicyDescription {
    private let policy: StagePolicy

    init(_ policy: StagePolicy) {
        self.policy = policy
    }

    /// The keys that a policy, an entry and a stage may set, each with its value; the rules are
    /// separate.
    var keys: [(name: String, value: String)] {
        PolicyKey.all.compactMap { key in key.text.map { (key.name, $0(policy)) } }
    }

    /// The worst case of a failure that no rule matches; nil when such a failure is not retried.
    var ownSchedule: String? {
        if policy.never { return "never retries" }
        guard policy.rules.isEmpty || policy.otherwise == .retry else { return nil }
        return PolicyDescription.schedule(policy.limits, total: policy.maxTotalRetries)
    }

    /// The rules in order: name, condition, and the action on the failure.
    var rules: [(name: String, when: String, then: String)] {
        policy.rules.map { rule in
            (rule.name.text, PolicyDescription.text(rule.when), then(rule))
        }
    }

    /// The action on failures that match one of the policy's rules.
    func then(_ rule: Rule) -> String {
        guard let limits = rule.limits else { return "never retries" }
        var text = PolicyDescription.schedule(limits, total: policy.maxTotalRetries)
        for (name, key) in PolicyKey.ofRules {
            guard let value = key.text?(limits), value != key.text?(policy.limits) else { continue }
            text += "; \(name) \(value)"
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

    static func text(_ backoff: Backoff) -> String {
        let factor = backoff.kind == .exponential ? ", factor \(backoff.factor.shortText)" : ""
        return "\(backoff.kind.rawValue), initial \(backoff.initial.shortText)\(factor), "
            + "max \(backoff.max.shortText), min \(backoff.min.shortText), "
            + "jitter \(backoff.jitter.rawValue)"
    }

    static func text(_ budget: Budget?) -> String {
        budget.map { "\($0.retries) per \($0.per.shortText)" } ?? "none"
    }

    static func text(_ ceiling: CostCeiling?) -> String {
        ceiling.map { "\($0.text) per \($0.per.shortText)" } ?? "none"
    }

    static func text(_ prices: ActionPrices) -> String {
        let own = prices.byProvider.sorted { $0.key < $1.key }
            .map { "\($0.key) \(RetryCost.money($0.value))" }
        return (["default \(RetryCost.money(prices.standard))"] + own).joined(separator: ", ")
    }

    static func text(_ gate: SuccessGate?) -> String {
        guard let gate else { return "off" }
        return "min \(gate.minimum.shortText), window \(gate.window.size), "
            + "max_age \(gate.window.maxAge.shortText), explore \(gate.explore)"
    }

    static func text(_ window: Window) -> String {
        "\(window.effect.rawValue) \(WindowText.text(of: window.spans)) \(window.zone.name)"
    }

    static func text(_ when: RuleCondition) -> String {
        let asked = parts(when).map { "\($0.name) \(alternatives($0.values))" }
        return asked.isEmpty ? "any failure" : asked.joined(separator: ", ")
    }

    /// The parts of a condition, by the keys of `when`.
    static func parts(_ when: RuleCondition) -> [(name: String, values: [String])] {
        let own: [(name: String, values: [String])] = [
            ("stage", when.stages.map(\.text)), ("action", when.actions.map(\.text)),
            ("category", when.categories), ("provider", when.providers), ("code", when.codes),
            ("contains", when.contains), ("matches", when.matches.map(\.text)),
        ]
        let cause = when.cause.words.map { (name: $0.key, values: $0.words) }
        let rest: [(name: String, values: [String])] = [
            ("ran", when.cause.ran.map { [$0 ? "true" : "false"] } ?? []),
            ("log", when.cause.log.map(\.text)),
            ("known", when.known.map { [$0.text] } ?? []),
        ]
        return (own + cause + rest).filter { !$0.values.isEmpty }
    }

    /// The first alternatives; the built-in rules have up to twenty.
    private static func alternatives(_ values: [String]) -> String {
        let shown = values.prefix(3).map { value in
            let quote = value.contains("\"") ? "'" : "\""
            return quote + ErrorLog.shown(value) + quote
        }
        let rest = values.count - shown.count
        return (shown + (rest > 0 ? ["\(rest) more"] : [])).listed(with: "or")
    }
}
