import RetryCore
import Settings
import Testing

@Suite struct InheritanceTests {
    private func entry(_ text: String) throws -> PipelineEntry {
        let targets = try settings(text).configuration.targets
        return try #require(targets.first?.pipelines.first)
    }

    private func limits(_ policy: StagePolicy, _ rule: RuleName) throws -> RuleLimits {
        let found = try #require(policy.rules.first { $0.name == rule })
        guard case .retry(let limits) = found.action else {
            throw Unexpected(what: "\(rule) says never")
        }
        return limits
    }

    @Test func `a pipeline without anything has the defaults`() throws {
        let loaded = try settings("pipelines: [{ name: web }]")
        let entry = PipelineEntry(selector: .name("web"), policy: .standard, stages: [:])
        let target = Target(name: "default", region: "", rateGroup: "default", pipelines: [entry])
        let standard = Configuration(causes: CauseSettings(), targets: [target])
        #expect(loaded.configuration == standard)
        #expect(loaded.connections == ["default": AWSConnection()])
        #expect(loaded.warnings == [])
    }

    @Test func `the nearest takes precedence: stage, pipeline entry, policy, default`() throws {
        let entry = try entry(
            """
            policies:
              slow: { max_retries: 7, give_up_after: 1h, max_failure_age: 3h, shadow: true }
            pipelines:
              - name: web
                policy: slow
                max_retries: 5
                give_up_after: 2h
                stages:
                  Deploy: { max_retries: 4, mode: ALL_ACTIONS, shadow: false }
                  Release: never
            """
        )
        let stage = entry.policy(of: "Deploy")
        #expect(stage.maxRetries == 4)
        #expect(stage.maxTotalRetries == 4)
        #expect(stage.modes == [.allActions])
        #expect(stage.giveUpAfter == .seconds(7200))
        #expect(stage.maxFailureAge == .seconds(3 * 3600))
        #expect(stage.whenNewerWaiting == .hold)
        #expect(!stage.shadow)
        #expect(entry.policy.maxRetries == 5)
        #expect(entry.policy.shadow)
        #expect(entry.policy(of: "Other") == entry.policy)
        #expect(entry.policy(of: "Release").never)
        #expect(!entry.policy.never)
    }

    @Test func `a rule is nearer than a stage`() throws {
        let entry = try entry(
            """
            policies:
              default:
                max_retries: 3
                rules:
                  - { name: own, when: { code: A }, max_retries: 9, backoff: { initial: 1m } }
                  - { name: plain, when: { code: B } }
            pipelines:
              - name: web
                stages: { Deploy: { max_retries: 1, give_up_after: 1h, backoff: { factor: 3 } } }
            """
        )
        let deploy = entry.policy(of: "Deploy")
        #expect(try limits(deploy, "own").maxRetries == 9)
        #expect(try limits(deploy, "own").giveUpAfter == .seconds(3600))
        #expect(try limits(deploy, "own").backoff.initial == .seconds(60))
        #expect(try limits(deploy, "own").backoff.factor == 3)
        #expect(try limits(deploy, "plain").maxRetries == 1)
        #expect(try limits(entry.policy, "plain").maxRetries == 3)
        #expect(try limits(entry.policy, "own").backoff.factor == 2)
        #expect(deploy.maxTotalRetries == 9)
    }

    @Test(arguments: [
        ("max_retries: 3", "", 3), ("max_retries: 3, max_total_retries: 2", "", 2),
        ("max_retries: 3", "max_retries: 5", 5), ("max_retries: 3", "max_retries: 0", 0),
        ("max_retries: 3, max_total_retries: 2", "max_retries: 0", 0),
        ("max_retries: 3", "max_retries: 0, max_total_retries: 1", 1),
        ("max_retries: 0", "", 0), ("", "", 3),
    ])
    func `the total is the largest max_retries unless it is set`(
        policy: String,
        entry: String,
        total: Int
    ) throws {
        let text = "policies: { default: { \(policy) } }\npipelines: [{ name: a, \(entry) }]"
        let resolved = try self.entry(text).policy
        #expect(resolved.maxTotalRetries == total)
    }

    @Test func `max_retries 0 at a stage stops its rules too, at a policy it does not`() throws {
        let entry = try entry(
            """
            policies:
              default:
                max_retries: 0
                rules: [{ name: a, when: { code: A }, max_retries: 4 }]
            pipelines:
              - name: web
                stages: { Deploy: { max_retries: 0 } }
            """
        )
        #expect(entry.policy.maxTotalRetries == 4)
        #expect(entry.policy(of: "Deploy").maxTotalRetries == 0)
    }

    @Test func `a rule with never adds nothing to the total`() throws {
        let entry = try entry(
            """
            policies:
              default:
                max_retries: 2
                rules: [{ name: a, when: { code: A }, retry: never }]
            pipelines: [{ name: web }]
            """
        )
        #expect(entry.policy.maxTotalRetries == 2)
        #expect(entry.policy.rules.map(\.action) == [.never])
    }

    @Test(arguments: [
        // The sample of the documentation: unset values are inherited.
        ("kind: fixed, initial: 2m", Backoff.Kind.fixed, 120, 900, 5),
        // An unset cap rises to explicit values.
        ("kind: fixed, initial: 30m", .fixed, 1800, 1800, 5),
        ("min: 20m", .exponential, 30, 1200, 1200),
        // An unset floor falls to an explicit cap.
        ("initial: 1s, max: 3s", .exponential, 1, 3, 3),
    ])
    func `a default of backoff yields to explicit values`(
        text: String,
        kind: Backoff.Kind,
        initial: Int,
        most: Int,
        least: Int
    ) throws {
        let backoff = try entry("pipelines: [{ name: a, backoff: { \(text) } }]").policy.backoff
        #expect(backoff.kind == kind)
        #expect(backoff.initial == .seconds(initial))
        #expect(backoff.max == .seconds(most))
        #expect(backoff.min == .seconds(least))
    }

    @Test func `a built-in rule keeps its wait and inherits everything else`() throws {
        let entry = try entry(
            """
            policies:
              default: { max_retries: 5, rules: [{ use: aws-throttling }] }
              other: { rules: [{ use: aws-throttling, max_retries: 2, backoff: { initial: 3m } }] }
              none: { rules: [{ use: aws-throttling, retry: never }] }
            pipelines: [{ name: a }, { name: b, policy: other }, { name: c, policy: none }]
            """
        )
        let built = try limits(entry.policy, "aws-throttling/minutes")
        #expect(built.maxRetries == 5)
        #expect(built.backoff.initial == .seconds(90))
        let entries = try settings(
            """
            policies:
              other: { rules: [{ use: aws-throttling, max_retries: 2, backoff: { initial: 3m } }] }
              none: { rules: [{ use: aws-throttling, retry: never }] }
            pipelines: [{ name: b, policy: other }, { name: c, policy: none }]
            """
        ).configuration.targets[0].pipelines
        let changed = try limits(entries[0].policy, "aws-throttling/minutes")
        #expect(changed.maxRetries == 2)
        #expect(changed.backoff.initial == .seconds(180))
        #expect(changed.backoff.max == .seconds(900))
        #expect(entries[1].policy.rules.allSatisfy { $0.action == .never })
    }

    @Test func `stop_after_same_error can be switched off by a nearer mapping`() throws {
        let entry = try entry(
            """
            policies: { default: { stop_after_same_error: 2 } }
            pipelines: [{ name: a, stages: { Deploy: { stop_after_same_error: off } } }]
            """
        )
        #expect(entry.policy.stopAfterSameError == 2)
        #expect(entry.policy(of: "Deploy").stopAfterSameError == nil)
    }

    @Test func `a target's keys override those of aws`() throws {
        let loaded = try settings(
            """
            aws:
              region: eu-west-1
              profile: deploy
              role_arn: arn:aws:iam::111122223333:role/a
              external_id: x/1
              endpoint_url: http://127.0.0.1:8700
            targets:
              - name: prod
                region: cn-north-1
                role_arn: arn:aws-cn:iam::444455556666:role/path/b
                paused: true
                pipelines: [{ name: a }]
              - name: test
                endpoint_url: http://sim:80/x
                allow_insecure_endpoint: true
                pipelines: [{ name: a }]
            """
        )
        let prod = try #require(loaded.connections["prod"])
        #expect(prod.region == "cn-north-1")
        #expect(prod.roleARN?.account == "444455556666")
        #expect(prod.roleARN?.partition == "aws-cn")
        #expect(prod.profile == "deploy")
        #expect(prod.externalID == "x/1")
        #expect(prod.endpointURL == "http://127.0.0.1:8700")
        let test = try #require(loaded.connections["test"])
        #expect(test.endpointURL == "http://sim:80/x")
        #expect(test.allowInsecureEndpoint)
        let targets = loaded.configuration.targets
        #expect(targets.map(\.rateGroup) == ["444455556666/cn-north-1", "111122223333/eu-west-1"])
        #expect(targets.map(\.paused) == [true, false])
        #expect(targets.map(\.region) == ["cn-north-1", "eu-west-1"])
    }

    @Test func `a target's URLs of services override those of aws, one by one`() throws {
        let loaded = try settings(
            """
            aws:
              cause_role_arn: arn:aws:iam::111122223333:role/causes
              external_id: x/1
              endpoint_urls: { codebuild: 'https://a.example', ecs: 'https://b.example' }
            targets:
              - name: prod
                cause_role_arn: arn:aws:iam::444455556666:role/causes
                endpoint_urls: { ecs: 'http://127.0.0.1:1', cloudwatch_logs: 'https://c.example' }
                pipelines: [{ name: a }]
              - { name: test, pipelines: [{ name: a }] }
            """
        )
        let prod = try #require(loaded.connections["prod"])
        #expect(prod.causeRoleARN?.account == "444455556666")
        #expect(
            prod.endpointURLs == [
                "codebuild": "https://a.example", "ecs": "http://127.0.0.1:1",
                "cloudwatch_logs": "https://c.example",
            ]
        )
        let test = try #require(loaded.connections["test"])
        #expect(test.causeRoleARN?.account == "111122223333")
        #expect(Set(test.endpointURLs.keys) == ["codebuild", "ecs"])
    }

    @Test func `root_cause is on, within ten seconds, unless the file says otherwise`() throws {
        let rest = "pipelines: [{ name: a }]"
        #expect(try settings(rest).configuration.causes == CauseSettings())
        let text = "root_cause: { enabled: false, timeout: 3s, log_lines: 0 }\n" + rest
        let own = try settings(text).configuration.causes
        #expect(own == CauseSettings(isEnabled: false, timeout: .seconds(3), logLines: 0))
    }

    @Test func `every key of a policy arrives where it belongs`() throws {
        let entry = try entry(
            """
            policies:
              default:
                mode: [FAILED_ACTIONS, ALL_ACTIONS]
                max_retries: 4
                max_total_retries: 7
                backoff: { kind: linear, initial: 10s, max: 10m, min: 2s, jitter: full }
                give_up_after: 1d2h
                max_failure_age: 90m
                stop_after_same_error: 3
                when_newer_waiting: retry
                when_transition_disabled: retry
                when_human_retried: continue
                shadow: true
                paused: true
                windows: [{ allow: "Sat,Sun 22:00-06:00" }]
                budget: { retries: 20, per: 1h }
                rules:
                  - name: r
                    when:
                      stage: [D*, R]
                      action: A?
                      category: Build
                      provider: [CodeBuild, S3]
                      code: JobFailed
                      contains: x
                      matches: [y, z]
                otherwise: retry
            pipelines: [{ match: "*", except: [x, "y*"] }]
            """
        )
        let policy = entry.policy
        #expect(policy.modes == [.failedActions, .allActions])
        #expect(policy.maxRetries == 4)
        #expect(policy.maxTotalRetries == 7)
        #expect(policy.backoff.kind == .linear)
        #expect(policy.backoff.jitter == .full)
        #expect(policy.giveUpAfter == .seconds(26 * 3600))
        #expect(policy.maxFailureAge == .seconds(5400))
        #expect(policy.stopAfterSameError == 3)
        #expect(policy.whenNewerWaiting == .retry)
        #expect(policy.whenTransitionDisabled == .retry)
        #expect(policy.whenHumanRetried == .continue)
        #expect(policy.shadow)
        #expect(policy.paused)
        #expect(policy.budget == Budget(retries: 20, per: .seconds(3600)))
        #expect(policy.otherwise == .retry)
        let spans = [5, 6].map { WeeklySpan(weekday: $0, start: 1320, end: 1800) }
        #expect(policy.windows == [Window(effect: .allow, spans: spans, zone: .utc)])
        let condition = RuleCondition(
            stages: [Glob("D*"), Glob("R")],
            actions: [Glob("A?")],
            categories: ["Build"],
            providers: ["CodeBuild", "S3"],
            codes: ["JobFailed"],
            contains: ["x"],
            matches: [Pattern("y"), Pattern("z")]
        )
        #expect(policy.rules.map(\.when) == [condition])
        #expect(entry.selector == .match(Glob("*"), except: [Glob("x"), Glob("y*")]))
    }

    @Test func `the settings of the whole file arrive where they belong`() throws {
        let configuration = try settings(
            """
            poll: { interval: 5s, max_in_flight: 8, max_rate: 2.5 }
            dry_run: true
            budget: { retries: 60, per: 1h }
            outage_hold: { pipelines: 5, within: 10m, probe_every: 5m }
            pipelines: [{ match: "*" }]
            """
        ).configuration
        // An active interval that is not written is never longer than the other.
        #expect(
            configuration.poll
                == PollSettings(
                    interval: .seconds(5),
                    activeInterval: .seconds(5),
                    quietInterval: .seconds(120),
                    maxInFlight: 8,
                    maxRate: 2.5
                )
        )
        #expect(configuration.dryRun)
        #expect(configuration.budget == Budget(retries: 60, per: .seconds(3600)))
        let hold = OutageHold(pipelines: 5, within: .seconds(600), probeEvery: .seconds(300))
        #expect(configuration.outageHold == hold)
    }
}

/// What a test did not expect to meet.
struct Unexpected: Error {
    let what: String
}
