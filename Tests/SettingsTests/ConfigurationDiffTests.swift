import RetryCore
import Settings
import Testing

@Suite struct ConfigurationDiffTests {
    private func lines(_ old: String, _ new: String) throws -> [String] {
        ConfigurationDiff.lines(from: try settings(old), to: try settings(new))
    }

    @Test func `nothing changed, nothing reported`() throws {
        let text =
            "policies: { default: { rules: [{ use: aws-transient }] } }\n"
            + "pipelines: [{ name: a, stages: { D: never } }]"
        #expect(try lines(text, text + " # a comment") == [])
    }

    @Test func `settings of the whole file`() throws {
        let old = "poll: { interval: 30s }\npipelines: [{ name: a }]"
        let new = """
            poll: { interval: 1m, max_rate: 2 }
            dry_run: true
            budget: { retries: 9, per: 1h }
            cost: { money: 5, per: 1d }
            prices: { CodeBuild: 0.0075 }
            outage_hold: { pipelines: 2, within: 10m, probe_every: 5m }
            root_cause: { enabled: false, timeout: 5s, log_lines: 50 }
            pipelines: [{ name: a }]
            """
        #expect(
            try lines(old, new) == [
                "poll.interval: 30s -> 1m",
                "poll.max_rate: 5 -> 2",
                "dry_run: false -> true",
                "root_cause.enabled: true -> false",
                "root_cause.timeout: 10s -> 5s",
                "root_cause.log_lines: 200 -> 50",
                "budget: none -> 9 per 1h",
                "cost: none -> 5.00 per 1d",
                "prices: default 0.002 -> default 0.002, CodeBuild 0.0075",
                "outage_hold: off -> 2 within 10m, probe every 5m",
            ]
        )
    }

    /// For each key that is not a policy's two values, and the file around them.
    private static let keys: [String: (old: String, new: String)] = [
        "poll.interval": ("30s", "1m"), "poll.active_interval": ("10s", "5s"),
        "poll.quiet_interval": ("1m", "2m"), "poll.max_in_flight": ("8", "9"),
        "poll.max_rate": ("5", "2"),
        "region": ("eu-west-1", "us-east-1"), "profile": ("a", "b"),
        "role_arn": (
            "'arn:aws:iam::111122223333:role/a'", "'arn:aws:iam::111122223333:role/b'"
        ),
        "external_id": ("aaaa", "bbbb"),
        "cause_role_arn": (
            "'arn:aws:iam::444455556666:role/a'", "'arn:aws:iam::444455556666:role/b'"
        ),
        "endpoint_urls": ("{ ecs: 'https://a.example' }", "{ ecs: 'https://b.example' }"),
        "endpoint_url": ("'https://a.example'", "'https://b.example'"),
        "sts_endpoint_url": ("'https://a.example'", "'https://b.example'"),
        "allow_insecure_endpoint": ("false", "true"), "ca_bundle": ("/a", "/b"),
        "use_fips_endpoint": ("false", "true"), "use_dualstack_endpoint": ("false", "true"),
    ]

    @Test(arguments: SettingsKeys.poll.map { "poll.\($0)" } + SettingsKeys.aws)
    func `a reload reports the change of every key outside the policies`(key: String) throws {
        let (old, new) = try #require(Self.keys[key], "give \(key) two values")
        let file = { (value: String) in
            let name = key.split(separator: ".").last ?? ""
            let poll = key.hasPrefix("poll.") ? "\(name): \(value)" : ""
            let rest = key == "role_arn" ? "" : "role_arn: 'arn:aws:iam::111122223333:role/a', "
            let aws = key.hasPrefix("poll.") ? "" : "\(rest)\(name): \(value)"
            return "poll: { \(poll) }\naws: { \(aws) }\npipelines: [{ name: a }]"
        }
        let reported = key.hasPrefix("poll.") ? key : "targets.default.\(key)"
        let changes = try lines(file(old), file(new))
        #expect(changes.count == 1 && changes[0].hasPrefix("\(reported): "), "\(changes)")
    }

    @Test func `a policy's change is reported once for all its pipelines`() throws {
        let pipelines =
            "pipelines: [{ name: a, stages: { D: { mode: ALL_ACTIONS } } }, { name: b }]"
        let old = "policies: { default: { max_retries: 3 } }\n" + pipelines
        let new =
            "policies: { default: { max_retries: 5, windows: [{ allow: Mon }] } }\n" + pipelines
        #expect(
            try lines(old, new) == [
                "policies.default.max_retries: 3 -> 5",
                "policies.default.max_total_retries: 3 -> 5",
                "policies.default.windows: always -> allow Mon 00:00-24:00 UTC",
            ]
        )
    }

    @Test func `an entry's own change is reported at the entry`() throws {
        let old = "pipelines: [{ name: a }, { name: b }, { name: c }]"
        let new = """
            pipelines:
              - { name: b, max_retries: 1 }
              - { name: a, stages: { Deploy: never, Test: { shadow: true } } }
              - { match: "x*" }
            """
        #expect(
            try lines(old, new) == [
                "targets.default.pipelines.a.stages.Deploy: retried -> never",
                "targets.default.pipelines.a.stages.Test.shadow: false -> true",
                "targets.default.pipelines.b.max_retries: 3 -> 1",
                "targets.default.pipelines.b.max_total_retries: 3 -> 1",
                "targets.default.pipelines.c: removed",
                "targets.default.pipelines.match x*: added",
                "targets.default.pipelines: the order of the entries changed",
            ]
        )
    }

    @Test func `rules`() throws {
        let old = "policies: { default: { rules: [{ name: r, when: { code: A } }] } }\n"
        let new =
            "policies: { default: { rules: [{ name: r, when: { code: A }, retry: never }, "
            + "{ name: s, when: { code: B } }], otherwise: retry } }\n"
        let rest = "pipelines: [{ name: a }]"
        #expect(
            try lines(old + rest, new + rest) == [
                "policies.default.otherwise: never -> retry",
                "policies.default.rules: r -> r, s",
                "policies.default.rules.r: +30s, +1m, +2m, then gives up -> never retries",
                "policies.default.rules.s: none -> code \"B\": +30s, +1m, +2m, then gives up",
            ]
        )
    }

    @Test func `rules that only inherit a change are counted`() throws {
        let rules =
            "rules: [{ name: own, when: { code: A }, max_retries: 9 }, "
            + "{ name: part, when: { code: B }, backoff: { initial: 1m } }, { use: aws-transient }]"
        let rest = "\npipelines: [{ name: a }]"
        let old = "policies: { default: { max_retries: 3, \(rules) } }" + rest
        let new = "policies: { default: { max_retries: 4, \(rules) } }" + rest
        let policy = try settings(old).configuration.targets[0].pipelines[0].policy
        let count = policy.rules.count { $0.action != .never && $0.name != "own" }
        #expect(count > 5)
        #expect(
            try lines(old, new) == [
                "policies.default.max_retries: 3 -> 4",
                "policies.default.rules: \(count) rules inherit this",
            ]
        )
    }

    @Test func `a rule's own change is reported without its conditions`() throws {
        let rest = "\npipelines: [{ name: a }]"
        let rule = { (own: String) in
            "policies: { default: { rules: [{ name: r, when: { code: A }\(own) }] } }" + rest
        }
        #expect(
            try lines(rule(""), rule(", max_retries: 1")) == [
                "policies.default.rules.r: +30s, +1m, +2m, then gives up -> +30s, then gives up"
            ]
        )
    }

    @Test func `targets and connections, without the external id`() throws {
        let old = """
            targets:
              - name: a
                region: r-1
                role_arn: arn:aws:iam::111122223333:role/x
                external_id: s1
                pipelines: [{ name: p }]
              - { name: b, pipelines: [{ name: p }] }
            """
        let new = """
            targets:
              - name: a
                region: r-2
                role_arn: arn:aws:iam::111122223333:role/x
                external_id: s2
                paused: true
                pipelines: [{ name: p }]
              - { name: c, pipelines: [{ name: p }] }
            """
        #expect(
            try lines(old, new) == [
                "targets.a.region: r-1 -> r-2",
                "targets.a.paused: false -> true",
                "targets.a.external_id: changed",
                "targets.b: removed",
                "targets.c: added",
            ]
        )
    }

    @Test func `past two hundred lines the rest is counted`() throws {
        let names = (0..<500).map { "{ name: p\($0) }" }.joined(separator: ", ")
        let found = try lines("pipelines: [{ name: a }]", "pipelines: [{ name: a }, \(names)]")
        #expect(found.count == 201)
        #expect(found.last == "and 300 more changes")
    }
}
