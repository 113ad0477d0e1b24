import Primitives
import RetryCore

/// The changes of a reload, in lines such as `poll.interval: 30s -> 1m`.
package enum ConfigurationDiff {
    /// The most lines; a journal entry has no room for ten thousand.
    package static let mostLines = 200

    /// The lines from one configuration to another, in the order of the file's keys.
    ///
    /// A change of a policy that all its pipelines share is reported once, under `policies.NAME`.
    /// Past ``mostLines`` one line counts the rest.
    package static func lines(from old: LoadedSettings, to new: LoadedSettings) -> [String] {
        let lines =
            overall(old.configuration, new.configuration)
            + policies(old.configuration, new.configuration)
            + targets(old, new)
        guard lines.count > mostLines else { return lines }
        return lines.prefix(mostLines) + ["and \(lines.count - mostLines) more changes"]
    }

    private typealias Keys = [(name: String, value: String)]

    private static func overall(_ old: Configuration, _ new: Configuration) -> [String] {
        changes(keys(old), keys(new), prefix: "")
    }

    private static func keys(_ configuration: Configuration) -> Keys {
        let poll = configuration.poll
        let hold = configuration.outageHold.map {
            "\($0.pipelines) within \($0.within.shortText), probe every \($0.probeEvery.shortText)"
        }
        return [
            ("poll.interval", poll.interval.shortText),
            ("poll.active_interval", poll.activeInterval.shortText),
            ("poll.quiet_interval", poll.quietInterval.shortText),
            ("poll.max_in_flight", String(poll.maxInFlight)),
            ("poll.max_rate", poll.maxRate.shortText),
            ("dry_run", String(configuration.dryRun)),
            ("root_cause.enabled", String(configuration.causes.isEnabled)),
            ("root_cause.timeout", configuration.causes.timeout.shortText),
            ("root_cause.log_lines", String(configuration.causes.logLines)),
            ("budget", PolicyDescription.text(configuration.budget)),
            ("cost", PolicyDescription.text(configuration.cost)),
            ("prices", PolicyDescription.text(configuration.prices)),
            ("outage_hold", hold ?? "off"),
        ]
    }

    /// The keys whose values differ; both lists have the same keys in the same order, or some that
    /// only one has.
    private static func changes(_ old: Keys, _ new: Keys, prefix: String) -> [String] {
        let before = Dictionary(old) { first, _ in first }
        let after = Dictionary(new) { first, _ in first }
        let names = old.map(\.name) + new.map(\.name).filter { before[$0] == nil }
        return names.compactMap { name in
            let (was, will) = (before[name], after[name])
            guard was != will else { return nil }
            return "\(prefix)\(name): \(was ?? "none") -> \(will ?? "none")"
        }
    }

    // MARK: Policies

    /// Changes of a policy that are the same in all its entries of both configurations.
    private static func policies(_ old: Configuration, _ new: Configuration) -> [String] {
        let (before, after) = (shared(old), shared(new))
        return before.keys.sorted().flatMap { name -> [String] in
            guard let was = before[name] ?? nil, let will = after[name] ?? nil else { return [] }
            return changes(was, will, prefix: "policies.\(name).")
        }
    }

    /// The common values of all pipeline entries of each policy in use; nil when they differ.
    private static func shared(_ configuration: Configuration) -> [PolicyName: StagePolicy?] {
        var shared: [PolicyName: StagePolicy?] = [:]
        for entry in configuration.targets.flatMap(\.pipelines) {
            let name = entry.policy.name
            if let known = shared[name] {
                if known != entry.policy { shared.updateValue(nil, forKey: name) }
            } else {
                shared.updateValue(entry.policy, forKey: name)
            }
        }
        return shared
    }

    private static func keys(_ policy: StagePolicy) -> Keys {
        let description = PolicyDescription(policy)
        let order = description.rules.map(\.name).joined(separator: ", ")
        let rest: Keys = order.isEmpty ? [] : [("rules", order)]
        return description.keys.filter { $0.name != "otherwise" }
            + [("otherwise", policy.rules.isEmpty ? "retry" : policy.otherwise.rawValue)]
            + rest
    }

    private static func changes(
        _ old: StagePolicy,
        _ new: StagePolicy,
        prefix: String
    ) -> [String] {
        changes(keys(old), keys(new), prefix: prefix) + RuleDiff(old, new).lines(prefix: prefix)
    }

    // MARK: Targets

    private static func targets(_ old: LoadedSettings, _ new: LoadedSettings) -> [String] {
        let before = Dictionary(old.configuration.targets.map { ($0.name, $0) }) { $1 }
        let after = Dictionary(new.configuration.targets.map { ($0.name, $0) }) { $1 }
        let common = sharedChanges(old.configuration, new.configuration)
        return Set(before.keys).union(after.keys).sorted().flatMap { name -> [String] in
            switch (before[name], after[name]) {
            case (nil, .some): return ["targets.\(name): added"]
            case (.some, nil): return ["targets.\(name): removed"]
            case (nil, nil): return []
            case (let was?, let will?):
                let keys = changes(
                    keys(old.connections[name], was),
                    keys(new.connections[name], will),
                    prefix: "targets.\(name)."
                )
                let secret =
                    old.connections[name]?.externalID == new.connections[name]?.externalID
                    ? [] : ["targets.\(name).external_id: changed"]
                return keys + secret + entries(was, will, reportedOnce: common)
            }
        }
    }

    /// The policies whose change is reported once.
    private static func sharedChanges(
        _ old: Configuration,
        _ new: Configuration
    ) -> Set<PolicyName> {
        let (before, after) = (shared(old), shared(new))
        return Set(before.keys.filter { (before[$0] ?? nil) != nil && (after[$0] ?? nil) != nil })
    }

    private static func keys(_ connection: AWSConnection?, _ target: Target) -> Keys {
        let connection = connection ?? AWSConnection()
        return [
            ("region", connection.region ?? "none"),
            ("profile", connection.profile ?? "none"),
            ("role_arn", connection.roleARN?.text ?? "none"),
            ("cause_role_arn", connection.causeRoleARN?.text ?? "none"),
            ("endpoint_url", connection.endpointURL ?? "none"),
            ("sts_endpoint_url", connection.stsEndpointURL ?? "none"),
            ("endpoint_urls", connection.endpointURLList ?? "none"),
            ("allow_insecure_endpoint", String(connection.allowInsecureEndpoint)),
            ("ca_bundle", connection.caBundle ?? "none"),
            ("use_fips_endpoint", connection.useFIPSEndpoint.map { String($0) } ?? "none"),
            (
                "use_dualstack_endpoint",
                connection.useDualstackEndpoint.map { String($0) } ?? "none"
            ),
            ("paused", String(target.paused)),
        ]
    }

    private static func entries(
        _ old: Target,
        _ new: Target,
        reportedOnce: Set<PolicyName>
    ) -> [String] {
        let prefix = "targets.\(old.name).pipelines."
        let before = Dictionary(old.pipelines.map { ($0.selector.title, $0) }) { first, _ in first }
        let after = Dictionary(new.pipelines.map { ($0.selector.title, $0) }) { first, _ in first }
        let titles = (old.pipelines + new.pipelines).map(\.selector.title)
        var seen: Set<String> = []
        var lines: [String] = []
        for title in titles where seen.insert(title).inserted {
            switch (before[title], after[title]) {
            case (nil, .some): lines.append("\(prefix)\(title): added")
            case (.some, nil): lines.append("\(prefix)\(title): removed")
            case (nil, nil): break
            case (let was?, let will?):
                lines += changes(
                    was,
                    will,
                    prefix: "\(prefix)\(title).",
                    reportedOnce: reportedOnce
                )
            }
        }
        let kept = new.pipelines.map(\.selector).filter { before[$0.title] != nil }
        let order = old.pipelines.map(\.selector).filter { after[$0.title] != nil }
        if kept != order { lines.append("\(prefix.dropLast()): the order of the entries changed") }
        return lines
    }

    private static func changes(
        _ old: PipelineEntry,
        _ new: PipelineEntry,
        prefix: String,
        reportedOnce: Set<PolicyName>
    ) -> [String] {
        var lines: [String] = []
        if old.policy.name != new.policy.name {
            lines.append("\(prefix)policy: \(old.policy.name) -> \(new.policy.name)")
        } else if !reportedOnce.contains(old.policy.name), old.policy != new.policy {
            lines += changes(old.policy, new.policy, prefix: prefix)
        }
        for stage in Set(old.stages.keys).union(new.stages.keys).sorted() {
            let (was, will) = (old.policy(of: stage), new.policy(of: stage))
            if was == will { continue }
            guard was.never == will.never else {
                let text = { (policy: StagePolicy) in policy.never ? "never" : "retried" }
                lines.append("\(prefix)stages.\(stage): \(text(was)) -> \(text(will))")
                continue
            }
            // A stage follows its pipeline: changes there are already reported.
            let inherited = Set(changes(old.policy, new.policy, prefix: ""))
            let own = changes(was, will, prefix: "")
            lines += own.filter { !inherited.contains($0) }.map { "\(prefix)stages.\(stage).\($0)" }
        }
        return lines
    }
}
