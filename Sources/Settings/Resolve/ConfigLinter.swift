import Primitives
import RetryCore
import YAML

/// Checks for settings that are wrong or useless although each value by itself is valid.
struct ConfigLinter {
    /// One mapping that sets policy keys, with everything that it inherits.
    struct Level {
        /// The mapping.
        let written: PolicyDraft
        /// The mappings that count there, this one first.
        let drafts: [PolicyDraft]
        /// The resolved policy.
        let resolved: StagePolicy
    }

    let file: FileDraft
    let configuration: Configuration
    let cache: PolicyCache
    let log: ErrorLog

    /// Reports impossible combinations that only inheritance brings together.
    func errors() {
        checkDoubles()
        eachLevel(checkBounds)
        for policy in file.policies {
            for rule in policy.rules {
                checkBounds(rule.limits, inherited: [policy.draft.limits])
            }
        }
    }

    /// Reports useless settings, in a file without errors.
    func warnings(now: WallTime) {
        judgeConnections()
        eachLevel(judgeLimits)
        for policy in file.policies {
            judgeRules(policy)
            judgeWindows(policy, now: now)
        }
        judgeUse()
        judgePolling()
        for target in file.targets { judgeEntries(target) }
    }

    /// Every mapping that sets policy keys: policies, pipeline entries, stage entries.
    private func eachLevel(_ judge: (Level) -> Void) {
        let policies = Dictionary(file.policies.map { ($0.name, $0) }) { first, _ in first }
        for policy in file.policies {
            let layers = PolicyLayers(overrides: [], policy: policy, cache: cache)
            judge(Level(written: policy.draft, drafts: [policy.draft], resolved: layers.resolved()))
        }
        for entry in file.targets.flatMap(\.pipelines) {
            let policy = policies[entry.policy?.value ?? "default"]
            let outer = policy.map { [$0.draft] } ?? []
            var chains = [[entry.overrides]]
            for stage in entry.stages {
                if let draft = stage.overrides { chains.append([draft, entry.overrides]) }
            }
            for chain in chains where !chain[0].isEmpty && chain[0].hasLimits {
                let layers = PolicyLayers(overrides: chain, policy: policy, cache: cache)
                let resolved = layers.resolved()
                judge(Level(written: chain[0], drafts: chain + outer, resolved: resolved))
            }
        }
    }

    private func checkBounds(_ level: Level) {
        let inherited = level.drafts.dropFirst().map(\.limits)
        checkBounds(level.written.limits, inherited: Array(inherited))
    }

    /// A floor above the cap, where one is written here and the other farther away.
    private func checkBounds(_ limits: LimitsDraft, inherited: [LimitsDraft]) {
        let drafts = [limits] + inherited
        guard let least = LimitsDraft.nearest(backoff: \.min, drafts),
            let most = LimitsDraft.nearest(backoff: \.max, drafts), least.value > most.value
        else { return }
        if limits.backoff?.min != nil, limits.backoff?.max == nil {
            log.add(
                at: least.position,
                least.key,
                "is \(least.value.shortText), above the max that it inherits",
                expected: "\(most.value.shortText) at most, or a max next to it"
            )
        } else if limits.backoff?.min == nil, limits.backoff?.max != nil {
            log.add(
                at: most.position,
                most.key,
                "is \(most.value.shortText), below the min that it inherits",
                expected: "\(least.value.shortText) at least, or a min next to it"
            )
        }
    }

    /// Reports a policy that no pipeline uses.
    private func judgeUse() {
        let used = Set(file.targets.flatMap(\.pipelines).map { $0.policy?.value ?? "default" })
        for policy in file.policies where !used.contains(policy.name) {
            log.add(at: policy.position, policy.draft.key, "is used by no pipeline")
        }
    }

    /// Reports settings of the whole file that have no effect.
    private func judgePolling() {
        if let active = file.slowActive {
            log.add(
                at: active.position,
                active.key,
                "is \(active.value.shortText), longer than interval "
                    + "(\(file.poll.interval.shortText)): active pipelines are polled less often"
            )
        }
        for estimate in PollEstimate.all(of: configuration) where estimate.demand.isShort {
            log.add(
                at: file.pollPosition ?? file.position,
                "poll.max_rate",
                "is too low for poll.interval in \(estimate.group): \(estimate.demand.text) "
                    + "on average"
            )
        }
        let selectors = configuration.targets.flatMap(\.pipelines).map(\.selector)
        let names = selectors.filter(\.isExact).count
        if let hold = file.outageHold, names == selectors.count, names < hold.value.pipelines {
            log.add(
                at: hold.position,
                hold.key,
                "never starts: it needs \(hold.value.pipelines) pipelines, "
                    + "but \(names) are watched"
            )
        }
    }

    /// Reports windows that never open within the calendar's horizon of eight weeks.
    private func judgeWindows(_ policy: NamedPolicyDraft, now: WallTime) {
        guard let first = policy.windows.first else { return }
        let calendar = WindowCalendar(policy.windows.map(\.window))
        guard calendar.nextOpening(from: now) == nil else { return }
        log.add(
            at: first.position,
            "\(policy.draft.key).windows",
            "never open: every retry waits until it is given up"
        )
    }
}

extension PolicyDraft {
    /// Whether anything is written that limits retries.
    fileprivate var hasLimits: Bool {
        PolicyKey.all.contains { $0.isLimit && $0.isWritten(self) }
    }
}

extension PipelineEntry.Selector {
    /// Whether it takes one pipeline by its name.
    var isExact: Bool {
        switch self {
        case .name: true
        case .match: false
        }
    }
}
