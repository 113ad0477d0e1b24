import FoundationEssentials
import Primitives
import RetryCore
import Settings
import Testing
import RetryTestSupport

@Suite struct CheckReportTests {
    static let config = """
        aws:
          role_arn: arn:aws:iam::111122223333:role/retryd
        poll: { interval: 30s, max_rate: 5 }
        policies:
          default:
            max_retries: 3
            max_total_retries: 4
            windows: [{ allow: "Mon-Fri 07:00-19:00", time_zone: Europe/Berlin }]
            rules:
              - name: queue full
                when: { provider: CodeBuild, matches: 'more than [1-9]\\d* builds' }
                max_retries: 10
                backoff: { kind: fixed, initial: 2m }
              - { name: tests, when: { category: Test }, retry: never }
          careful: { mode: [FAILED_ACTIONS, ALL_ACTIONS], max_retries: 2, give_up_after: 1m }
        targets:
          - name: prod
            region: eu-central-1
            external_id: secret-id
            pipelines:
              - name: web
                stages:
                  Deploy: { mode: ALL_ACTIONS, max_retries: 1 }
                  Release: never
              - { name: api }
              - { name: batch, policy: careful }
          - name: china
            region: cn-north-1
            role_arn: arn:aws-cn:iam::444455556666:role/retryd
            paused: true
            pipelines:
              - { match: "svc-*", except: ["svc-legacy"] }
        """

    private func golden(_ name: String) -> Golden {
        Golden(path: "Tests/SettingsTests/Golden/\(name)")
    }

    @Test func `the report for people`() throws {
        let text = CheckReport(try settings(CheckReportTests.config)).text
        try golden("check.txt").check(text)
    }

    @Test func `the report as JSON is one value`() throws {
        let json = CheckReport(try settings(CheckReportTests.config)).json.text
        try golden("check.json").check(json + "\n")
        let value = try JSONDecoder().decode(JSON.self, from: Data(json.utf8))
        #expect(value["valid"] == .boolean(true))
        let pipelines = value.at(["targets", "0", "pipelines"])?.array ?? []
        #expect(pipelines.map { $0["name"]?.string } == ["web", "api", "batch"])
    }

    @Test func `the errors as JSON are one value`() throws {
        guard case .failure(let errors) = load("dry_run: \"1\"\npipelines: [{ nam: \"a\\nb\" }]")
        else {
            throw Unexpected(what: "a valid file")
        }
        let value = try JSONDecoder().decode(JSON.self, from: Data(errors.json.text.utf8))
        #expect(value["valid"] == .boolean(false))
        #expect(value.at(["faults", "0", "line"]) == .number(1))
        #expect(value.at(["faults", "0", "key"]) == .string("dry_run"))
        #expect(value.at(["faults", "1", "suggestion"]) == .string("name"))
        #expect(value.at(["faults", "1", "text"]) == .string(errors.errors[1].description))
    }

    @Test(arguments: [
        (
            212, "30s", 5.0,
            "polling 212 pipelines every 30s needs 7.1 requests/s, the limit is 5; "
                + "each is polled every 42s"
        ),
        (
            150, "30s", 5,
            "polling 150 pipelines every 30s needs 5 requests/s, the limit is 5; "
                + "each is polled every 30s"
        ),
        (
            1, "1m", 0.5,
            "polling 1 pipeline every 1m needs 0.02 requests/s, the limit is 0.5; "
                + "each is polled every 1m"
        ),
        (
            6000, "10s", 10,
            "polling 6000 pipelines every 10s needs 600 requests/s, the limit is 10; "
                + "each is polled every 10m"
        ),
    ])
    func `the poll arithmetic`(count: Int, interval: String, rate: Double, text: String) throws {
        let names = (0..<count).map { "{ name: p\($0) }" }.joined(separator: ", ")
        let loaded = try settings(
            "poll: { interval: \(interval), max_rate: \(rate) }\npipelines: [\(names)]"
        )
        #expect(PollEstimate.all(of: loaded.configuration).map(\.text) == [text])
    }

    @Test func `targets of one account and Region share a rate, and a name is counted once each`()
        throws
    {
        let loaded = try settings(
            """
            aws: { region: eu-west-1, role_arn: "arn:aws:iam::111122223333:role/x" }
            targets:
              - { name: a, pipelines: [{ name: p }, { name: q }] }
              - { name: b, pipelines: [{ name: r }, { match: "s*" }] }
              - { name: c, region: eu-west-2, pipelines: [{ match: "s*" }] }
            """
        )
        let polls = PollEstimate.all(of: loaded.configuration)
        #expect(polls.map(\.group) == ["111122223333/eu-west-1", "111122223333/eu-west-2"])
        #expect(polls.map(\.demand.pipelines) == [3, 0])
        #expect(
            polls[1].text == "match s*: found at run time; 150 pipelines at 30s fit the limit of "
                + "5 requests/s"
        )
    }

    /// The ARNs of one statement of one policy.
    private func resources(_ text: String, _ statement: String) throws -> [String] {
        let policies = IAMPolicy.all(of: try settings(text)).filter { !$0.isOptional }
        let value = try JSONDecoder()
            .decode(JSON.self, from: Data((policies.last?.document.text ?? "").utf8))
        let found = value["Statement"]?.array?.first { $0["Sid"] == .string(statement) }
        return found?["Resource"]?.array?.compactMap(\.string) ?? []
    }

    @Test(arguments: [
        ("{ name: a }", ["a/*"]),
        ("{ name: a, stages: { D: never } }", ["a/*"]),
        ("{ name: a, shadow: true }", []),
        ("{ name: a, max_retries: 0 }", []),
        ("{ name: a, shadow: true, stages: { D: { shadow: false }, E: never } }", ["a/D"]),
        ("{ name: a, max_retries: 0, stages: { D: { max_retries: 1 } } }", ["a/D"]),
        ("{ name: a, paused: true }", ["a/*"]),
        ("{ match: 'x-*' }, { name: b }", ["b/*", "x-*/*"]),
    ])
    func `retries are allowed on the stages that can be retried`(
        entries: String,
        stages: [String]
    ) throws {
        let aws = "aws: { region: r-1, role_arn: \"arn:aws:iam::111122223333:role/x\" }\n"
        let prefix = "arn:aws:codepipeline:r-1:111122223333:"
        let text = aws + "pipelines: [\(entries)]"
        #expect(try resources(text, "Retry") == stages.map { prefix + $0 })
        #expect(try resources("dry_run: true\n" + text, "Retry") == [])
    }

    @Test(arguments: [
        ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("eu-west-1", "aws"),
        ("us-iso-east-1", "aws-iso"), ("us-isob-east-1", "aws-iso-b"),
        ("eusc-de-east-1", "aws-eusc"),
    ])
    func `the partition follows from the Region when no role names it`(
        region: String,
        partition: String
    ) throws {
        let text = "aws: { region: \(region) }\npipelines: [{ name: a }]"
        #expect(try resources(text, "Read") == ["arn:\(partition):codepipeline:\(region):*:a"])
    }

    @Test func `a policy too large for IAM is reported`() throws {
        let names = (0..<300).map { "{ name: pipeline-\($0) }" }.joined(separator: ", ")
        let policies = IAMPolicy.all(of: try settings("pipelines: [\(names)]"))
        #expect(
            policies.first?.notes.contains { $0.hasSuffix("so use globs") } == true
        )
    }

    @Test func `every permission of the table of operations is in what check prints`() throws {
        let role = "arn:aws:iam::111122223333:role/r"
        let text = "aws: { region: r-1, role_arn: \"\(role)\" }\npipelines: [{ match: \"*\" }]"
        let printed = IAMPolicy.all(of: try settings(text)).map(\.document.text).joined()
        let actions = AWSOperation.allCases.compactMap(\.definition.permission?.action)
        #expect(actions.count >= 26)
        for action in actions { #expect(printed.contains("\"\(action)\""), "\(action)") }
    }

    /// The identities of the optional policies, each with the ids of its statements.
    private func optional(_ text: String) throws -> [String] {
        try IAMPolicy.all(of: try settings(text)).filter(\.isOptional).map { policy in
            let value = try JSONDecoder()
                .decode(JSON.self, from: Data(policy.document.text.utf8))
            let ids = (value["Statement"]?.array ?? []).compactMap { $0["Sid"]?.string }
            return "\(policy.identity): \(ids.joined(separator: " "))"
        }
    }

    private static let causeIDs =
        "RootCauseCodeBuild RootCauseCloudWatchLogs RootCauseCloudFormation RootCauseCodeDeploy "
        + "RootCauseECS RootCauseSFN RootCauseElasticBeanstalk RootCauseServiceCatalog"

    @Test func `the reads of causes are apart, for whoever makes them`() throws {
        let role = "arn:aws:iam::111122223333:role/r"
        let reader = "arn:aws:iam::444455556666:role/causes"
        let rest = "pipelines: [{ name: a }]"
        #expect(try optional(rest) == ["the daemon's own identity: \(Self.causeIDs)"])
        #expect(try optional("root_cause: { enabled: false }\n" + rest) == [])
        let text = "aws: { role_arn: '\(role)', cause_role_arn: '\(reader)' }\n" + rest
        #expect(
            try optional(text) == ["\(reader): \(Self.causeIDs)", "\(role): RootCauseRole"]
        )
        let mixed = """
            aws: { role_arn: '\(role)' }
            targets:
              - { name: a, pipelines: [{ name: a }] }
              - { name: b, region: r-1, cause_role_arn: '\(reader)', pipelines: [{ name: a }] }
            """
        #expect(
            try optional(mixed) == [
                "\(role): \(Self.causeIDs) RootCauseRole", "\(reader): \(Self.causeIDs)",
            ]
        )
    }

    @Test(arguments: ["r-1", "cn-north-1", "us-gov-west-1"])
    func `the reads of causes are those of the table of operations, and no others`(
        region: String
    ) throws {
        let policies = IAMPolicy.all(
            of: try settings("aws: { region: \(region) }\npipelines: [{ name: a }]")
        )
        let optional = try policies.filter(\.isOptional).map { policy in
            try JSONDecoder().decode(JSON.self, from: Data(policy.document.text.utf8))
        }
        let statements = optional.flatMap { $0["Statement"]?.array ?? [] }
        let actions = statements.flatMap { $0["Action"]?.array ?? [] }.compactMap(\.string)
        // Every reader's calls are in the table: RootCauseClientTests sends each of them.
        let table = AWSOperation.allCases.compactMap(\.definition.permission)
            .filter { $0.resource == .provider }.map(\.action)
        #expect(actions.count == Set(actions).count)
        #expect(Set(actions) == Set(table))
        #expect(statements.allSatisfy { $0["Effect"]?.string == "Allow" })
    }

    @Test func `the IAM policies can be printed alone`() throws {
        let loaded = try settings(CheckReportTests.config)
        let report = CheckReport(loaded)
        #expect(report.text.hasSuffix("\n\n" + report.iamText))
        #expect(report.iamText.hasPrefix("IAM policy for "))
        let value = try JSONDecoder().decode(JSON.self, from: Data(report.iamJSON.text.utf8))
        #expect(value.array?.count == IAMPolicy.all(of: loaded).count)
    }

    @Test func `the standard config has every key of a policy`() throws {
        let text = String(decoding: try SampleConfigs.standard.bytes(), as: UTF8.self)
        for key in SettingsKeys.policy { #expect(text.contains("\(key):"), "\(key)") }
    }

    @Test(arguments: SampleConfigs.all)
    func `the configs that the package ships are valid and without a warning`(
        sample: SampleConfigs
    ) throws {
        let environment = SettingsEnvironment(zones: zones, now: environment.now)
        let loaded = try SettingsFile.read(path: sample.path, environment: environment).get()
        #expect(loaded.warnings == [])
        #expect(!CheckReport(loaded).text.isEmpty)
    }

    @Test func `the commented examples of the standard config are valid too`() throws {
        let text = String(decoding: try SampleConfigs.standard.bytes(), as: UTF8.self)
        // A key that is commented out: two signs of indentation, a number sign, one blank.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let indent = line.prefix { $0 == " " }
            let rest = line.dropFirst(indent.count)
            let isKey = rest.hasPrefix("# ") && rest.dropFirst(2).prefix { $0 != " " }.isKey
            let isItem =
                rest.hasPrefix("# - ") || rest.hasPrefix("#   - ") || rest.hasPrefix("#   ")
            guard !indent.isEmpty, isKey || isItem else { return String(line) }
            return String(indent + rest.dropFirst(2))
        }
        #expect(lines.count { $0.contains("use_fips_endpoint") } == 1)
        let found = load(lines.joined(separator: "\n"))
        #expect(throws: Never.self) { try found.get() }
    }
}

extension Substring {
    /// Whether it is a key such as `role_arn:`.
    fileprivate var isKey: Bool {
        last == ":" && dropLast().allSatisfy { $0.isLowercase || $0 == "_" }
    }
}
