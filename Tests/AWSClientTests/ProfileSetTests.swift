import AWSClient
import Testing

@Suite struct ProfileSetTests {
    /// A text and the value of key `k` of profile `p`.
    struct ValueRow: CustomTestStringConvertible, Sendable {
        let name: String
        let config: String
        var credentials = ""
        let expected: String?

        var testDescription: String { name }
    }

    static let values = [
        ValueRow(name: "plain", config: "[profile p]\nk=v", expected: "v"),
        ValueRow(name: "tabs around", config: "[profile p]\nk\t=\t v\t", expected: "v"),
        ValueRow(name: "later key wins", config: "[profile p]\nk=1\nk=2", expected: "2"),
        ValueRow(
            name: "a second section adds",
            config: "[profile p]\nj=1\n[profile p]\nk=2",
            expected: "2"
        ),
        ValueRow(name: "names ignore case", config: "[profile p]\nK=v", expected: "v"),
        ValueRow(name: "profiles mind case", config: "[profile P]\nk=v", expected: nil),
        ValueRow(
            name: "credentials win",
            config: "[profile p]\nk=1",
            credentials: "[p]\nk=2",
            expected: "2"
        ),
        ValueRow(
            name: "config fills gaps",
            config: "[profile p]\nk=1",
            credentials: "[p]\nj=2",
            expected: "1"
        ),
        ValueRow(name: "a bare name is no profile", config: "[p]\nk=v", expected: nil),
        ValueRow(
            name: "a prefix is no credentials profile",
            config: "",
            credentials: "[profile p]\nk=v",
            expected: nil
        ),
        ValueRow(name: "a comment after white space", config: "[profile p]\nk=v #c", expected: "v"),
        ValueRow(name: "no comment without", config: "[profile p]\nk=v#c", expected: "v#c"),
        ValueRow(name: "a value may hold =", config: "[profile p]\nk=a=b", expected: "a=b"),
        ValueRow(
            name: "a continued line keeps its comment",
            config: "[profile p]\nk=a\n  b ; c",
            expected: "a\nb ; c"
        ),
        ValueRow(
            name: "a blank line does not end it",
            config: "[profile p]\nk=a\n\n  b",
            expected: "a\nb"
        ),
        ValueRow(
            name: "a comment line does not end it",
            config: "[profile p]\nk=a\n# c\n  b",
            expected: "a\nb"
        ),
        ValueRow(name: "carriage returns", config: "[profile p]\r\nk=v\r\n", expected: "v"),
        ValueRow(name: "a comment after the bracket", config: "[profile p]#c\nk=v", expected: "v"),
        ValueRow(name: "blanks in the bracket", config: "[ profile  p ]\nk=v", expected: "v"),
        ValueRow(
            name: "punctuation in names",
            config: "[profile p]\na/b.c%d@e:f+g=1\nk=v",
            expected: "v"
        ),
    ]

    @Test(arguments: values)
    func `a value is read by the rules`(row: ValueRow) throws {
        let set = try ProfileSet(config: row.config, credentials: row.credentials)
        #expect(set.profiles["p"]?["k"] == row.expected)
    }

    @Test(arguments: [
        ("[profile p", 1, "end with ']'"),
        ("[profile p] x", 1, "end with ']'"),
        ("k=v", 1, "Expected a profile definition"),
        (" k=v", 1, "Expected a profile definition"),
        ("[profile p]\nk", 2, "Expected an '=' sign"),
        ("[profile p]\n= v", 2, "did not have a name"),
        ("[profile p]\n  k=v", 2, "found continuation"),
        ("[profile p]\ns3 =\n  key", 3, "sub-property"),
        ("[profile p]\ns3 =\n  = v", 3, "did not have a name in sub-property"),
        ("[in valid]\nk", 2, "Expected an '=' sign"),
    ])
    func `a syntax error names its line`(text: String, line: Int, problem: String) {
        let error = #expect(throws: ProfileFileError.self) {
            try ProfileSet(config: text, credentials: "", configName: "/c")
        }
        #expect(error?.line == line)
        #expect(error?.description.hasPrefix("/c:\(line): ") == true)
        #expect(error?.problem.contains(problem) == true)
    }

    @Test(arguments: [
        "[default]\nk=1\n[profile default]\nj=2",
        "[profile default]\nj=2\n[default]\nk=1",
    ])
    func `a prefixed default overrides the bare one of the same file`(text: String) throws {
        let set = try ProfileSet(config: text, credentials: "[default]\nc=3")
        #expect(set.profiles["default"]?["k"] == nil)
        #expect(set.profiles["default"]?["j"] == "2")
        #expect(set.profiles["default"]?["c"] == "3")
        #expect(set.warnings.count == 1)
    }

    @Test func `ignored parts are reported with their position`() throws {
        let set = try ProfileSet(
            config: "[profle p]\n[profile q]\nin valid=1",
            credentials: "[a b]",
            configName: "c",
            credentialsName: "d"
        )
        #expect(set.warnings.map { "\($0.file):\($0.line)" } == ["c:1", "c:3", "d:1"])
        #expect(Set(set.profiles.keys) == ["q"])
    }

    @Test func `sections of services and sessions are separate from profiles`() throws {
        let set = try ProfileSet(
            config: """
                [services x]
                sts =
                  # by the way
                  Endpoint_URL = http://a
                  endpoint_url=http://b
                [sso-session s]
                sso_region = r
                """,
            credentials: ""
        )
        #expect(set.profiles.isEmpty)
        #expect(set.services["x"]?.subproperty("endpoint_url", of: "sts") == "http://b")
        #expect(set.services["x"]?.subproperty("endpoint", of: "sts") == nil)
        #expect(set.ssoSessions["s"]?["sso_region"] == "r")
    }

    @Test func `a property does not show its value`() throws {
        let set = try ProfileSet(config: "", credentials: "[p]\naws_secret_access_key=hush")
        var dumped = ""
        dump(set, to: &dumped)
        #expect(!dumped.contains("hush"))
        #expect(!"\(set)".contains("hush"))
        #expect(!String(reflecting: set).contains("hush"))
    }
}
