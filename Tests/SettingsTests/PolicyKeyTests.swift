import RetryCore
import Settings
import Testing

/// One row of `PolicyKey` is all that a key of a policy needs.
@Suite struct PolicyKeyTests {
    /// A value of each key that is not its default, and its text in `check`.
    private static let samples: [String: (yaml: String, text: String)] = [
        "mode": ("ALL_ACTIONS", "ALL_ACTIONS"),
        "max_retries": ("2", "2"),
        "max_total_retries": ("1", "1"),
        "backoff": (
            "{ kind: fixed, initial: 1m }", "fixed, initial 1m, max 15m, min 5s, jitter equal"
        ),
        "give_up_after": ("1h", "1h"),
        "max_failure_age": ("3h", "3h"),
        "stop_after_same_error": ("2", "2"),
        "when_newer_waiting": ("leave", "leave"),
        "when_transition_disabled": ("retry", "retry"),
        "when_human_retried": ("continue", "continue"),
        "parallel": ("observe", "observe"),
        "when_approval_repeats": ("retry", "retry"),
        "when_revision_failed_before": ("leave", "leave"),
        "when_newer_revision_passed": ("leave", "leave"),
        "success_gate": ("{ min: 0.3 }", "min 0.3, window 20, max_age 90d, explore 10"),
        "shadow": ("true", "true"),
        "paused": ("true", "true"),
        "windows": ("[{ allow: Mon }]", "allow Mon 00:00-24:00 UTC"),
        "cost": ("{ minutes: 9, money: 0.5, per: 1h }", "9 min, 0.50 per 1h"),
        "budget": ("{ retries: 9, per: 1h }", "9 per 1h"),
        "otherwise": ("retry", "retry"),
    ]

    private func file(policy: String = "", entry: String = "", stage: String = "") -> String {
        """
        policies: { default: { rules: [{ name: r, when: { code: X } }], \(policy) } }
        pipelines: [{ name: a, \(entry) stages: { D: { \(stage) } } }]
        """
    }

    private func policies(_ text: String) throws -> (of: StagePolicy, inStage: StagePolicy) {
        let entry = try #require(
            try settings(text).configuration.targets.first?.pipelines.first
        )
        return (entry.policy, entry.policy(of: "D"))
    }

    @Test func `every setting of a policy has a key`() {
        let settings = Mirror(reflecting: StagePolicy.standard).children.compactMap(\.label)
        // The name and `never` are not keys of a policy.
        let named = Set(settings).subtracting(["name", "never"])
        let keys = SettingsKeys.policy.map { key in
            key.split(separator: "_").enumerated()
                .map { $0 == 0 ? String($1) : $1.prefix(1).uppercased() + $1.dropFirst() }
                .joined()
        }
        #expect(named == Set(keys.map { $0 == "mode" ? "modes" : $0 }))
    }

    @Test(arguments: SettingsKeys.policy)
    func `a key of a policy arrives, is reported and printed`(key: String) throws {
        guard key != "rules" else { return }
        let sample = try #require(Self.samples[key], "give \(key) a sample")
        let written = file(policy: "\(key): \(sample.yaml)")
        #expect(try policies(written).of != policies(file()).of)
        let report = CheckReport(try settings(written))
        #expect(report.text.contains("    \(key): \(sample.text)\n"))
        #expect(report.json.text != CheckReport(try settings(file())).json.text)
        let changes = ConfigurationDiff.lines(from: try settings(file()), to: try settings(written))
        #expect(changes.contains { $0.hasPrefix("policies.default.\(key): ") })
    }

    @Test(arguments: SettingsKeys.stage)
    func `the nearest mapping that sets a key decides`(key: String) throws {
        let sample = try #require(Self.samples[key], "give \(key) a sample")
        let written = "\(key): \(sample.yaml)"
        let policy = try policies(file(policy: written))
        #expect(policy.of == policy.inStage)
        let entry = try policies(file(entry: written + ","))
        #expect(entry.of == entry.inStage && entry.of == policy.of)
        let stage = try policies(file(stage: written))
        #expect(try stage.of == policies(file()).of && stage.inStage == policy.of)
    }

    @Test(arguments: SettingsKeys.limits)
    func `a rule's own limit takes precedence`(key: String) throws {
        let sample = try #require(Self.samples[key], "give \(key) a sample")
        let text = """
            policies:
              default:
                rules: [{ name: r, when: { code: X }, \(key): \(sample.yaml) }]
            pipelines: [{ name: a }]
            """
        let inherited = try policies(file()).of.rules.first?.action
        let own = try policies(text).of.rules.first?.action
        #expect(own != inherited && own != nil)
        #expect(try own == policies(file(policy: "\(key): \(sample.yaml)")).of.rules.first?.action)
    }
}
