/// The rules that a policy includes by `use:`.
///
/// They ask the built-in knowledge, a table of causes with the class of each. A rule speaks under
/// the name of the table's row, such as `image-pull/pull-limit`. Each retry has a wait that suits
/// its cause; all other limits are the policy's.
package enum BuiltInRules {
    /// Every name that `use:` takes.
    package static let names =
        ["aws-transient", "aws-flaky", "aws-permanent", changeSet] + groups

    /// The groups of the table with causes that may pass.
    static let groups = KnowledgeTable.builtIn.groups(of: retried)
    private static let retried: Set<CauseClass> = [.transient, .flaky]
    private static let left: Set<CauseClass> = [.permanent, .unsafe]
    /// The error of executing a change set again that is already used.
    ///
    /// The failed action alone cannot create it anew; the guard `change_set_consumed` sees to it
    /// that ALL_ACTIONS is used, or nothing.
    private static let changeSet = "change-set"

    /// The rules of one name, in order; nil when there is no such name.
    ///
    /// Each rule takes everything from `limits` except the backoff. `aws-transient` leaves what is
    /// unsafe and the near misses of its own groups; `aws-permanent` all that is permanent. Neither
    /// leaves a change set that is used up, for the guard has ensured that a new one is made.
    package static func rules(named name: String, inheriting limits: RuleLimits) -> [Rule]? {
        switch name {
        case "aws-permanent":
            [never(name, KnownCause([.permanent])), never("\(name)/unsafe", harm)]
        case "aws-flaky": retries(name, [.flaky], in: nil, limits)
        case changeSet: [usedUp("\(name)/new", limits)]
        case "aws-transient":
            [
                never("\(name)/unsafe", harm),
                never("\(name)/permanent", KnownCause([.permanent], in: Set(groups))),
                usedUp("\(name)/change-set", limits),
            ] + retries(name, [.transient], in: nil, limits)
        case _ where groups.contains(name):
            nearMisses(name) + retries(name, kinds(of: name, among: retried), in: [name], limits)
        case _: nil
        }
    }

    private static let harm = KnownCause(
        [.unsafe],
        in: Set(KnowledgeTable.builtIn.groups(of: [.unsafe])).subtracting([changeSet])
    )

    private static func usedUp(_ name: String, _ limits: RuleLimits) -> Rule {
        retry(name, KnownCause([.unsafe], in: [changeSet]), .seconds, limits)
    }

    /// What a group leaves; empty when all of it may pass.
    private static func nearMisses(_ group: String) -> [Rule] {
        let kinds = kinds(of: group, among: left)
        return kinds.isEmpty ? [] : [never("\(group)/never", KnownCause(kinds, in: [group]))]
    }

    /// The classes that a group has; what never started is transient.
    private static func kinds(of group: String, among kinds: Set<CauseClass>) -> Set<CauseClass> {
        kinds.filter { KnowledgeTable.builtIn.groups(of: [$0]).contains(group) }
    }

    private static func never(_ name: String, _ known: KnownCause) -> Rule {
        Rule(name: RuleName(name), when: RuleCondition(known: known), action: .never)
    }

    /// A rule for each wait that findings of these classes and groups have.
    private static func retries(
        _ name: String,
        _ kinds: Set<CauseClass>,
        in groups: Set<String>?,
        _ limits: RuleLimits
    ) -> [Rule] {
        KnownCause(kinds, in: groups).waits.map { wait in
            let known = KnownCause(kinds, in: groups, wait: wait)
            return retry("\(name)/\(wait.rawValue)", known, wait, limits)
        }
    }

    private static func retry(
        _ name: String,
        _ known: KnownCause,
        _ wait: CauseWait,
        _ limits: RuleLimits
    ) -> Rule {
        var own = limits
        own.backoff = .doubling(from: wait.first, to: wait.longest)
        let when = RuleCondition(known: known)
        return Rule(name: RuleName(name), when: when, action: .retry(own))
    }
}

extension KnowledgeTable {
    /// The groups with rows of these classes, in the order of the table.
    fileprivate func groups(of kinds: Set<CauseClass>) -> [String] {
        var seen: Set<String> = []
        return rows.filter { kinds.contains($0.kind) }.map(\.group)
            .filter { seen.insert($0).inserted }
    }
}

extension StagePolicy {
    /// Whether one of its rules asks the built-in knowledge.
    var asksKnowledge: Bool { rules.contains { $0.when.known != nil } }

    /// Whether a rule looks at logs.
    var asksLog: Bool { rules.contains { !$0.when.cause.log.isEmpty } }
}

extension Backoff {
    /// A doubling wait with equal jitter and no floor above 5s.
    fileprivate static func doubling(from initial: Duration, to cap: Duration) -> Backoff {
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
