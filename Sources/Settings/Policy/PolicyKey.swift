import RetryCore

/// One key that a policy, a pipeline entry or a stage entry may set: everything about it is in its
/// row, see ``all``.
///
/// The known keys, reading, inheritance, `check` and its JSON, and the changes that a reload
/// reports all iterate over the rows.
struct PolicyKey: Sendable {
    /// Where a key may be written, the widest first.
    enum Scope: Sendable {
        /// In policies, entries, stages and rules.
        case rule
        /// In policies, entries and stages.
        case entry
        /// Only in policies.
        case policy
    }

    /// The key as part of a rule that may set it.
    struct OfRule: Sendable {
        /// Copies the value of the nearest draft that sets it into limits, which have all defaults.
        let resolve: @Sendable ([LimitsDraft], inout RuleLimits) -> Void
        /// The value in the terms of the config file; nil: the schedule of its waits includes it.
        let text: (@Sendable (RuleLimits) -> String)?
        /// The value as `check --json` prints it.
        let json: @Sendable (RuleLimits) -> JSONValue
        /// The value in parts that are inherited separately.
        let parts: @Sendable (RuleLimits) -> [String]
    }

    /// The name in the config file.
    let name: String
    /// Where it may be written.
    let scope: Scope
    /// Whether it bounds how often and when something is retried.
    var isLimit = false
    /// Whether it rests on all others, and is resolved after them.
    var isLast = false
    /// Reads the key from a mapping; does nothing for a key that is read with the whole policy.
    var read: @Sendable (Section, inout PolicyDraft) -> Void = { _, _ in }
    /// Whether an entry or stage writes it.
    var isWritten: @Sendable (PolicyDraft) -> Bool = { _ in false }
    /// Copies the value of the nearest mapping that sets it into a policy, which has all defaults.
    let resolve: @Sendable (PolicyLayers, inout StagePolicy) -> Void
    /// The value in the terms of the config file; nil: `check` prints it separately.
    let text: (@Sendable (StagePolicy) -> String)?
    /// The value as `check --json` prints it.
    let json: @Sendable (PolicyJSON) -> JSONValue
    /// The key as part of a rule; nil: a rule cannot set it.
    var ofRule: OfRule?
}

extension PolicyKey {
    /// The names of all keys.
    static let allNames = Set(all.map(\.name))

    /// The names of the keys in some scopes, in the order of the rows.
    static func names(_ scopes: Set<Scope>) -> [String] {
        all.filter { scopes.contains($0.scope) }.map(\.name)
    }

    /// Each key as part of a rule, with its name.
    static var ofRules: [(name: String, key: OfRule)] {
        all.compactMap { row in row.ofRule.map { (row.name, $0) } }
    }
}

// MARK: Kinds of rows

extension PolicyKey {
    typealias Draft<Value> = any WritableKeyPath<PolicyDraft, Located<Value>?> & Sendable
    typealias Limit<Value> = any WritableKeyPath<LimitsDraft, Located<Value>?> & Sendable
    typealias Resolved<Value> = any WritableKeyPath<StagePolicy, Value> & Sendable
    typealias Own<Value> = any WritableKeyPath<RuleLimits, Value> & Sendable

    /// A key of policies, entries and stages that the nearest of them decides.
    static func entry<Value>(
        _ name: String,
        _ draft: Draft<Value>,
        _ policy: Resolved<Value>,
        read: @escaping @Sendable (Field) -> Value?,
        text: @escaping @Sendable (Value) -> String,
        json: @escaping @Sendable (Value) -> JSONValue
    ) -> PolicyKey {
        PolicyKey(
            name: name,
            scope: .entry,
            read: { section, mapping in
                mapping[keyPath: draft] = section.written(name, read)
            },
            isWritten: { $0[keyPath: draft] != nil },
            resolve: { layers, resolved in
                if let value = layers.nearest(draft) { resolved[keyPath: policy] = value }
            },
            text: { text($0[keyPath: policy]) },
            json: { json($0.policy[keyPath: policy]) }
        )
    }

    /// The same for an enumeration.
    static func choice<Value: RawRepresentable & CaseIterable & Sendable>(
        _ name: String,
        _ draft: Draft<Value>,
        _ policy: Resolved<Value>
    ) -> PolicyKey where Value.RawValue == String {
        entry(
            name,
            draft,
            policy,
            read: { $0.choice(Value.self) },
            text: { $0.rawValue },
            json: { .string($0.rawValue) }
        )
    }

    /// The same for `true` or `false`.
    static func flag(
        _ name: String,
        _ draft: Draft<Bool>,
        _ policy: Resolved<Bool>
    ) -> PolicyKey {
        entry(
            name,
            draft,
            policy,
            read: { $0.boolean() },
            text: { String($0) },
            json: { .boolean($0) }
        )
    }

    /// A limit, which rules may write as well.
    static func limit<Value>(
        _ name: String,
        _ draft: Limit<Value>,
        _ policy: Resolved<Value>,
        _ rule: Own<Value>,
        isInSchedule: Bool = false,
        read: @escaping @Sendable (Field) -> Value?,
        text: @escaping @Sendable (Value) -> String,
        json: @escaping @Sendable (Value) -> JSONValue
    ) -> PolicyKey {
        let inRule: @Sendable (RuleLimits) -> String = { text($0[keyPath: rule]) }
        let own = OfRule(
            resolve: { (drafts: [LimitsDraft], limits: inout RuleLimits) in
                let written: Located<Value>? = LimitsDraft.nearest(draft, drafts)
                if let written { limits[keyPath: rule] = written.value }
            },
            text: isInSchedule ? nil : inRule,
            json: { json($0[keyPath: rule]) },
            parts: { [inRule($0)] }
        )
        return PolicyKey(
            name: name,
            scope: .rule,
            isLimit: true,
            read: { section, mapping in
                mapping.limits[keyPath: draft] = section.written(name, read)
            },
            isWritten: { $0.limits[keyPath: draft] != nil },
            resolve: { layers, resolved in
                if let value = layers.limit(draft) { resolved[keyPath: policy] = value }
            },
            text: { text($0[keyPath: policy]) },
            json: { json($0.policy[keyPath: policy]) },
            ofRule: own
        )
    }
}
