import RetryCore
import YAML

extension ConfigLinter {
    /// Reports rules that can never match, and limits of rules that are never reached.
    func judgeRules(_ policy: NamedPolicyDraft) {
        let layers = PolicyLayers(overrides: [], policy: policy, cache: cache)
        let resolved = layers.resolved()
        var before: [(rule: Rule, draft: RuleDraft)] = []
        for (index, draft) in policy.rules.enumerated() {
            let rules = draft.resolved(over: [policy.draft.limits])
            judgeCondition(draft)
            let isLast = index == policy.rules.count - 1
            let cover = rules.map { rule in before.first { $0.rule.when.covers(rule.when) } }
            if let first = cover.first ?? nil, cover.allSatisfy({ $0 != nil }) {
                unreachable(draft, because: first)
            } else if !isLast, rules.contains(where: \.when.isAny) {
                log.add(
                    at: draft.position,
                    draft.key,
                    "matches every failure, so the rules after it never match"
                )
            }
            judgeLimits(of: draft, rules, in: resolved)
            before += rules.map { ($0, draft) }
        }
    }

    private func unreachable(
        _ draft: RuleDraft,
        because first: (rule: Rule, draft: RuleDraft)
    ) {
        // A rule that takes everything is reported itself, once for all that follow.
        guard !first.rule.when.isAny else { return }
        log.add(
            at: draft.position,
            draft.key,
            "never matches: the rule \"\(ErrorLog.shown(first.rule.name.text))\" on line "
                + "\(first.draft.position.line) already matches all of it"
        )
    }

    private func judgeCondition(_ draft: RuleDraft) {
        guard case .own(_, let condition) = draft.source else { return }
        let key = ErrorLog.path(draft.key, "when")
        if condition.categories == ["Approval"] {
            log.add(
                at: draft.position,
                key,
                "never matches: a failed approval is never retried, whatever the rules say"
            )
        }
        let isLogRead = file.rootCause.isEnabled && file.rootCause.logLines > 0
        if !condition.cause.log.isEmpty, !isLogRead {
            let setting = file.rootCause.isEnabled ? "log_lines is 0" : "enabled is false"
            log.add(
                at: draft.position,
                ErrorLog.path(key, "log"),
                "never matches: no log is read, because root_cause.\(setting)"
            )
        }
        judgeWords(condition, draft)
    }

    private func judgeLimits(of draft: RuleDraft, _ rules: [Rule], in policy: StagePolicy) {
        let retrying = rules.compactMap(\.limits).first
        if let retrying { judgeBackoff(draft.limits, retrying.backoff) }
        let total = policy.maxTotalRetries
        if let retries = draft.limits.maxRetries, retries.value > total {
            log.add(
                at: retries.position,
                retries.key,
                "is \(retries.value), never reached: max_total_retries is \(total)"
            )
        }
        let written = draft.limits
        guard
            let place = written.giveUpAfter?.place ?? written.maxRetries?.place
                ?? written.backoff?.place,
            let retrying
        else { return }
        judgeSchedule(retrying, of: policy, at: place)
    }
}

extension Rule {
    /// The limits of a rule that retries.
    var limits: RuleLimits? {
        switch action {
        case .never: nil
        case .retry(let limits): limits
        }
    }
}

/// Values that CodePipeline and its action providers use (API model; user guide).
enum AWSWords {
    static let categories = ["Source", "Build", "Test", "Deploy", "Approval", "Invoke", "Compute"]
    static let codes = [
        "JobFailed", "ConfigurationError", "PermissionError", "RevisionOutOfSync",
        "RevisionUnavailable", "SystemUnavailable",
    ]
    static let providers = [
        "CodeBuild", "CodeCommit", "CodeDeploy", "CodeDeployToECS", "CodeStarSourceConnection",
        "CloudFormation", "CloudFormationStackSet", "CloudFormationStackInstances", "Commands",
        "DeviceFarm", "EC2", "ECR", "ECRBuildAndPublish", "ECS", "EKS", "ElasticBeanstalk",
        "GitHub", "InspectorScan", "Jenkins", "Lambda", "Manual", "OpsWorks", "S3",
        "ServiceCatalog", "StepFunctions", "AppConfig", "CodePipeline",
    ]
}

extension RuleCondition {
    /// Whether it has no condition.
    var isAny: Bool { passes.allSatisfy { $0 } }

    /// For every key of `when`, whether it lets everything pass.
    private var passes: [Bool] {
        [
            stages.isEmpty || stages.contains { $0.isAny },
            actions.isEmpty || actions.contains { $0.isAny },
            categories.isEmpty, providers.isEmpty, codes.isEmpty, contains.isEmpty,
            matches.isEmpty, cause == CauseQuestion(), known == nil,
        ]
    }

    /// Whether this condition certainly holds whenever `other` does.
    ///
    /// Sound, not complete: patterns only count when they are equal.
    func covers(_ other: RuleCondition) -> Bool {
        isCovered(stages, other.stages) { $0.covers($1) }
            && isCovered(actions, other.actions) { $0.covers($1) }
            && isCovered(categories, other.categories, by: ==)
            && isCovered(providers, other.providers, by: ==)
            && isCovered(codes, other.codes, by: ==)
            && isCovered(contains, other.contains) { $1.contains($0) }
            && isCovered(matches, other.matches, by: ==)
            && isCovered(cause.log, other.cause.log, by: ==)
            && (cause.ran == nil || cause.ran == other.cause.ran)
            && zip(cause.words, other.cause.words).allSatisfy { wide, narrow in
                isCovered(wide.words, narrow.words, by: ==)
            }
            && (known == nil || other.known.map { known?.covers($0) == true } == true)
    }

    /// Whether every alternative of `narrow` implies one of `wide`; empty = not asked.
    private func isCovered<Value>(
        _ wide: [Value],
        _ narrow: [Value],
        by implies: (_ wide: Value, _ narrow: Value) -> Bool
    ) -> Bool {
        if wide.isEmpty { return true }
        guard !narrow.isEmpty else { return false }
        return narrow.allSatisfy { one in wide.contains { implies($0, one) } }
    }
}
