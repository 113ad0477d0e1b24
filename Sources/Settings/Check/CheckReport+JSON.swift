import RetryCore

extension CheckReport {
    /// The report as one JSON value: what `check --json` prints of a valid file.
    package var json: JSONValue {
        let configuration = settings.configuration
        return .object([
            "config": .string(settings.path),
            "valid": .boolean(true),
            "warnings": .array(settings.warnings.map(\.json)),
            "poll": poll(configuration.poll),
            "dry_run": .boolean(configuration.dryRun),
            "budget": json(configuration.budget),
            "outage_hold": json(configuration.outageHold),
            "targets": .array(configuration.targets.map(json)),
            "iam": .array(policies.map(json)),
        ])
    }

    private func poll(_ poll: PollSettings) -> JSONValue {
        .object([
            "interval": .string(poll.interval.shortText),
            "active_interval": .string(poll.activeInterval.shortText),
            "quiet_interval": .string(poll.quietInterval.shortText),
            "max_in_flight": .integer(poll.maxInFlight),
            "max_rate": .number(poll.maxRate),
            "groups": .array(
                polls.map { estimate in
                    .object([
                        "group": .string(estimate.group),
                        "pipelines": .integer(estimate.demand.pipelines),
                        "match": .strings(estimate.globs),
                        "wanted_rate": .number((estimate.demand.wanted * 1000).rounded() / 1000),
                        "every": .string(estimate.demand.every.shortText),
                        "text": .string(estimate.text),
                    ])
                }
            ),
        ])
    }

    private func json(_ budget: Budget?) -> JSONValue {
        guard let budget else { return .null }
        return .object([
            "retries": .integer(budget.retries), "per": .string(budget.per.shortText),
        ])
    }

    private func json(_ hold: OutageHold?) -> JSONValue {
        guard let hold else { return .null }
        return .object([
            "pipelines": .integer(hold.pipelines),
            "within": .string(hold.within.shortText),
            "probe_every": .string(hold.probeEvery.shortText),
        ])
    }

    private func json(_ policy: IAMPolicy) -> JSONValue {
        .object([
            "identity": .string(policy.identity),
            "notes": .strings(policy.notes),
            "policy": policy.document,
        ])
    }

    private func json(_ target: Target) -> JSONValue {
        let connection = settings.connections[target.name] ?? AWSConnection()
        return .object([
            "name": .string(target.name.text),
            "region": .optional(connection.region),
            "account": .optional(connection.roleARN?.account),
            "profile": .optional(connection.profile),
            "role_arn": .optional(connection.roleARN?.text),
            "endpoint_url": .optional(connection.endpointURL),
            "sts_endpoint_url": .optional(connection.stsEndpointURL),
            "paused": .boolean(target.paused),
            "pipelines": .array(target.pipelines.map(json)),
        ])
    }

    private func json(_ entry: PipelineEntry) -> JSONValue {
        let selector: [JSONValue.Member] =
            switch entry.selector {
            case .name(let name): [.init(name: "name", value: .string(name.text))]
            case .match(let glob, let except):
                [
                    .init(name: "match", value: .string(glob.text)),
                    .init(name: "except", value: .strings(except.map(\.text))),
                ]
            }
        let stages = entry.stages.sorted { $0.key < $1.key }.map { name, policy in
            JSONValue.Member(name: name.text, value: json(policy))
        }
        return .object(
            selector + [
                .init(name: "policy", value: json(entry.policy)),
                .init(name: "stages", value: .object(stages)),
            ]
        )
    }

    private func json(_ policy: StagePolicy) -> JSONValue {
        .object([
            "name": .string(policy.name.text),
            "never": .boolean(policy.never),
            "mode": .strings(policy.modes.map(\.rawValue)),
            "max_retries": .integer(policy.maxRetries),
            "max_total_retries": .integer(policy.maxTotalRetries),
            "backoff": json(policy.backoff),
            "give_up_after": .string(policy.giveUpAfter.shortText),
            "max_failure_age": .string(policy.maxFailureAge.shortText),
            "stop_after_same_error": json(policy.stopAfterSameError),
            "when_newer_waiting": .string(policy.whenNewerWaiting.rawValue),
            "when_transition_disabled": .string(policy.whenTransitionDisabled.rawValue),
            "when_human_retried": .string(policy.whenHumanRetried.rawValue),
            "shadow": .boolean(policy.shadow),
            "paused": .boolean(policy.paused),
            "windows": .strings(policy.windows.map(PolicyDescription.text)),
            "budget": json(policy.budget),
            "rules": .array(policy.rules.map { json($0, in: policy) }),
            "otherwise": .string(policy.rules.isEmpty ? "retry" : policy.otherwise.rawValue),
            "schedule": schedule(policy.limits, policy),
        ])
    }

    private func json(_ rule: Rule, in policy: StagePolicy) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init(name: "name", value: .string(rule.name.text)),
            .init(name: "when", value: json(rule.when)),
        ]
        guard let limits = rule.limits else {
            return .object(members + [.init(name: "retry", value: .string("never"))])
        }
        members += [
            .init(name: "mode", value: .strings(limits.modes.map(\.rawValue))),
            .init(name: "max_retries", value: .integer(limits.maxRetries)),
            .init(name: "backoff", value: json(limits.backoff)),
            .init(name: "give_up_after", value: .string(limits.giveUpAfter.shortText)),
            .init(name: "stop_after_same_error", value: json(limits.stopAfterSameError)),
            .init(name: "schedule", value: schedule(limits, policy)),
        ]
        return .object(members)
    }

    private func json(_ when: RuleCondition) -> JSONValue {
        let parts: [(name: String, values: [String])] = [
            ("stage", when.stages.map(\.text)), ("action", when.actions.map(\.text)),
            ("category", when.categories), ("provider", when.providers), ("code", when.codes),
            ("contains", when.contains), ("matches", when.matches.map(\.text)),
        ]
        return .object(
            parts.filter { !$0.values.isEmpty }
                .map { .init(name: $0.name, value: .strings($0.values)) }
        )
    }

    private func json(_ backoff: Backoff) -> JSONValue {
        .object([
            "kind": .string(backoff.kind.rawValue),
            "initial": .string(backoff.initial.shortText),
            "factor": .number(backoff.factor),
            "max": .string(backoff.max.shortText),
            "min": .string(backoff.min.shortText),
            "jitter": .string(backoff.jitter.rawValue),
        ])
    }

    private func json(_ count: Int?) -> JSONValue {
        count.map { .integer($0) } ?? .null
    }

    /// The longest waits, for the first 50 retries, and how many fit give_up_after.
    private func schedule(_ limits: RuleLimits, _ policy: StagePolicy) -> JSONValue {
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

extension SettingsFault {
    /// The fault as `check --json` prints it.
    package var json: JSONValue {
        .object([
            "file": .string(file),
            "line": .integer(mark.line),
            "column": .integer(mark.column),
            "key": .string(key),
            "problem": .string(problem),
            "expected": .optional(expected),
            "suggestion": .optional(suggestion),
            "text": .string(description),
        ])
    }
}

extension SettingsFaults {
    /// What `check --json` prints of a file that is not valid.
    package var json: JSONValue {
        .object([
            "config": .optional(faults.first?.file),
            "valid": .boolean(false),
            "faults": .array(faults.map(\.json)),
        ])
    }
}
