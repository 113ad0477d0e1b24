import Primitives
import RetryCore
import YAML

/// Reads the root of the config file into drafts; every error goes to the log.
struct FileReader {
    private var draft = FileDraft()
    private var windows: WindowReader

    private init(environment: SettingsEnvironment) {
        windows = WindowReader(environment: environment)
    }

    static func read(_ root: Field, environment: SettingsEnvironment) -> FileDraft? {
        var reader = FileReader(environment: environment)
        return reader.read(root)
    }

    private mutating func read(_ root: Field) -> FileDraft? {
        guard let section = root.section(SettingsKeys.root) else { return nil }
        draft.position = root.position
        draft.aws =
            section["aws"].flatMap { $0.section(SettingsKeys.aws) }.map { $0.awsDraft() }
            ?? AWSDraft()
        if let field = section["poll"] { poll(field) }
        draft.dryRun = section["dry_run"].flatMap { $0.boolean() } ?? false
        draft.rootCause = section["root_cause"].flatMap { $0.rootCause() } ?? CauseSettings()
        draft.budget = section["budget"].flatMap { $0.budget() }
        draft.cost = section["cost"].flatMap { $0.cost() }
        draft.prices = section["prices"].map { $0.prices() } ?? ActionPrices()
        draft.outageHold = section.written("outage_hold") { $0.outageHold() }
        if let field = section["policies"] { policies(field) }
        targets(section)
        return draft
    }

    private mutating func targets(_ section: Section) {
        if let field = section["targets"] {
            section.refuse(["pipelines"], beside: "targets", expected: "one of the two")
            draft.targets = field.targets()
        } else if let field = section["pipelines"] {
            draft.targets = [
                TargetDraft(
                    name: "default",
                    position: field.position,
                    key: "",
                    aws: AWSDraft(),
                    isPaused: false,
                    pipelines: field.pipelines()
                )
            ]
        } else {
            section.lacks(
                ["pipelines", "targets"],
                expected: "the pipelines to watch, or targets with pipelines"
            )
        }
    }

    private mutating func poll(_ field: Field) {
        guard let section = field.section(SettingsKeys.poll) else { return }
        let standard = PollSettings()
        let interval = section["interval"].flatMap { $0.duration() } ?? standard.interval
        let quiet = section["quiet_interval"].flatMap { $0.duration() }
        if let quiet, quiet < interval {
            field.log.add(
                at: section["quiet_interval"]?.position ?? field.position,
                "poll.quiet_interval",
                "is \(quiet.shortText), shorter than interval",
                expected: "\(interval.shortText) at least"
            )
        }
        draft.poll = PollSettings(
            interval: interval,
            // With a shorter interval in the file, an active pipeline must not be polled less often
            // than an idle one.
            activeInterval: section["active_interval"].flatMap { $0.duration() }
                ?? min(standard.activeInterval, interval),
            quietInterval: quiet ?? standard.quietInterval,
            maxInFlight: section["max_in_flight"].flatMap { $0.integer(in: 1...1000) }
                ?? standard.maxInFlight,
            maxRate: section["max_rate"]
                .flatMap { $0.number(from: 0, to: 1000, isAbove: true) } ?? standard.maxRate
        )
        draft.pollPosition = section["max_rate"]?.position ?? field.position
        if let active = section["active_interval"], draft.poll.activeInterval > interval {
            draft.slowActive = Located(
                value: draft.poll.activeInterval,
                position: active.position,
                key: active.key
            )
        }
    }

    private mutating func policies(_ field: Field) {
        guard let table = field.table(expected: "policies by name") else { return }
        for (name, entry) in table {
            guard (1...100).contains(name.unicodeScalars.count), NameForm.isOneLine(name) else {
                field.log.add(
                    at: entry.position,
                    entry.field.key,
                    "is not a policy name",
                    expected: "1 to 100 characters on one line"
                )
                continue
            }
            draft.policyNames.insert(PolicyName(name))
            guard let section = entry.field.section(SettingsKeys.policy) else { continue }
            draft.policies.append(
                NamedPolicyDraft(
                    name: PolicyName(name),
                    position: entry.position,
                    draft: section.policyDraft(),
                    windows: section["windows"].map { windows.windows($0) } ?? [],
                    budget: section["budget"].flatMap { $0.budget() },
                    cost: section["cost"].flatMap { $0.cost() },
                    rules: section["rules"].map { $0.rules() } ?? [],
                    hasRules: section["rules"] != nil
                )
            )
        }
    }
}

extension Field {
    fileprivate func rootCause() -> CauseSettings? {
        guard let section = section(SettingsKeys.rootCause) else { return nil }
        let standard = CauseSettings()
        return CauseSettings(
            isEnabled: section["enabled"].flatMap { $0.boolean() } ?? standard.isEnabled,
            timeout: section["timeout"].flatMap { $0.causeTimeout() } ?? standard.timeout,
            logLines: section["log_lines"].flatMap { $0.integer(in: 0...1000) }
                ?? standard.logLines
        )
    }

    /// A decision waits for the cause, so that it may not take long.
    private func causeTimeout() -> Duration? {
        guard let timeout = duration() else { return nil }
        guard timeout <= CauseSettings.longest else {
            reject(
                "is \(timeout.shortText)",
                expected: "\(CauseSettings.longest.shortText) at most"
            )
            return nil
        }
        return timeout
    }

    fileprivate func outageHold() -> OutageHold? {
        let example = "a value such as { pipelines: 5, within: 10m, probe_every: 5m }"
        guard let section = section(SettingsKeys.outageHold) else { return nil }
        let pipelines = section.required("pipelines", expected: example)
            .flatMap { $0.integer(in: 2...100_000) }
        let within = section.required("within", expected: example).flatMap { $0.duration() }
        let probe = section.required("probe_every", expected: example)
            .flatMap { $0.duration() }
        guard let pipelines, let within, let probe else { return nil }
        return OutageHold(pipelines: pipelines, within: within, probeEvery: probe)
    }
}
