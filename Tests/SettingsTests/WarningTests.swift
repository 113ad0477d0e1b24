import Settings
import Testing

/// Every kind of warning with its exact line; the file stays valid.
@Suite struct WarningTests {
    @Test(arguments: [
        (
            "max_retries: 5, max_total_retries: 3",
            "c.yaml:1:35: policies.default.max_retries: is 5, never reached: "
                + "max_total_retries is 3"
        ),
        (
            "max_retries: 3, max_total_retries: 8",
            "c.yaml:1:57: policies.default.max_total_retries: is 8, never reached: "
                + "the max_retries of all that can retry add up to 3"
        ),
        (
            "max_retries: 3, stop_after_same_error: 4",
            "c.yaml:1:61: policies.default.stop_after_same_error: is 4, never reached: "
                + "max_total_retries is 3"
        ),
        (
            "max_retries: 1, mode: [FAILED_ACTIONS, ALL_ACTIONS], when_approval_repeats: retry",
            "c.yaml:1:44: policies.default.mode: has 2 attempts, never reached: "
                + "max_total_retries is 1"
        ),
        (
            "mode: [FAILED_ACTIONS, ALL_ACTIONS]",
            "c.yaml:1:28: policies.default.mode: reaches ALL_ACTIONS, which is not sent in a stage "
                + "with an approval that was given, since people would be asked again; "
                + "when_approval_repeats: retry allows it"
        ),
        (
            "give_up_after: 1m, backoff: { kind: fixed, initial: 40s, jitter: none }",
            "c.yaml:1:37: policies.default.give_up_after: only the first retry fits: "
                + "the waits before retry 2 add up to at least 1m20s, and give_up_after is 1m"
        ),
        (
            "give_up_after: 2m, backoff: { kind: fixed, initial: 50s, jitter: none }",
            "c.yaml:1:37: policies.default.give_up_after: only the first 2 retries fit: "
                + "the waits before retry 3 add up to at least 2m30s, and give_up_after is 2m"
        ),
        (
            "give_up_after: 10s, backoff: { initial: 40s }",
            "c.yaml:1:37: policies.default.give_up_after: no retry fits: "
                + "the waits before retry 1 add up to at least 20s, and give_up_after is 10s"
        ),
        (
            "backoff: { initial: 2s }",
            "c.yaml:1:42: policies.default.backoff.initial: is 2s, but no wait is shorter than "
                + "min (5s)"
        ),
        (
            "max_failure_age: 10s",
            "c.yaml:1:39: policies.default.max_failure_age: is 10s, shorter than poll.interval "
                + "(30s): failures may be too old when first detected"
        ),
        (
            "windows: [{ allow: Mon }, { deny: Mon-Sun }]",
            "c.yaml:1:32: policies.default.windows: never open: "
                + "every retry waits until it is given up"
        ),
        (
            "windows: [{ allow: Mon 08:00-09:00 }, { deny: 08:00-10:00 }]",
            "c.yaml:1:32: policies.default.windows: never open: "
                + "every retry waits until it is given up"
        ),
    ])
    func `policies`(keys: String, line: String) {
        #expect(warnings("policies: {default: {\(keys)}}\npipelines: [{ name: a }]") == [line])
    }

    @Test(arguments: [
        (
            "root_cause: { enabled: false }",
            "c.yaml:2:30: policies.default.rules[0].when.log: never matches: no log is read, "
                + "because root_cause.enabled is false"
        ),
        (
            "root_cause: { log_lines: 0 }",
            "c.yaml:2:30: policies.default.rules[0].when.log: never matches: no log is read, "
                + "because root_cause.log_lines is 0"
        ),
        (
            "aws: { cause_role_arn: 'arn:aws:iam::111122223333:role/x' }\n"
                + "root_cause: { enabled: false }",
            "c.yaml:1:24: aws.cause_role_arn: is never assumed: root_cause.enabled is false"
        ),
    ])
    func `causes that are not read`(keys: String, line: String) {
        let rules = "policies: {default: {rules: [{ name: r, when: { log: x } }]}}"
        #expect(warnings("\(keys)\n\(rules)\npipelines: [{ name: a }]").contains(line))
        #expect(warnings("\(rules)\npipelines: [{ name: a }]") == [])
    }

    @Test(arguments: [
        // A rule that an earlier one covers.
        (
            "{ name: a, when: { code: [JobFailed, PermissionError] } }, "
                + "{ name: b, when: { code: JobFailed, stage: Deploy } }",
            [
                "c.yaml:1:89: policies.default.rules[1]: never matches: the rule \"a\" on line 1 "
                    + "already matches all of it"
            ]
        ),
        (
            "{ name: a, when: { stage: 'D*' } }, { name: b, when: { stage: Deploy } }",
            [
                "c.yaml:1:66: policies.default.rules[1]: never matches: the rule \"a\" on line 1 "
                    + "already matches all of it"
            ]
        ),
        (
            "{ name: a, when: { contains: time } }, { name: b, when: { contains: timed out } }",
            [
                "c.yaml:1:69: policies.default.rules[1]: never matches: the rule \"a\" on line 1 "
                    + "already matches all of it"
            ]
        ),
        (
            "{ name: a, when: {} }, { name: b, when: { code: JobFailed } }, "
                + "{ name: c, when: { code: JobFailed } }",
            [
                "c.yaml:1:30: policies.default.rules[0]: matches every failure, so the rules "
                    + "after it never match"
            ]
        ),
        (
            "{ use: aws-transient }, { use: aws-throttling }",
            [
                "c.yaml:1:54: policies.default.rules[1]: never matches: the rule "
                    + "\"aws-transient/minutes\" on line 1 already matches all of it"
            ]
        ),
        ("{ use: aws-transient }, { use: network }", []),
        ("{ name: a, when: { code: JobFailed } }, { name: b, when: { stage: '*' } }", []),
        (
            "{ name: a, when: { code: JobFailed, stage: D } }, "
                + "{ name: b, when: { code: JobFailed } }",
            []
        ),
        ("{ name: a, when: { matches: x } }, { name: b, when: { contains: x } }", []),
        ("{ name: a, when: { contains: [a, b] } }, { name: b, when: { contains: [a, c] } }", []),
        (
            "{ name: a, when: { category: Approval } }",
            [
                "c.yaml:1:30: policies.default.rules[0].when: never matches: a failed approval is "
                    + "never retried, whatever the rules say"
            ]
        ),
        (
            "{ name: a, when: { provider: Codebuild } }",
            [
                "c.yaml:1:30: policies.default.rules[0].when.provider: is Codebuild, which AWS is "
                    + "not known to use; did you mean \"CodeBuild\"?"
            ]
        ),
        ("{ name: a, when: { provider: OurOwnTool, code: OWN_CODE } }", []),
        (
            "{ name: a, when: { category: Test }, backoff: { initial: 1s } }",
            [
                "c.yaml:1:87: policies.default.rules[0].backoff.initial: is 1s, but no wait is "
                    + "shorter than min (5s)"
            ]
        ),
        (
            "{ name: a, when: { category: Test }, give_up_after: 1s }",
            [
                "c.yaml:1:82: policies.default.rules[0].give_up_after: no retry fits: the "
                    + "waits before retry 1 add up to at least 15s, and give_up_after is 1s"
            ]
        ),
    ])
    func `rules`(rules: String, lines: [String]) {
        let text = "policies: {default: {rules: [\(rules)]}}\npipelines: [{ name: a }]"
        #expect(warnings(text) == lines)
    }

    @Test func `a rule's limit beyond the total is never reached`() {
        let text = """
            policies:
              default:
                max_total_retries: 4
                rules:
                  - { name: a, when: { code: JobFailed }, max_retries: 9 }
            pipelines: [{ name: a }]
            """
        #expect(
            warnings(text) == [
                "c.yaml:5:60: policies.default.rules[0].max_retries: is 9, never reached: "
                    + "max_total_retries is 4"
            ]
        )
    }

    @Test(arguments: [
        (
            "{ name: a }, { name: a }",
            [
                "c.yaml:1:26: pipelines[1]: is \"a\" again: the entry on line 1 applies, "
                    + "this one has no effect"
            ]
        ),
        (
            "{ match: 'a*' }, { name: ab }",
            ["c.yaml:1:30: pipelines[1]: has no effect: \"a*\" on line 1 already matches \"ab\""]
        ),
        ("{ match: 'a*', except: ab }, { name: ab }", []),
        ("{ name: ab }, { match: 'a*' }", []),
        (
            "{ match: 'a*' }, { match: 'a-b*' }",
            [
                "c.yaml:1:30: pipelines[1]: has no effect: \"a*\" on line 1 already matches "
                    + "all that \"a-b*\" matches"
            ]
        ),
        ("{ match: 'a-b*' }, { match: 'a*' }", []),
        ("{ match: 'a?' }, { match: 'a*' }", []),
        ("{ match: 'a*', except: ab }, { match: 'a*' }", []),
        (
            "{ match: 'a*' }, { match: '*z' }",
            [
                "c.yaml:1:30: pipelines[1]: can match the same pipelines as \"a*\" on line 1, "
                    + "which comes first"
            ]
        ),
        ("{ match: 'a*' }, { match: 'b*' }", []),
        (
            "{ match: 'a*', except: '*' }",
            [
                "c.yaml:1:13: pipelines[0]: matches nothing: except \"*\" excludes all that "
                    + "\"a*\" matches"
            ]
        ),
        (
            "{ match: 'a*', except: bc }",
            ["c.yaml:1:13: pipelines[0]: has except \"bc\" without effect: \"a*\" never matches it"]
        ),
    ])
    func `entries`(entries: String, lines: [String]) {
        #expect(warnings("pipelines: [\(entries)]") == lines)
    }

    @Test func `settings of the whole file without effect`() {
        let text = """
            poll: { interval: 30s, active_interval: 1m }
            policies: { spare: { max_retries: 1 } }
            outage_hold: { pipelines: 5, within: 10m, probe_every: 5m }
            pipelines: [{ name: a }]
            """
        #expect(
            warnings(text) == [
                "c.yaml:1:41: poll.active_interval: is 1m, longer than interval (30s): "
                    + "active pipelines are polled less often",
                "c.yaml:2:13: policies.spare: is used by no pipeline",
                "c.yaml:3:14: outage_hold: never starts: it needs 5 pipelines, but 1 are watched",
            ]
        )
    }

    @Test func `more pipelines than the rate allows to poll in time`() {
        let names = (0..<212).map { "{ name: p\($0) }" }.joined(separator: ", ")
        let arithmetic =
            "poll.max_rate: is too low for poll.interval in default: polling 212 pipelines "
            + "every 30s needs 7.1 requests/s, the limit is 5; each is polled every 42s on average"
        #expect(warnings("pipelines: [\(names)]") == ["c.yaml:1:1: \(arithmetic)"])
        let written = warnings("poll: { max_rate: 5 }\npipelines: [\(names)]")
        #expect(written == ["c.yaml:1:19: \(arithmetic)"])
        #expect(warnings("poll: { max_rate: 8 }\npipelines: [\(names)]").isEmpty)
    }

    @Test func `a limit at an entry or stage is compared with the inherited one`() {
        let text = """
            policies: { default: { max_total_retries: 2, max_retries: 2 } }
            pipelines:
              - name: a
                max_retries: 5
                stages: { Deploy: { max_retries: 2 }, Test: { stop_after_same_error: 3 } }
            """
        #expect(
            warnings(text) == [
                "c.yaml:4:18: pipelines[0].max_retries: is 5, never reached: "
                    + "max_total_retries is 2",
                "c.yaml:5:74: pipelines[0].stages.Test.stop_after_same_error: is 3, "
                    + "never reached: max_total_retries is 2",
            ]
        )
    }

    @Test func `a limit that looks like one over rules, and is not, gets a warning`() {
        let rules =
            "[{ name: queue full, when: { contains: q }, max_retries: 10 }, "
            + "{ name: b, when: { contains: r } }]"
        let text = """
            policies: { default: { max_retries: 3, rules: \(rules) } }
            pipelines:
              - name: a
                stages: { Deploy: { max_retries: 1 }, Test: { max_total_retries: 1 } }
              - { name: b, max_retries: 0 }
              - { name: c, max_retries: 1, max_total_retries: 1 }
              - { name: d, max_retries: 12 }
              - { match: "e*", stages: { Deploy: { max_retries: 1, max_total_retries: 2 } } }
            """
        let says = ", but rule \"queue full\" has a limit of its own and may retry here"
        #expect(
            warnings(text) == [
                "c.yaml:4:38: pipelines[0].stages.Deploy.max_retries: is 1\(says) 10 times; "
                    + "max_total_retries: 1 applies to every rule",
                "c.yaml:8:53: pipelines[4].stages.Deploy.max_retries: is 1\(says) 2 times; "
                    + "max_total_retries: 1 applies to every rule",
            ]
        )
    }

    @Test func `a file with errors gets no warnings`() {
        let found = warnings("dry_run: 1\npipelines: [{ name: a }, { name: a }]")
        #expect(found == ["c.yaml:1:10: dry_run: is 1; expected true or false"])
    }
}
