import Settings
import Testing

/// Every kind of error with the exact line that a person reads.
@Suite struct FaultTests {
    /// A config in which only one value matters.
    private static let rest = "\npipelines: [{ name: a }]"

    @Test(arguments: [
        ("", "c.yaml:1:1: file: is empty; expected a config with at least one pipeline"),
        ("# nothing\n", "c.yaml:1:1: file: is empty; expected a config with at least one pipeline"),
        ("~", "c.yaml:1:1: file: is empty; expected a config with at least one pipeline"),
        (
            "- a",
            "c.yaml:1:1: file: is a list; expected a mapping of the keys aws, poll, dry_run, "
                + "root_cause, policies, budget, cost, prices, outage_hold, targets and pipelines"
        ),
        (
            "dry_run: true",
            "c.yaml:1:1: file: missing key pipelines or targets; "
                + "expected the pipelines to watch, or targets with pipelines"
        ),
        (
            "pipelines: []",
            "c.yaml:1:12: pipelines: is an empty list; expected a list of pipelines"
        ),
        (
            "pipelines:",
            "c.yaml:1:11: pipelines: has no value; expected a list of pipelines"
        ),
        (
            "pipelines: [{ name: a }]\ntargets: [{ name: t, pipelines: [{ name: b }] }]",
            "c.yaml:1:1: pipelines: cannot be combined with targets; expected one of the two"
        ),
        (
            "pipelines: [{ name: a }]\n---\nb: 1",
            "c.yaml:2:1: file: a second document begins; expected one document"
        ),
        (
            "pipelines: [{ name: a }",
            "c.yaml:2:1: file: the bracket of line 1, column 12 is not closed before this; "
                + "expected a comma, or the closing bracket; quotes around a text with brackets or "
                + "commas"
        ),
        (
            "pipelines: [{ name: a }]\n\tdry_run: true",
            "c.yaml:2:1: file: a tab, where YAML allows only spaces; expected spaces for the "
                + "indentation"
        ),
        (
            "pipelines:\n  - name: \"a\u{1}\"",
            "c.yaml:2:13: file: control characters are not allowed; expected YAML 1.2 or JSON"
        ),
    ])
    func `the file as a whole`(text: String, line: String) {
        #expect(errors(text) == [line])
    }

    @Test(arguments: [
        (
            "polll: { interval: 1m }",
            "c.yaml:1:1: polll: unknown key; expected a known key; did you mean \"poll\"?"
        ),
        (
            "version: 2",
            "c.yaml:1:1: version: unknown key; expected aws, poll, dry_run, root_cause, "
                + "policies, budget, cost, prices, outage_hold, targets or pipelines"
        ),
        (
            "dry_run: true\ndry_run: false",
            "c.yaml:2:1: dry_run: duplicate key, first on line 1; expected each key once"
        ),
        (
            "<<: { dry_run: true }",
            "c.yaml:1:1: <<: merge keys are not supported; "
                + "expected an alias as a whole value, or the keys themselves"
        ),
        (
            "? [a]\n: 1",
            "c.yaml:1:3: file: a key is not a word; expected plain words as keys"
        ),
        (
            "dry_run: !!bool true",
            "c.yaml:1:10: dry_run: has a tag; expected no tag; quotes around text with !"
        ),
        ("dry_run: yes", "c.yaml:1:10: dry_run: is yes; expected true or false"),
        (
            "dry_run: \"true\"",
            "c.yaml:1:10: dry_run: is the text \"true\"; expected true or false"
        ),
        ("dry_run: 1", "c.yaml:1:10: dry_run: is 1; expected true or false"),
        (
            "budget: *b",
            "c.yaml:1:9: budget: the alias *b names no anchor before it; "
                + "expected an anchor &b that ends above, or quotes around a glob: \"*b\""
        ),
        (
            "poll: { interval: 30 }",
            "c.yaml:1:19: poll.interval: is 30; expected a duration such as 30s, 5m, 2h or 1d"
        ),
        (
            "poll: { interval: 30S }",
            "c.yaml:1:19: poll.interval: is 30S; expected a duration such as 30s, 5m, 2h or 1d"
        ),
        (
            "poll: { interval: 500ms }",
            "c.yaml:1:19: poll.interval: is 500ms; expected a duration such as 30s, 5m, 2h or 1d"
        ),
        ("poll: { interval: 0s }", "c.yaml:1:19: poll.interval: is 0s; expected 1s at least"),
        ("poll: { interval: 400d }", "c.yaml:1:19: poll.interval: is 400d; expected 366d at most"),
        (
            "poll: { max_in_flight: 0 }",
            "c.yaml:1:24: poll.max_in_flight: is 0; expected a whole number from 1 to 1000"
        ),
        (
            "poll: { max_in_flight: 1.5 }",
            "c.yaml:1:24: poll.max_in_flight: is 1.5; expected a whole number from 1 to 1000"
        ),
        (
            "poll: { max_rate: 0 }",
            "c.yaml:1:19: poll.max_rate: is 0; expected a number above 0 to 1000"
        ),
        (
            "poll: { max_rate: .nan }",
            "c.yaml:1:19: poll.max_rate: is .nan; expected a number above 0 to 1000"
        ),
        (
            "poll: { interval: 5m, quiet_interval: 2m }",
            "c.yaml:1:39: poll.quiet_interval: is 2m, shorter than interval; "
                + "expected 5m at least"
        ),
        (
            "poll: fast",
            "c.yaml:1:7: poll: is fast; expected a mapping of the keys interval, "
                + "active_interval, quiet_interval, max_in_flight and max_rate"
        ),
        (
            "budget: { retries: 5 }",
            "c.yaml:1:9: budget: missing key per; "
                + "expected a value such as { retries: 20, per: 1h }"
        ),
        (
            "outage_hold: { pipelines: 1, within: 10m, probe_every: 5m }",
            "c.yaml:1:27: outage_hold.pipelines: is 1; expected a whole number from 2 to 100000"
        ),
    ])
    func `keys and values`(text: String, line: String) {
        #expect(errors(text + FaultTests.rest) == [line])
    }

    @Test(arguments: [
        (
            "region: EU-West-1",
            "c.yaml:1:16: aws.region: is \"EU-West-1\"; expected a Region such as eu-west-1; "
                + "did you mean \"eu-west-1\"?"
        ),
        (
            "region: Ireland",
            "c.yaml:1:16: aws.region: is \"Ireland\"; expected a Region such as eu-west-1"
        ),
        (
            "region: Eu-Wst-1",
            "c.yaml:1:16: aws.region: is \"Eu-Wst-1\"; expected a Region such as eu-west-1; "
                + "did you mean \"eu-west-1\"?"
        ),
        (
            "region: x.evil.com/",
            "c.yaml:1:16: aws.region: is \"x.evil.com/\"; expected a Region such as eu-west-1"
        ),
        (
            "role_arn: arn:aws:iam::1234:role/x",
            "c.yaml:1:18: aws.role_arn: is \"arn:aws:iam::1234:role/x\"; "
                + "expected arn:aws:iam::ACCOUNT:role/NAME with an ACCOUNT of 12 digits"
        ),
        (
            "external_id: some-id",
            "c.yaml:1:21: aws.external_id: has no effect without a role; "
                + "expected role_arn next to external_id"
        ),
        (
            "external_id: 123456",
            "c.yaml:1:21: aws.external_id: is 123456, which YAML does not read as text; "
                + "expected 2 to 1224 of A-Z a-z 0-9 _ + = , . @ : / -, in quotes"
        ),
        (
            "endpoint_url: http://example.com",
            "c.yaml:1:22: aws.endpoint_url: is plain http to another host; "
                + "expected https, a loopback address, or allow_insecure_endpoint: true"
        ),
        (
            "endpoint_url: https://me:secret@example.com",
            "c.yaml:1:22: aws.endpoint_url: contains a user or password; "
                + "expected a URL such as https://host:port"
        ),
        (
            "endpoint_url: 'https://example.com:99999'",
            "c.yaml:1:22: aws.endpoint_url: has the port 99999; "
                + "expected a URL such as https://host:port"
        ),
        (
            "endpoint_url: 'localhost:8700'",
            "c.yaml:1:22: aws.endpoint_url: begins neither with https:// nor with http://; "
                + "expected a URL such as https://host:port"
        ),
        (
            "endpoint_url: 'https://example.com', use_fips_endpoint: true",
            "c.yaml:1:22: aws.endpoint_url: cannot be combined with use_fips_endpoint: true; "
                + "expected one of the two"
        ),
        (
            "ca_bundle: corporate.pem",
            "c.yaml:1:19: aws.ca_bundle: is \"corporate.pem\"; expected an absolute path"
        ),
    ])
    func `connections`(text: String, line: String) {
        #expect(errors("aws: { \(text) }" + FaultTests.rest) == [line])
    }

    @Test(arguments: ["127.0.0.1.example.com", "127.a.b.c", "127.0.0.1.1", "128.0.0.1"])
    func `a host that only looks like loopback is not`(host: String) {
        let found = errors("aws: { endpoint_url: 'http://\(host)' }" + FaultTests.rest)
        #expect(found.count == 1)
        #expect(found.first?.contains("is plain http to another host") == true)
    }

    @Test(arguments: [
        (
            "{ name: a/b }",
            "c.yaml:1:21: pipelines[0].name: is \"a/b\"; expected a pipeline's name: "
                + "1 to 100 of A-Z a-z 0-9 . @ _ -"
        ),
        (
            "{ name: 'svc-*' }",
            "c.yaml:1:21: pipelines[0].name: is the glob \"svc-*\"; "
                + "expected an exact name, or match in place of name"
        ),
        (
            "{ name: a, match: b }",
            "c.yaml:1:24: pipelines[0].match: cannot be combined with name; expected one of the two"
        ),
        (
            "{ name: a, except: b }",
            "c.yaml:1:24: pipelines[0].except: cannot be combined with name; "
                + "expected one of the two"
        ),
        (
            "{ policy: default }",
            "c.yaml:1:13: pipelines[0]: missing key name or match; "
                + "expected an exact name, or match with a glob"
        ),
        (
            "{ match: 'a b' }",
            "c.yaml:1:22: pipelines[0].match: is \"a b\"; "
                + "expected a glob of A-Z a-z 0-9 . @ _ - * ?"
        ),
        (
            "{ name: a, policy: defualt }",
            "c.yaml:1:32: pipelines[0].policy: is \"defualt\", which is not a policy in this file; "
                + "expected default; did you mean \"default\"?"
        ),
        (
            "{ name: a, rules: [] }",
            "c.yaml:1:24: pipelines[0].rules: unknown key; "
                + "expected this key in a policy, and the policy's name here"
        ),
        (
            "{ name: a, stages: { Deploy: nevr } }",
            "c.yaml:1:42: pipelines[0].stages.Deploy: is nevr; expected never or a mapping"
        ),
        (
            "{ name: a, stages: { 'De*': never } }",
            "c.yaml:1:34: pipelines[0].stages.De*: is not a stage name; "
                + "expected an exact name: 1 to 100 of A-Z a-z 0-9 . @ _ -"
        ),
        (
            "{ name: a, stages: { D: { budget: { retries: 1, per: 1h } } } }",
            "c.yaml:1:39: pipelines[0].stages.D.budget: unknown key; "
                + "expected this key in a policy, and the policy's name here"
        ),
        (
            "{ name: a, stages: {} }",
            "c.yaml:1:32: pipelines[0].stages: is an empty mapping; "
                + "expected stages by name, each never or a mapping"
        ),
        (
            "{ name: no }, { name: true }",
            "c.yaml:1:35: pipelines[1].name: is true, which YAML does not read as text; "
                + "expected a pipeline's name: 1 to 100 of A-Z a-z 0-9 . @ _ -, in quotes"
        ),
    ])
    func `pipelines`(entry: String, line: String) {
        #expect(errors("pipelines: [\(entry)]") == [line])
    }

    @Test(arguments: [
        (
            "targets: [{ name: a, pipelines: [{ name: p }] }, "
                + "{ name: a, pipelines: [{ name: p }] }]",
            "c.yaml:1:58: targets[1].name: is \"a\" again, first on line 1; "
                + "expected a unique name"
        ),
        (
            "targets: [{ pipelines: [{ name: p }] }]",
            "c.yaml:1:11: targets[0]: missing key name; expected the name of the target"
        ),
        (
            "targets: [{ name: a }]",
            "c.yaml:1:11: targets[0]: missing key pipelines; expected a list of pipelines"
        ),
    ])
    func `targets`(text: String, line: String) {
        #expect(errors(text) == [line])
    }

    @Test(arguments: [
        (
            "mode: failed_actions",
            "c.yaml:1:28: policies.default.mode: is failed_actions; "
                + "expected FAILED_ACTIONS or ALL_ACTIONS; did you mean \"FAILED_ACTIONS\"?"
        ),
        (
            "mode: [FAILED_ACTIONS, ALL]",
            "c.yaml:1:45: policies.default.mode[1]: is ALL; expected FAILED_ACTIONS or ALL_ACTIONS"
        ),
        (
            "mode: []",
            "c.yaml:1:28: policies.default.mode: is an empty list; "
                + "expected FAILED_ACTIONS, ALL_ACTIONS or a list of them"
        ),
        (
            "max_retries: -1",
            "c.yaml:1:35: policies.default.max_retries: is -1; "
                + "expected a whole number from 0 to 1000"
        ),
        (
            "max_retries: unlimited",
            "c.yaml:1:35: policies.default.max_retries: is unlimited; "
                + "expected a whole number from 0 to 1000"
        ),
        (
            "stop_after_same_error: 1",
            "c.yaml:1:45: policies.default.stop_after_same_error: is 1; "
                + "expected off or a whole number from 2 to 1000"
        ),
        (
            "when_newer_waiting: stay",
            "c.yaml:1:42: policies.default.when_newer_waiting: is stay; "
                + "expected hold, leave or retry"
        ),
        ("parallel: a", "c.yaml:1:32: policies.default.parallel: is a; expected retry or observe"),
        (
            "backoff: { kind: expo }",
            "c.yaml:1:39: policies.default.backoff.kind: is expo; "
                + "expected fixed, linear or exponential"
        ),
        (
            "backoff: { factor: 0.5 }",
            "c.yaml:1:41: policies.default.backoff.factor: is 0.5; "
                + "expected a number from 1 to 100"
        ),
        (
            "backoff: { min: 20m, max: 10m }",
            "c.yaml:1:38: policies.default.backoff.min: is 20m, above max; expected 10m at most"
        ),
        (
            "backoff: { initial: 20m, max: 10m }",
            "c.yaml:1:42: policies.default.backoff.initial: is 20m, above max; "
                + "expected 10m at most"
        ),
        (
            "backoff: { kind: fixed, factor: 2 }",
            "c.yaml:1:54: policies.default.backoff.factor: cannot be combined with kind: fixed; "
                + "expected kind: exponential, or no factor"
        ),
        (
            "otherwise: never",
            "c.yaml:1:33: policies.default.otherwise: has no effect without rules: "
                + "then every failure is retried; "
                + "expected rules in the policy, or max_retries: 0 to retry nothing"
        ),
        (
            "rules: []",
            "c.yaml:1:29: policies.default.rules: is an empty list; "
                + "expected a list of rules"
        ),
        (
            "windows: [{ time_zone: UTC }]",
            "c.yaml:1:32: policies.default.windows[0]: missing key allow or deny; "
                + "expected one of them with a time"
        ),
        (
            "windows: [{ allow: Mon, deny: Tue }]",
            "c.yaml:1:46: policies.default.windows[0].deny: cannot be combined with allow; "
                + "expected one of the two"
        ),
        (
            "windows: [{ allow: Monday }]",
            "c.yaml:1:41: policies.default.windows[0].allow: has the day \"Monday\"; "
                + "expected Mon, Tue, Wed, Thu, Fri, Sat or Sun; did you mean \"Mon\"?"
        ),
        (
            "windows: [{ allow: '7:00-25:00' }]",
            "c.yaml:1:41: policies.default.windows[0].allow: has the range \"7:00-25:00\"; "
                + "expected a range such as 07:00-19:00, from 00:00 to 24:00"
        ),
        (
            "windows: [{ allow: '08:00-08:00' }]",
            "c.yaml:1:41: policies.default.windows[0].allow: has the range \"08:00-08:00\", "
                + "which is empty; expected two different times; a whole day is 00:00-24:00"
        ),
        (
            "windows: [{ allow: Mon, time_zone: Europe/Berln }]",
            "c.yaml:1:57: policies.default.windows[0].time_zone: is Europe/Berln, which is not a "
                + "time zone; expected a name of the time zone database such as Europe/Berlin; "
                + "did you mean \"Europe/Berlin\"?"
        ),
        (
            "windows: [{ allow: Mon, time_zone: ../../etc/passwd }]",
            "c.yaml:1:57: policies.default.windows[0].time_zone: is ../../etc/passwd, which is "
                + "not a time zone; expected a name of the time zone database such as Europe/Berlin"
        ),
    ])
    func `policies`(keys: String, line: String) {
        #expect(errors("policies: {default: {\(keys)}}" + FaultTests.rest) == [line])
    }

    @Test(arguments: [
        (
            "{ name: x }",
            "c.yaml:3:13: policies.p.rules[0]: missing key when; "
                + "expected the conditions of the rule; {} for any failure"
        ),
        (
            "{ when: {} }",
            "c.yaml:3:13: policies.p.rules[0]: missing key name; "
                + "expected a unique name for the rule"
        ),
        (
            "{ max_retries: 1 }",
            "c.yaml:3:13: policies.p.rules[0]: missing key name, when or use; "
                + "expected name and when, or use"
        ),
        (
            "{ use: aws-transent }",
            "c.yaml:3:20: policies.p.rules[0].use: is \"aws-transent\"; expected aws-transient, "
                + "aws-flaky, aws-permanent, change-set, image-pull, aws-throttling, "
                + "resource-busy, iam-propagation, eventual-consistency, network, aws-capacity, "
                + "spot-interruption, task-network, host-lost, tests, memory, health, "
                + "waiter-timeout, time-out, state-lock, asset-upload, credentials, "
                + "never-started, image-push, docker-daemon, disk, environment-busy, "
                + "service-fault, package-registry or git-remote; did you mean \"aws-transient\"?"
        ),
        (
            "{ use: network, when: {} }",
            "c.yaml:3:29: policies.p.rules[0].when: cannot be combined with use; "
                + "expected one of the two"
        ),
        (
            "{ name: x, when: {}, retry: never, max_retries: 1 }",
            "c.yaml:3:48: policies.p.rules[0].max_retries: cannot be combined with retry: never; "
                + "expected one of the two"
        ),
        (
            "{ name: x, when: {}, retry: always }",
            "c.yaml:3:41: policies.p.rules[0].retry: is always; expected never, or no such key"
        ),
        (
            "{ name: x, when: { matches: 'a(b' } }",
            "c.yaml:3:41: policies.p.rules[0].when.matches: does not compile at offset 3: "
                + "missing closing parenthesis; expected a PCRE2 regular expression"
        ),
        (
            "{ name: x, when: { provider: [] } }",
            "c.yaml:3:42: policies.p.rules[0].when.provider: is an empty list; "
                + "expected text or a list of texts"
        ),
        (
            "{ name: x, when: { stage: 'a b' } }",
            "c.yaml:3:39: policies.p.rules[0].when.stage: is \"a b\"; "
                + "expected a glob of A-Z a-z 0-9 . @ _ - * ?"
        ),
        (
            "{ name: x, when: { message: y } }",
            "c.yaml:3:32: policies.p.rules[0].when.message: unknown key; expected stage, action, "
                + "category, provider, code, contains, matches, phase, status, cause_code, "
                + "resource_type, log or ran"
        ),
        (
            "{ name: x, when: { code: a } }, { name: x, when: { code: b } }",
            "c.yaml:3:45: policies.p.rules[1]: has the name \"x\" again, first on line 3; "
                + "expected a unique name"
        ),
        (
            "{ use: network }, { use: network, max_retries: 2 }",
            "c.yaml:3:31: policies.p.rules[1]: has the name \"network/never\" again, "
                + "first on line 3; expected a unique name"
        ),
    ])
    func `rules`(rules: String, line: String) {
        let text = "policies:\n  p:\n    rules: [\(rules)]\npipelines: [{ name: a, policy: p }]"
        #expect(errors(text) == [line])
    }

    @Test func `a conflict caused by inheritance points at the nearer value`() {
        let text = """
            policies:
              default: { backoff: { min: 10s } }
            pipelines:
              - name: a
                backoff: { max: 5s }
              - name: b
                stages: { Deploy: { backoff: { max: 6s } } }
            """
        #expect(
            errors(text) == [
                "c.yaml:5:21: pipelines[0].backoff.max: is 5s, below the min that it inherits; "
                    + "expected 10s at least, or a min next to it",
                "c.yaml:7:41: pipelines[1].stages.Deploy.backoff.max: is 6s, below the min that "
                    + "it inherits; expected 10s at least, or a min next to it",
            ]
        )
    }

    @Test func `all errors of a file come in one pass, in its order, without a cascade`() {
        let text = """
            dry_run: maybe
            pol: { interval: 5 }
            policies:
              strict: { max_retries: many }
              lax: [1]
            targets:
              - nam: a
                pipelines:
                  - name: web
                    policy: strict
                  - name: api
                    policy: lax
                  - match: "x*"
                    policy: strct
            """
        #expect(
            errors(text).map { $0.prefix(while: { $0 != ";" }) } == [
                "c.yaml:1:10: dry_run: is maybe",
                "c.yaml:2:1: pol: unknown key",
                "c.yaml:4:26: policies.strict.max_retries: is many",
                "c.yaml:5:8: policies.lax: is a list",
                "c.yaml:7:5: targets[0].nam: unknown key",
            ]
        )
    }

    @Test func `an error inside an anchor is reported once`() {
        let text = """
            policies:
              a: { backoff: &wait { initial: 1 } }
              b: { backoff: *wait }
            pipelines: [{ name: x, policy: a }, { name: y, policy: b }]
            """
        #expect(errors(text).count == 2)
        #expect(Set(errors(text).map { $0.prefix(12) }) == ["c.yaml:2:34:"])
    }

    @Test func `bytes that are not UTF-8 are pointed at`() {
        let bytes = Array("pipelines:\n  - name: é".utf8) + [0xFF]
        let result = SettingsFile.load(bytes, path: "c.yaml", environment: environment)
        #expect(
            lines(result) == ["c.yaml:2:12: file: is not valid UTF-8 here; expected UTF-8"]
        )
    }

    @Test func `a file of more than 1 MiB is refused, one of 1 MiB is read`() {
        let text = Array("pipelines: [{ name: a }] #".utf8)
        let full = text + [UInt8](repeating: 0x78, count: (1 << 20) - text.count)
        #expect(lines(SettingsFile.load(full, path: "c", environment: environment)) == [])
        #expect(
            lines(SettingsFile.load(full + [0x78], path: "c", environment: environment))
                == ["c:1:1: file: is longer than 1 MiB; expected 1 MiB at most"]
        )
    }

    @Test(arguments: [
        ("/nonexistent/c.yaml", "does not exist"), ("/dev", "is not a regular file"),
        ("/dev/zero", "is not a regular file"), ("/dev/null", "is not a regular file"),
    ])
    func `a file that cannot be read is an error`(path: String, problem: String) {
        let result = SettingsFile.read(path: path, environment: environment)
        #expect(
            lines(result) == ["\(path):1:1: file: \(problem); expected a readable config file"]
        )
    }

    private func lines(_ result: Result<LoadedSettings, SettingsErrors>) -> [String] {
        switch result {
        case .success: []
        case .failure(let errors): errors.errors.map(\.description)
        }
    }
}
