import RetryCore
import Settings
import Testing

/// Common mistakes in YAML, and the hints for them.
@Suite struct SlipTests {
    /// A line in an otherwise valid file, and its only error.
    @Test(arguments: [
        ("  - match: *", "c.yaml:2:12: file: \"*\" begins a YAML alias", "quotes around a glob"),
        (
            "  - match: *.prod", "c.yaml:2:12: file: \"*\" begins a YAML alias",
            "quotes around a glob"
        ),
        ("  - match: *-prod", "c.yaml:2:12: ", "quotes around a glob: \"*-prod\""),
        ("  - { match: [*] }", "c.yaml:2:15: file: \"*\" begins a YAML alias", "quotes"),
        (
            "  - match: @team", "begins with \"@\", which is reserved in YAML",
            "quotes around the value"
        ),
        (
            "  - match: `team`", "begins with \"`\", which is reserved in YAML",
            "quotes around the value"
        ),
        (
            "  - match: %team", "begins with \"%\", which is reserved in YAML",
            "quotes around the value"
        ),
        ("  - name: a: b", "c.yaml:2:12: file: a colon and a space", "quotes around a text with"),
        ("\t- name: a", "c.yaml:2:1: file: a tab", "spaces for the indentation"),
        ("  - name: a\n\tpolicy: b", "c.yaml:3:1: file: a tab", "spaces for the indentation"),
        ("  - name: a\n   policy: b", "c.yaml:3:4: file: ", "column"),
        ("  - name: a\n policy: b", "c.yaml:3:2: file: ", "line 1, column 1"),
        ("  - name: \"\\d\"", "a backslash in double quotes", "single quotes"),
        (
            "  - name: \"a\n  - name: b", "c.yaml:2:11: file: a quote is not closed",
            "the same quote"
        ),
        ("  - name: 'a", "c.yaml:2:11: file: a quote is not closed", "the same quote"),
        ("  - { name: a", "the bracket of line 2, column 5 is not closed", "closing bracket"),
        ("  - { name: a ]", "the bracket of line 2, column 5 is not closed", "closing bracket"),
        (
            "  - { name: a: b }", "c.yaml:2:14: file: a colon and a space begin a value",
            "quotes around a text with \": \""
        ),
        (
            "  // all of them\n  - { name: a }",
            "c.yaml:2:3: file: \"//\" does not begin a comment",
            "a comment that begins with #"
        ),
        (
            "  - { name: a } // the shop", "file: \"//\" does not begin a comment",
            "a comment that begins with #"
        ),
        ("  - name: !prod", "has a tag", "quotes around text with !"),
        ("  - name: &", "\"&\" begins a YAML anchor", "quotes"),
        ("  - { name: ${NAME} }", "\"${NAME}\": variables are not replaced", "the value itself"),
        ("  - { name: {{ name }} }", "is {{ }}, which YAML reads as a mapping", "name"),
        ("  - name: ${NAME}", "is \"${NAME}\" (variables are not replaced)", "name"),
        ("  - name: $NAME", "is \"$NAME\" (variables are not replaced)", "name"),
        ("  - name: $(NAME)", "is \"$(NAME)\" (variables are not replaced)", "name"),
        ("  - name: \"{{ name }}\"", "is \"{{ name }}\" (variables are not replaced)", "name"),
        ("  - name: \u{201C}web\u{201D}", "(typographic quotes are part of the text)", "name"),
        ("  - name:web", "is name:web, without a space after the colon", "a mapping"),
        ("  - {name:web}", "has no space after the colon", "\"name: web\""),
        (
            "  - name: arn:aws:codepipeline:eu-west-1:111122223333:web",
            "is \"arn:aws:codepipeline:eu-west-1:111122223333:web\"", "did you mean \"web\"?"
        ),
        ("  - name: we\u{a0}b", "is \"we\\u{a0}b\"", "1 to 100 of A-Z"),
    ])
    func `a mistake is reported with position and correction`(_ row: (String, String, String)) {
        let found = errors("pipelines:\n\(row.0)\n")
        #expect(found.contains { $0.contains(row.1) && $0.contains(row.2) }, "\(found)")
        #expect(found.allSatisfy { $0.hasPrefix("c.yaml:") })
    }

    @Test(arguments: [
        "\u{FEFF}aws: { region: eu-west-1 }\npipelines: [{ name: web }]",
        "\u{FEFF}---\naws: { region: eu-west-1 }\npipelines:\n  - name: web",
        "\u{FEFF}{\"pipelines\": [{\"name\": \"web\"}]}",
    ])
    func `a byte order mark is accepted`(_ text: String) throws {
        #expect(try settings(text).configuration.targets.count == 1)
        // Positions are those that an editor shows.
        #expect(errors("\u{FEFF}nonsense: 1").first?.hasPrefix("c.yaml:1:1: ") == true)
    }

    @Test func `a comment of another syntax is named in JSON too`() {
        let found = errors(
            "{\n  // live\n  \"dry_run\": false, \"pipelines\": [{\"name\": \"a\"}]\n}"
        )
        #expect(
            found == [
                "c.yaml:2:3: file: \"//\" does not begin a comment; "
                    + "expected a comment that begins with #, in JSON too"
            ]
        )
    }

    @Test(arguments: ["Mon-Fri 9-17", "9-17", "Mon 9"])
    func `an hour without its minutes is not a day`(_ window: String) {
        let found = errors(
            "policies: { default: { windows: [{ allow: \(window) }] } }\npipelines: [{ name: a }]"
        )
        #expect(found.count == 1)
        #expect(found.first?.contains("expected hours with their minutes, such as 09:00") == true)
    }

    @Test func `UTF-16 and gzip are recognised`() {
        let text = "pipelines: [{ name: web }]"
        let wide = Array(text.utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        for (bytes, what) in [
            ([0xFF, 0xFE] + wide, "is UTF-16"), (wide, "is UTF-16"), ([0x1F, 0x8B, 8], "gzip"),
        ] {
            let result = SettingsFile.load(bytes, path: "c.yaml", environment: environment)
            guard case .failure(let errors) = result else {
                Issue.record("it is taken")
                continue
            }
            #expect(errors.errors.count == 1)
            #expect(errors.errors.first?.description.contains(what) == true)
            #expect(errors.errors.first?.description.contains("UTF-8") == true)
        }
    }

    /// Values that are valid but cannot work.
    @Test(arguments: [
        ("region: eu-west-1a", "is eu-west-1a, an availability zone, not a Region", "eu-west-1"),
        ("region: us-east-1f", "an availability zone", "us-east-1"),
        ("region: us-west-2-lax-1a", "an availability zone", "us-west-2"),
        ("region: us-gov-west-1b", "an availability zone", "us-gov-west-1"),
        ("region: eu-west1", "which does not look like a Region", "eu-west-1"),
        ("region: euwest1", "which does not look like a Region", "eu-west-1"),
        ("region: eu-wset-1", "which does not look like a Region", "eu-west-1"),
        ("region: ireland", "which does not look like a Region", ""),
        ("region: aws-global", "which does not look like a Region", ""),
        ("region: eu-north-9", "a Region that this version does not know", "eu-north-1"),
        (
            "region: cn-north-1, role_arn: 'arn:aws:iam::111122223333:role/r'",
            "is of the partition aws, but the Region cn-north-1 is of aws-cn", ""
        ),
        (
            "region: eu-west-1, role_arn: 'arn:aws-us-gov:iam::111122223333:role/r'",
            "is of the partition aws-us-gov, but the Region eu-west-1 is of aws", ""
        ),
        (
            "region: cn-north-1, role_arn: 'arn:aws-ch:iam::111122223333:role/r'",
            "is in partition aws-ch, which this version does not know", "aws-cn"
        ),
        ("region: eu-west-1, profile: '${AWS_PROFILE}'", "variables are not replaced", ""),
    ])
    func `a connection that cannot work gets a warning`(_ row: (String, String, String)) {
        let found = warnings("aws: { \(row.0) }\npipelines: [{ name: a }]")
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.contains(row.1) == true, "\(found)")
        if !row.2.isEmpty {
            #expect(found.first?.contains("did you mean \"\(row.2)\"?") == true, "\(found)")
        }
    }

    @Test(arguments: [
        "eu-west-1", "us-gov-west-1", "cn-northwest-1", "us-iso-east-1", "eusc-de-east-1",
        "ap-southeast-7", "mx-central-1",
    ])
    func `an existing Region does not`(_ region: String) {
        #expect(warnings("aws: { region: \(region) }\npipelines: [{ name: a }]").isEmpty)
    }

    /// Conditions of a rule, and their only warning; nil: none.
    @Test(
        arguments: [
            ("code: ThrottlingException", "is not known to show as a code"),
            ("code: jobfailed", "did you mean \"JobFailed\"?"),
            ("code: [JobFailed, ConfigurationError, PermissionError]", nil),
            ("code: SystemUnavailable", nil), ("category: Buidl", "did you mean \"Build\"?"),
            ("category: build", "did you mean \"Build\"?"), ("category: Docker", "no action has"),
            ("category: Compute", nil), ("provider: codebuild", "did you mean \"CodeBuild\"?"),
            ("provider: AWS CodeBuild", "did you mean \"CodeBuild\"?"),
            ("provider: Cloud-Formation", "did you mean \"CloudFormation\"?"),
            ("provider: OurOwnDeployer", nil),
            ("category: Deploy, provider: CodeBuild", "never occurs with the category Deploy"),
            ("category: [Test, Build], provider: CodeBuild", nil),
            ("category: Deploy, provider: S3", nil),
            ("category: Deploy, provider: OurOwn", nil),
            ("contains: \"time-out\\n\"", "ends with a line break"),
            ("contains: \"one\\ntwo\"", "contains a line break or tab"),
            ("contains: '*timeout*'", "has a wildcard, which is taken literally"),
            ("contains: 'make: *** [all] Error'", nil), ("contains: 'x509: '", nil),
            ("matches: \"time-out\\n\"", "ends with a line break"),
            ("matches: '/timeout/i'", "has slashes around it"),
            ("matches: 'a/b/c'", nil), ("matches: 'end$ more'", "never matches: ^ is"),
            ("matches: 'more ^start'", "never matches: ^ is"),
            ("matches: '^a|b$'", nil), ("matches: '(^|x)a($|y)'", nil),
            ("matches: 'costs \\$5 or \\^a'", nil), ("matches: '[^a]b[$c]'", nil),
            ("matches: '.*'", "matches every message"), ("matches: 'a*'", "matches every message"),
            ("matches: '^$'", nil), ("matches: '.+'", nil),
            ("stage: 'Deploy.*'", "in which a dot is literal"), ("stage: 'D*'", nil),
            ("action: 'x.*'", "did you mean \"x*\"?"), ("action: '*.Deploy'", nil),
        ] as [(String, String?)]
    )
    func `a condition that nothing meets gets a warning`(_ row: (String, String?)) {
        let found = warnings(
            "policies: { default: { rules: [{ name: a, when: { \(row.0) } }] } }\n"
                + "pipelines: [{ name: a }]"
        )
        guard let expected = row.1 else {
            #expect(found.isEmpty, "\(found)")
            return
        }
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.contains(expected) == true, "\(found)")
        #expect(found.first?.contains("policies.default.rules[0].when.") == true, "\(found)")
    }

    private static func two(_ first: String, _ second: String) -> [String] {
        errors(
            """
            targets:
              - { name: a, \(first) }
              - { name: b, \(second) }
            """
        )
    }

    private static let role = "role_arn: 'arn:aws:iam::111122223333:role/"

    /// The second target's settings, and whether both targets are certainly the same.
    @Test(arguments: [
        ("region: eu-west-1, \(role)x', pipelines: [{ name: web }]", true),
        ("region: eu-west-1, \(role)y', pipelines: [{ match: 'w*' }]", true),
        ("region: eu-west-1, \(role)x', pipelines: [{ match: '*', except: web }]", false),
        ("region: eu-west-1, \(role)x', pipelines: [{ name: api }]", false),
        ("region: eu-west-2, \(role)x', pipelines: [{ name: web }]", false),
        ("region: eu-west-1, pipelines: [{ name: web }]", false),
        (
            "region: eu-west-1, role_arn: 'arn:aws:iam::444455556666:role/x', "
                + "pipelines: [{ name: web }]", false
        ),
        (
            "region: eu-west-1, endpoint_url: 'https://localhost:1', \(role)x', "
                + "pipelines: [{ name: web }]", false
        ),
    ])
    func `one pipeline of one account and Region in two targets is refused`(
        _ row: (String, Bool)
    ) {
        let found = SlipTests.two(
            "region: eu-west-1, \(SlipTests.role)x', pipelines: [{ name: web }]",
            row.0
        )
        #expect(found.isEmpty == !row.1, "\(found)")
        guard row.1 else { return }
        #expect(found.count == 1)
        #expect(
            found.first?.hasPrefix("c.yaml:3:13: targets[1].name: \"b\" has the same") == true
        )
        #expect(found.first?.contains("as \"a\" on line 2") == true)
    }

    @Test func `the same credentials are one account, and others may be another`() {
        let plain = "region: eu-west-1, pipelines: [{ name: web }]"
        #expect(SlipTests.two(plain, plain).count == 1)
        #expect(SlipTests.two("profile: p, \(plain)", "profile: p, \(plain)").count == 1)
        #expect(SlipTests.two("profile: p, \(plain)", "profile: q, \(plain)").isEmpty)
        #expect(SlipTests.two("profile: p, \(plain)", plain).isEmpty)
        let bare = "pipelines: [{ name: web }]"
        #expect(SlipTests.two(bare, bare).isEmpty)
        let globs = "region: eu-west-1, pipelines: [{ match: 'a*' }]"
        #expect(SlipTests.two(globs, "region: eu-west-1, pipelines: [{ match: '*b' }]").count == 1)
        #expect(SlipTests.two(globs, "region: eu-west-1, pipelines: [{ match: 'b*' }]").isEmpty)
    }
}
