import RetryCore
import YAML

/// Joins the drafts of a file into the configuration that the engine takes.
struct Resolver {
    private let file: FileDraft
    private let log: ErrorLog
    private let policies: [PolicyName: NamedPolicyDraft]
    private let cache: PolicyCache

    init(_ file: FileDraft, cache: PolicyCache, log: ErrorLog) {
        self.file = file
        self.cache = cache
        self.log = log
        policies = Dictionary(file.policies.map { ($0.name, $0) }) { first, _ in first }
    }

    /// The configuration and how each target reaches AWS; errors go to the log.
    func resolve() -> (Configuration, [TargetName: AWSConnection]) {
        checkRuleNames()
        checkOtherwise(file.policies.map { ([$0.draft], $0) })
        var connections: [TargetName: AWSConnection] = [:]
        var targets: [Target] = []
        for draft in file.targets {
            let connection = draft.aws.over(file.aws).connection(log: log)
            connections[draft.name] = connection
            targets.append(target(draft, connection))
        }
        let configuration = Configuration(
            poll: file.poll,
            dryRun: file.dryRun,
            budget: file.budget,
            cost: file.cost,
            prices: file.prices,
            outageHold: file.outageHold?.value,
            causes: file.rootCause,
            targets: targets
        )
        return (configuration, connections)
    }

    private func target(_ draft: TargetDraft, _ connection: AWSConnection) -> Target {
        let region = connection.region ?? ""
        // Without a known account nothing can be shared: then each target has its own rate.
        let group: RateGroup =
            if let account = connection.roleARN?.account, !region.isEmpty {
                RateGroup("\(account)/\(region)")
            } else {
                RateGroup(draft.name.text)
            }
        return Target(
            name: draft.name,
            region: region,
            rateGroup: group,
            paused: draft.isPaused,
            pipelines: draft.pipelines.compactMap(entry)
        )
    }

    private func entry(_ draft: EntryDraft) -> PipelineEntry? {
        let name = draft.policy?.value ?? "default"
        if let written = draft.policy, !file.policyNames.contains(name) {
            let names = file.policyNames.map(\.text).sorted()
            log.add(
                at: written.position,
                written.key,
                "is \"\(ErrorLog.shown(name.text))\", which is not a policy in this file",
                expected: names.listed(with: "or"),
                suggestion: Suggestion.nearest(to: name.text, among: names)
            )
            return nil
        }
        let policy = policies[name]
        let layers = PolicyLayers(overrides: [draft.overrides], policy: policy, cache: cache)
        var stages: [StageName: StagePolicy] = [:]
        for stage in draft.stages {
            let overrides = (stage.overrides.map { [$0] } ?? []) + [draft.overrides]
            checkOtherwise([(overrides, policy)])
            stages[stage.name] = PolicyLayers(overrides: overrides, policy: policy, cache: cache)
                .resolved(never: stage.overrides == nil)
        }
        checkOtherwise([([draft.overrides], policy)])
        return PipelineEntry(
            selector: draft.selector,
            policy: layers.resolved(),
            stages: stages
        )
    }

    /// `otherwise` without rules would have no effect, and `never` must not be ignored.
    private func checkOtherwise(_ cases: [(drafts: [PolicyDraft], policy: NamedPolicyDraft?)]) {
        for (drafts, policy) in cases where policy?.rules.isEmpty ?? true {
            // Invalid rules are already reported.
            guard policy?.hasRules != true else { continue }
            for draft in drafts {
                guard let written = draft.otherwise else { continue }
                log.add(
                    at: written.position,
                    written.key,
                    "has no effect without rules: then every failure is retried",
                    expected: "rules in the policy, or max_retries: 0 to retry nothing"
                )
            }
        }
    }

    /// Counters are kept by a rule's name, so that it must be its own within a policy.
    private func checkRuleNames() {
        for policy in file.policies {
            var first: [RuleName: SourcePosition] = [:]
            for rule in policy.rules {
                for name in rule.resolved(over: []).map(\.name) {
                    if let position = first[name] {
                        log.add(
                            at: rule.position,
                            rule.key,
                            "has the name \"\(name)\" again, first on line \(position.line)",
                            expected: "a unique name"
                        )
                        break
                    }
                    first[name] = rule.position
                }
            }
        }
    }
}
