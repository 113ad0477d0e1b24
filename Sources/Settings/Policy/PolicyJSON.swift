import Primitives
import RetryCore

/// A resolved policy as `check --json` prints it.
struct PolicyJSON {
    /// The policy.
    let policy: StagePolicy

    init(_ policy: StagePolicy) {
        self.policy = policy
    }

    /// All of it: every key, and the longest waits.
    var value: JSONValue {
        let head: [JSONValue.Member] = [
            .init(name: "name", value: .string(policy.name.text)),
            .init(name: "never", value: .boolean(policy.never)),
        ]
        let keys = PolicyKey.all.map { JSONValue.Member(name: $0.name, value: $0.json(self)) }
        return .object(
            head + keys + [.init(name: "schedule", value: schedule(policy.limits))]
        )
    }

    /// The rules in order.
    var rules: [JSONValue] { policy.rules.map(json) }

    private func json(_ rule: Rule) -> JSONValue {
        let head: [JSONValue.Member] = [
            .init(name: "name", value: .string(rule.name.text)),
            .init(name: "when", value: PolicyJSON.json(rule.when)),
        ]
        guard let limits = rule.limits else {
            return .object(head + [.init(name: "retry", value: .string("never"))])
        }
        let keys = PolicyKey.ofRules.map { name, key in
            JSONValue.Member(name: name, value: key.json(limits))
        }
        return .object(head + keys + [.init(name: "schedule", value: schedule(limits))])
    }

    /// The longest waits, for the first 50 retries, and how many fit give_up_after.
    private func schedule(_ limits: RuleLimits) -> JSONValue {
        let total = policy.never ? 0 : policy.maxTotalRetries
        let worst = WorstCase(limits, total: total)
        return .object([
            "waits": .strings(worst.schedule.prefix(50).map(\.shortText)),
            "retries": .integer(worst.allowed),
            "fitting": .integer(worst.fitting),
            "text": .string(worst.text),
        ])
    }
}

extension PolicyJSON {
    static func json(_ budget: Budget?) -> JSONValue {
        guard let budget else { return .null }
        return .object([
            "retries": .integer(budget.retries), "per": .string(budget.per.shortText),
        ])
    }

    static func json(_ ceiling: CostCeiling?) -> JSONValue {
        guard let ceiling else { return .null }
        return .object([
            "minutes": ceiling.minutes.map { .integer($0) } ?? .null,
            "money": ceiling.price.map { .number(Double($0) / 1e6) } ?? .null,
            "per": .string(ceiling.per.shortText),
        ])
    }

    static func json(_ prices: ActionPrices) -> JSONValue {
        let own = prices.byProvider.sorted { $0.key < $1.key }.map {
            JSONValue.Member(name: $0.key, value: .number(Double($0.value) / 1e6))
        }
        let standard = JSONValue.number(Double(prices.standard) / 1e6)
        return .object([.init(name: "default", value: standard)] + own)
    }

    static func json(_ gate: SuccessGate?) -> JSONValue {
        guard let gate else { return .null }
        return .object([
            "min": .number(gate.minimum),
            "window": .integer(gate.window.size),
            "max_age": .string(gate.window.maxAge.shortText),
            "explore": .integer(gate.explore),
        ])
    }

    static func json(_ backoff: Backoff) -> JSONValue {
        .object([
            "kind": .string(backoff.kind.rawValue),
            "initial": .string(backoff.initial.shortText),
            "factor": .number(backoff.factor),
            "max": .string(backoff.max.shortText),
            "min": .string(backoff.min.shortText),
            "jitter": .string(backoff.jitter.rawValue),
        ])
    }

    fileprivate static func json(_ when: RuleCondition) -> JSONValue {
        .object(
            PolicyDescription.parts(when).map { .init(name: $0.name, value: .strings($0.values)) }
        )
    }
}
