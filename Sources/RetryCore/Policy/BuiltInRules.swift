/// The rules that a policy includes by `use:`.
///
/// They contain AWS's own texts for transient errors, and the near misses that are permanent: those
/// come first, as `never`. They match error code, message and summary only, so that one list serves
/// every provider. Each retry rule has a backoff that suits its error; all other limits are the
/// policy's.
package enum BuiltInRules {
    /// Every name that `use:` takes.
    package static let names = ["aws-transient", "aws-permanent"] + transientParts.map(\.name)

    /// The rules of one name, in order; nil when there is no such name.
    ///
    /// Each rule takes everything from `limits` except the backoff.
    package static func rules(named name: String, inheriting limits: RuleLimits) -> [Rule]? {
        entries(named: name)?.map { $0.rule(inheriting: limits) }
    }

    private static func entries(named name: String) -> [BuiltInRule]? {
        switch name {
        case "aws-permanent": permanent
        case "aws-transient": transient
        case _: transientParts.first { $0.name == name }?.entries
        }
    }

    private static let transientParts: [(name: String, entries: [BuiltInRule])] = [
        ("image-pull", imagePull),
        ("aws-capacity", capacity),
        ("aws-throttling", throttling),
        ("network", network),
        ("waiter-timeout", waiterTimeout),
        ("service-fault", serviceFault),
        ("change-set", changeSet),
    ]

    /// All parts, with the near misses of every part before the first retry of any.
    private static var transient: [BuiltInRule] {
        let all = transientParts.flatMap(\.entries)
        return all.filter { $0.wait == nil } + all.filter { $0.wait != nil }
    }
}

/// One built-in rule before a policy lends it its limits.
struct BuiltInRule: Sendable {
    let name: RuleName
    let when: RuleCondition
    /// The wait before each retry; nil = never retry.
    let wait: Backoff?

    static func never(
        _ name: RuleName,
        codes: [String] = [],
        contains: [String] = []
    ) -> BuiltInRule {
        let when = RuleCondition(codes: codes, contains: contains)
        return BuiltInRule(name: name, when: when, wait: nil)
    }

    static func retry(
        _ name: RuleName,
        wait: Backoff,
        codes: [String] = [],
        contains: [String] = []
    ) -> BuiltInRule {
        let when = RuleCondition(codes: codes, contains: contains)
        return BuiltInRule(name: name, when: when, wait: wait)
    }

    func rule(inheriting limits: RuleLimits) -> Rule {
        guard let wait else { return Rule(name: name, when: when, action: .never) }
        var own = limits
        own.backoff = wait
        return Rule(name: name, when: when, action: .retry(own))
    }
}

extension Backoff {
    /// A doubling wait with equal jitter and no floor above 5s.
    static func doubling(from initial: Duration, to cap: Duration) -> Backoff {
        Backoff(
            kind: .exponential,
            initial: initial,
            factor: 2,
            max: cap,
            min: .seconds(5),
            jitter: .equal
        )
    }
}
