import RetryCore

/// The layers of one stage or pipeline: the mappings that may set its keys, the nearest first.
struct PolicyLayers {
    /// The stage entry and the pipeline entry, as far as they are written.
    let overrides: [PolicyDraft]
    /// The policy; nil = `default`, not written.
    let policy: NamedPolicyDraft?
    /// Where rules that are joined already are kept.
    let cache: PolicyCache

    private var drafts: [PolicyDraft] { overrides + (policy.map { [$0.draft] } ?? []) }

    /// The policy with everything inherited.
    func resolved(never: Bool = false) -> StagePolicy {
        var resolved =
            overrides.allSatisfy(\.isEmpty)
            ? cache.policy(policy?.name ?? StagePolicy.standard.name) { joined() } : joined()
        resolved.never = never
        return resolved
    }

    private func joined() -> StagePolicy {
        var resolved = StagePolicy.standard
        resolved.name = policy?.name ?? resolved.name
        for key in PolicyKey.all where !key.isLast { key.resolve(self, &resolved) }
        for key in PolicyKey.all where key.isLast { key.resolve(self, &resolved) }
        return resolved
    }

    /// The waits, each key of `backoff` from the nearest that writes it.
    var backoff: Backoff { LimitsDraft.backoff(drafts.map(\.limits)) }

    /// The policy's rules under the limits that count here.
    var rules: [Rule] {
        policy.map { cache.rules(of: $0, over: drafts.map(\.limits)) } ?? []
    }

    /// `max_total_retries`, by default the largest `max_retries` of the policy and its rules.
    ///
    /// A pipeline or stage entry with `max_retries: 0` means never, also for the rules.
    func total(of policy: StagePolicy) -> Int {
        for draft in overrides {
            if let total = draft.maxTotalRetries { return total.value }
            if let retries = draft.limits.maxRetries {
                if retries.value == 0 { return 0 }
                break
            }
        }
        if let total = nearest(\.maxTotalRetries) { return total }
        return policy.rules.reduce(policy.maxRetries) { max($0, $1.limits?.maxRetries ?? 0) }
    }

    func nearest<Value>(_ key: KeyPath<PolicyDraft, Located<Value>?>) -> Value? {
        drafts.lazy.compactMap { $0[keyPath: key]?.value }.first
    }

    func limit<Value>(_ key: KeyPath<LimitsDraft, Located<Value>?>) -> Value? {
        LimitsDraft.nearest(key, drafts.map(\.limits))?.value
    }
}

/// The policies as they are without overrides, and the resolved rules of each policy, cached by the
/// limits that they inherit.
///
/// So ten thousand pipelines of one policy share one policy and one list of rules. One reader owns
/// it.
final class PolicyCache {
    private struct Key: Hashable {
        let policy: PolicyName
        let limits: RuleLimits
        /// Which keys of `backoff` are set: the built-in rules have their own waits, which only a
        /// rule's own settings override, so the other keys are enough to tell all layers apart.
        let isMaxWritten: Bool
        let isMinWritten: Bool
    }

    private var known: [Key: [Rule]] = [:]
    private var policies: [PolicyName: StagePolicy] = [:]

    /// The policy of a name, joined on first use.
    func policy(_ name: PolicyName, joined: () -> StagePolicy) -> StagePolicy {
        if let policy = policies[name] { return policy }
        let policy = joined()
        policies[name] = policy
        return policy
    }

    func rules(of policy: NamedPolicyDraft, over drafts: [LimitsDraft]) -> [Rule] {
        guard !policy.rules.isEmpty else { return [] }
        let key = Key(
            policy: policy.name,
            limits: LimitsDraft.resolved(drafts),
            isMaxWritten: LimitsDraft.nearest(backoff: \.max, drafts) != nil,
            isMinWritten: LimitsDraft.nearest(backoff: \.min, drafts) != nil
        )
        if let rules = known[key] { return rules }
        let rules = policy.rules.flatMap { $0.resolved(over: drafts) }
        known[key] = rules
        return rules
    }
}

extension LimitsDraft {
    /// The value of the nearest draft that sets it.
    static func nearest<Value>(
        _ key: KeyPath<LimitsDraft, Located<Value>?>,
        _ drafts: [LimitsDraft]
    ) -> Located<Value>? {
        drafts.lazy.compactMap { $0[keyPath: key] }.first
    }

    /// The `backoff` value of the nearest draft that sets it.
    static func nearest<Value>(
        backoff key: KeyPath<BackoffDraft, Located<Value>?>,
        _ drafts: [LimitsDraft]
    ) -> Located<Value>? {
        drafts.lazy.compactMap { $0.backoff?[keyPath: key] }.first
    }

    /// The backoff of the drafts, each of its keys from the nearest that sets it.
    ///
    /// A default yields to explicit values: an unset cap rises to `initial` and `min`, an unset
    /// floor falls to `max`.
    static func backoff(_ drafts: [LimitsDraft], else standard: Backoff = .standard) -> Backoff {
        let initial = nearest(backoff: \.initial, drafts)?.value ?? standard.initial
        let least = nearest(backoff: \.min, drafts)?.value
        let most =
            nearest(backoff: \.max, drafts)?.value
            ?? max(standard.max, initial, least ?? standard.min)
        return Backoff(
            kind: nearest(backoff: \.kind, drafts)?.value ?? standard.kind,
            initial: initial,
            factor: nearest(backoff: \.factor, drafts)?.value ?? standard.factor,
            max: most,
            min: least ?? min(standard.min, most),
            jitter: nearest(backoff: \.jitter, drafts)?.value ?? standard.jitter
        )
    }

    /// All limits, with defaults where none of the drafts sets a value.
    static func resolved(_ drafts: [LimitsDraft]) -> RuleLimits {
        var limits = StagePolicy.standard.limits
        for (_, key) in PolicyKey.ofRules { key.resolve(drafts, &limits) }
        return limits
    }
}

extension RuleDraft {
    /// The rules of the core: one, or all of a built-in name.
    func resolved(over outer: [LimitsDraft]) -> [Rule] {
        let own = LimitsDraft.resolved([limits] + outer)
        switch source {
        case .own(let name, let condition):
            return [Rule(name: name, when: condition, action: isNever ? .never : .retry(own))]
        case .builtIn(let name):
            return (BuiltInRules.rules(named: name, inheriting: own) ?? []).map(adjusted)
        }
    }

    /// A built-in rule whose own wait is overridden by this one's settings.
    private func adjusted(_ rule: Rule) -> Rule {
        var rule = rule
        if isNever {
            rule.action = .never
        } else if case .retry(var own) = rule.action {
            own.backoff = LimitsDraft.backoff([limits], else: own.backoff)
            rule.action = .retry(own)
        }
        return rule
    }
}
