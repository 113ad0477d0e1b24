import Primitives
import RetryCore
import YAML

extension CheckReport {
    /// The report as one JSON value: the output of `check --json` for a valid file.
    package var json: JSONValue {
        let configuration = settings.configuration
        return .object([
            "config": .string(settings.path),
            "valid": .boolean(true),
            "warnings": .array(settings.warnings.map(\.json)),
            "poll": poll(configuration.poll),
            "dry_run": .boolean(configuration.dryRun),
            "root_cause": .object([
                "enabled": .boolean(configuration.causes.isEnabled),
                "timeout": .string(configuration.causes.timeout.shortText),
                "log_lines": .integer(configuration.causes.logLines),
            ]),
            "budget": PolicyJSON.json(configuration.budget),
            "cost": PolicyJSON.json(configuration.cost),
            "prices": PolicyJSON.json(configuration.prices),
            "outage_hold": json(configuration.outageHold),
            "targets": .array(configuration.targets.map(json)),
            "iam": iamJSON,
        ])
    }

    /// The IAM policies alone: the output of `check --iam --json`.
    package var iamJSON: JSONValue { .array(policies.map(json)) }

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
                        "group": .string(estimate.group.text),
                        "pipelines": .integer(estimate.demand.pipelines),
                        "match": .strings(estimate.globs),
                        "wanted_rate": .number((estimate.demand.needed * 1000).rounded() / 1000),
                        "every": .string(estimate.demand.every.shortText),
                        "text": .string(estimate.text),
                    ])
                }
            ),
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
            "optional": .boolean(policy.isOptional),
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
            "cause_role_arn": .optional(connection.causeRoleARN?.text),
            "endpoint_url": .optional(connection.endpointURL),
            "sts_endpoint_url": .optional(connection.stsEndpointURL),
            "endpoint_urls": .object(
                connection.endpointURLs.sorted { $0.key < $1.key }
                    .map { JSONValue.Member(name: $0.key, value: .string($0.value)) }
            ),
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
            JSONValue.Member(name: name.text, value: PolicyJSON(policy).value)
        }
        return .object(
            selector + [
                .init(name: "policy", value: PolicyJSON(entry.policy).value),
                .init(name: "stages", value: .object(stages)),
            ]
        )
    }
}

extension SettingsError {
    /// The error as `check --json` prints it.
    package var json: JSONValue {
        .object([
            "file": .string(file),
            "line": .integer(position.line),
            "column": .integer(position.column),
            "key": .string(key),
            "problem": .string(problem),
            "expected": .optional(expected),
            "suggestion": .optional(suggestion),
            "text": .string(description),
        ])
    }
}

extension SettingsErrors {
    /// The output of `check --json` for an invalid file.
    package var json: JSONValue {
        .object([
            "config": .optional(errors.first?.file),
            "valid": .boolean(false),
            "faults": .array(errors.map(\.json)),
        ])
    }
}
