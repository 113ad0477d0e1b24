import Primitives
import RetryCore

/// The output of `check` for a config file.
///
/// The same file gives the same text.
package struct CheckReport: Sendable {
    let settings: LoadedSettings
    let polls: [PollEstimate]
    let policies: [IAMPolicy]

    /// Creates the report of a valid file.
    package init(_ settings: LoadedSettings) {
        self.settings = settings
        polls = PollEstimate.all(of: settings.configuration)
        policies = IAMPolicy.all(of: settings)
    }

    /// The report for people, ended by a line end.
    package var text: String {
        var lines = [headline, ""]
        for warning in settings.warnings { lines.append("warning: \(warning)") }
        if !settings.warnings.isEmpty { lines.append("") }
        lines += overall
        for target in settings.configuration.targets { lines += text(of: target) }
        lines += ["", "polling"] + polls.map { "  \($0.group): \($0.text)" }
        return CheckReport.joined(lines + [""]) + iamText
    }

    /// The IAM policies alone, ended by a line end.
    package var iamText: String {
        CheckReport.joined(Array(policies.map { text(of: $0) }.joined(separator: [""])))
    }

    private static func joined(_ lines: [String]) -> String {
        lines.map(\.asOneLine).joined(separator: "\n") + "\n"
    }

    private var headline: String {
        let count = settings.warnings.count
        let warnings = count == 0 ? "" : count == 1 ? ", 1 warning" : ", \(count) warnings"
        return "\(settings.path): valid\(warnings)"
    }

    private var overall: [String] {
        let configuration = settings.configuration
        let poll = configuration.poll
        var lines = [
            "poll: interval \(poll.interval.shortText), "
                + "active_interval \(poll.activeInterval.shortText), "
                + "quiet_interval \(poll.quietInterval.shortText), "
                + "max_in_flight \(poll.maxInFlight), "
                + "max_rate \(poll.maxRate.shortText)",
            "dry_run: \(configuration.dryRun)",
            "root_cause: \(text(configuration.causes))",
            "budget: \(PolicyDescription.text(configuration.budget))",
            "cost: \(PolicyDescription.text(configuration.cost))",
        ]
        if configuration.hasCeiling {
            lines.append("prices: \(PolicyDescription.text(configuration.prices))")
        }
        if let hold = configuration.outageHold {
            lines.append(
                "outage_hold: \(hold.pipelines) pipelines within \(hold.within.shortText), "
                    + "probe every \(hold.probeEvery.shortText)"
            )
        } else {
            lines.append("outage_hold: off")
        }
        return lines
    }

    private func text(_ causes: CauseSettings) -> String {
        guard causes.isEnabled else { return "off" }
        return "within \(causes.timeout.shortText), the last \(causes.logLines) lines of a log"
    }

    private func text(of target: Target) -> [String] {
        let connection = settings.connections[target.name] ?? AWSConnection()
        let region = connection.region ?? "from AWS_REGION, the profile or the instance"
        var lines = ["", "target \(target.name)", "  region: \(region)"]
        let keys: [(String, String?)] = [
            ("profile", connection.profile), ("role_arn", connection.roleARN?.text),
            // AWS does not treat an external id as a secret, but it need not be in a log.
            ("external_id", connection.externalID.map { _ in "written" }),
            ("cause_role_arn", connection.causeRoleARN?.text),
            ("endpoint_url", connection.endpointURL),
            ("sts_endpoint_url", connection.stsEndpointURL),
            ("endpoint_urls", connection.endpointURLList),
            ("ca_bundle", connection.caBundle),
            ("use_fips_endpoint", connection.useFIPSEndpoint.map { String($0) }),
            ("use_dualstack_endpoint", connection.useDualstackEndpoint.map { String($0) }),
            ("paused", target.paused ? "true" : nil),
        ]
        for (name, value) in keys { if let value { lines.append("  \(name): \(value)") } }
        var printed: [StagePolicy: String] = [:]
        for entry in target.pipelines {
            let title = "pipeline \(entry.selector.title)"
            if let first = printed[entry.policy] {
                lines.append("  \(title): policy \(entry.policy.name), all as \(first)")
            } else {
                printed[entry.policy] = title
                lines.append("  \(title): policy \(entry.policy.name)")
                lines += text(of: entry.policy).map { "    " + $0 }
            }
            for (name, policy) in entry.stages.sorted(by: { $0.key < $1.key }) {
                lines.append("    stage \(name):\(policy.never ? " never" : "")")
                guard !policy.never else { continue }
                lines += text(of: policy, under: entry.policy).map { "      " + $0 }
            }
        }
        return lines
    }

    /// The lines of a policy; for a stage only those rules that resolve differently from its
    /// pipeline's.
    private func text(of policy: StagePolicy, under outer: StagePolicy? = nil) -> [String] {
        let description = PolicyDescription(policy)
        var lines = description.keys.map { "\($0.name): \($0.value)" }
        let known = (outer.map { PolicyDescription($0).rules } ?? []).map { "\($0)" }
        let rules = description.rules.filter { !known.contains("\($0)") }
        if rules.count < policy.rules.count {
            lines.append("rules: as the pipeline's" + (rules.isEmpty ? "" : ", but"))
        } else if !rules.isEmpty {
            lines.append("rules:")
        }
        for rule in rules {
            lines.append("  \(rule.name): when \(rule.when)")
            lines.append("    \(rule.then)")
        }
        if let schedule = description.ownSchedule {
            lines.append("\(policy.rules.isEmpty ? "retries" : "no rule matches"): \(schedule)")
        }
        return lines
    }

    private func text(of policy: IAMPolicy) -> [String] {
        let purpose = ", optional: why actions failed, as their services say (root_cause)"
        var lines = ["IAM policy for \(policy.identity)\(policy.isOptional ? purpose : "")"]
        lines += policy.notes.map { "  note: \($0)" }
        lines += policy.document.text.split(separator: "\n").map { "  \($0)" }
        return lines
    }
}

extension PipelineEntry.Selector {
    /// The entry in a few words.
    var title: String {
        switch self {
        case .name(let name): return name.text
        case .match(let glob, let except):
            guard !except.isEmpty else { return "match \(glob)" }
            return "match \(glob) except \(except.map(\.text).listed(with: "and"))"
        }
    }
}
