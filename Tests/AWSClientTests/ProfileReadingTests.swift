import AWSClient
import AWSProbeKit
import Primitives
import Testing

/// Shared files as people have them: lines that botocore reads are read, and lines that neither
/// reads affect only their own profile.
@Suite struct ProfileReadingTests {
    /// A pair of files with the value of key `k` of profile `p`.
    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var config = ""
        var credentials = ""
        var profile = "p"
        let value: String?
    }

    static let rows = [
        Row(testDescription: "a byte order mark", config: "\u{FEFF}[profile p]\nk=v", value: "v"),
        Row(testDescription: "CR alone ends a line", config: "[profile p]\rk=v\rj=w", value: "v"),
        Row(
            testDescription: "a remark behind a heading",
            credentials: "[p] /* x */\nk=v",
            value: "v"
        ),
        Row(testDescription: "no blank behind a heading", config: "[profile p]x\nk=v", value: "v"),
        Row(
            testDescription: "a quoted name",
            config: "[profile \"my prof\"]\nk=v",
            profile: "my prof",
            value: "v"
        ),
        Row(
            testDescription: "a name in single quotes",
            config: "[profile 'my prof']\nk=v",
            profile: "my prof",
            value: "v"
        ),
        Row(
            testDescription: "a quoted plain name",
            config: "[profile \"p\"]\nk=v",
            value: "v"
        ),
        Row(
            testDescription: "an escaped blank",
            config: "[profile my\\ prof]\nk=v",
            profile: "my prof",
            value: "v"
        ),
        Row(
            testDescription: "a name with a blank in the credentials file",
            credentials: "[my prof]\nk=v",
            profile: "my prof",
            value: "v"
        ),
        Row(
            testDescription: "both files of a name with a blank are one profile",
            config: "[profile 'my prof']\nk=v",
            credentials: "[my prof]\nj=w",
            profile: "my prof",
            value: "v"
        ),
        Row(
            testDescription: "a bracket in a quoted name",
            config: "[profile \"a]b\"]\nk=v",
            profile: "a]b",
            value: "v"
        ),
        Row(
            testDescription: "a name of other letters",
            config: "[profile é]\nk=v",
            profile: "é",
            value: "v"
        ),
        Row(testDescription: "a colon for =", config: "[profile p]\nk: v", value: "v"),
        Row(testDescription: "a colon before an =", config: "[profile p]\nk: a=b", value: "a=b"),
        Row(testDescription: "a colon in a value", config: "[profile p]\nk = a:b", value: "a:b"),
        Row(
            testDescription: "an indented section",
            config: "[profile p]\n  k=v\n  j=w",
            value: "v"
        ),
        Row(testDescription: "an indented heading", config: "  [profile p]\n  k=v", value: "v"),
        Row(
            testDescription: "an indented comment is none of the value",
            config: "[profile p]\nk=v\n  # c\nj=w",
            value: "v"
        ),
        Row(
            testDescription: "a blank that is no ASCII",
            config: "[profile p]\nk\u{A0}=\u{A0}v",
            value: "v"
        ),
        Row(
            testDescription: "a form feed around",
            config: "[profile p]\n\u{0C}k=v\u{0C}",
            value: "v"
        ),
        Row(
            testDescription: "DEFAULT is in every section",
            config: "[DEFAULT]\nk=v\n[profile p]\nj=w",
            value: "v"
        ),
        Row(
            testDescription: "its own value goes before DEFAULT's",
            config: "[DEFAULT]\nk=v\n[profile p]\nk=w",
            value: "w"
        ),
        Row(
            testDescription: "a combining letter behind the sign",
            config: "[profile p]\nk=\u{301}v",
            value: "\u{301}v"
        ),
        Row(
            testDescription: "a comment sign in a quoted command",
            config: "[profile p]\ncredential_process = sh -c 'a ; b' # c\nk=v",
            value: "v"
        ),
        Row(
            testDescription: "a quote that nothing closes",
            config: "[profile o'brien]\nk=v",
            profile: "o'brien",
            value: nil
        ),
        Row(
            testDescription: "three words",
            config: "[profile my prof]\nk=v",
            profile: "my prof",
            value: nil
        ),
    ]

    @Test(arguments: rows)
    func `a profile is read as botocore does`(row: Row) {
        let set = ProfileSet.reading(
            config: Array(row.config.utf8),
            credentials: Array(row.credentials.utf8)
        )
        let profile = set.profile(named: row.profile)
        #expect(profile?["k"] == row.value)
        #expect(profile?.error == nil)
        #expect(set.stray.isEmpty)
    }

    /// A file with an unreadable line, and where that is reported.
    static let errors: [(text: String, place: String, problem: String)] = [
        ("[p]\nk=v\njust a line\n[q]\nk=v", "c:3", "'=' sign"),
        ("[p\nk=v\n[q]\nk=v", "c:1", "end with ']'"),
        ("[p]\n= v\n[q]\nk=v", "c:2", "did not have a name"),
        ("[p]\ns3 =\n  key\n[q]\nk=v", "c:3", "sub-property"),
        ("[p]\naws_access_key_id=a\n aws_secret_access_key=b\n[q]\nk=v", "c:3", "indented"),
        ("[q]\nk=v\n[p]\nregion = a\n  b", "c:5", "indented"),
        ("[p]\nregion = a\n  # c\n  b\n[q]\nk=v", "c:4", "indented"),
    ]

    @Test(arguments: errors)
    func `a line that cannot be read is an error of its profile alone`(
        text: String,
        place: String,
        problem: String
    ) {
        let set = ProfileSet.reading(
            config: [],
            credentials: Array(text.utf8),
            credentialsName: "c"
        )
        let error = set.profile(named: "p")?.error
        #expect(error?.description.hasPrefix(place + ": ") == true, "\(error?.description ?? "")")
        #expect(error?.problem.contains(problem) == true)
        #expect(set.profile(named: "q")?["k"] == "v")
        #expect(set.profile(named: "q")?.error == nil)
    }

    @Test func `bytes that are not UTF-8 are an error of their profile, but not in a comment`() {
        let text =
            Array("[p]\nk = ".utf8) + [0xE9] + Array("\n[q]\n# caf".utf8) + [0xE9]
            + Array("\nk=v".utf8)
        let set = ProfileSet.reading(config: [], credentials: text, credentialsName: "c")
        #expect(set.profile(named: "p")?.error?.description.hasPrefix("c:2: ") == true)
        #expect(set.profile(named: "q")?.error == nil)
        #expect(set.profile(named: "q")?["k"] == "v")
    }

    @Test func `a UTF-16 file is recognised`() throws {
        let bytes: [UInt8] = [0xFF, 0xFE, 0x5B, 0x00, 0x70, 0x00, 0x5D, 0x00]
        let set = ProfileSet.reading(config: [], credentials: bytes, credentialsName: "c")
        #expect(
            set.stray.map(\.description) == [
                "c: the file has zero bytes, as UTF-16 does; save it as UTF-8"
            ]
        )
        #expect(set.profiles.isEmpty)
    }

    @Test(
        arguments: [
            ("p", [:], nil),
            ("q", [:], "/home/.aws/credentials:4"),
            // It was not chosen and does not exist: the stray line may be it.
            (nil, [:], "/home/.aws/credentials:1"),
            ("gone", [:], "/home/.aws/credentials:1"),
        ] as [(String?, [String: String], String?)]
    )
    func `only users of a broken profile are refused`(
        chosen: String?,
        variables: [String: String],
        place: String?
    ) {
        let text = "stray\n[p]\nk=v\n[q\nk=v"
        let environment = world(variables, files: ["/home/.aws/credentials": text]).environment
        do throws(CredentialsError) {
            let loaded = try LoadedProfiles.load(environment: environment, chosen: chosen)
            #expect(place == nil)
            #expect(loaded.profile?["k"] == "v")
        } catch {
            #expect(error.reason.hasPrefix((place ?? "-") + ": "), "\(error)")
        }
    }

    @Test func `a broken source profile is named with its line`() {
        let set = ProfileSet.reading(
            config: Array("[profile a]\nrole_arn=r\nsource_profile=b\n[profile b]\nnonsense".utf8),
            credentials: [],
            configName: "c"
        )
        let loaded = LoadedProfiles(sections: set, selected: "a", isChosen: true)
        #expect(
            throws: ProfilePlanError.broken(
                "profile \"b\": c:5: Expected an '=' sign defining a property"
            )
        ) { try ProfilePlan(loaded) }
    }

    @Test func `a prefix in the credentials file is explained when the profile is missing`() {
        let set = ProfileSet.reading(config: [], credentials: Array("[profile a]\nk=v".utf8))
        let loaded = LoadedProfiles(sections: set, selected: "a", isChosen: true)
        let error = #expect(throws: ProfilePlanError.self) { try ProfilePlan(loaded) }
        #expect(error?.reason.contains("where that file wants [a]") == true)
    }

    @Test(arguments: [
        ("$X/c", "/x/c"), ("${X}/c", "/x/c"), ("$GONE/c", "$GONE/c"), ("${X/c", "${X/c"),
        ("a$", "a$"), ("~/$X", "/home//x"),
    ])
    func `variables in the path of a file are replaced`(written: String, path: String) {
        let environment = world(["AWS_CONFIG_FILE": written, "X": "/x"]).environment
        #expect(ProfileFileLocations(environment: environment).config.path == path)
    }

    @Test(arguments: [
        ("2026-11-23T01:02:03Z", true), ("2026-11-23T06:32:03+0530", true),
        ("2026-11-23 01:02:03Z", true), ("2026-11-23 01:02:03 UTC", true),
        ("2026-11-23T01:02:03.123456+00:00", true), ("2026-11-23T01:02:03+00", true),
        ("2026-11-22T20:02:03-0500", true), ("Mon, 23 Nov 2026 01:02:03 GMT", true),
        (" 2026-11-23T01:02:03Z\n", true),
        ("2026-11-23T01:02:03", false), ("2026-11-23 01:02:03", false), ("1795395723", false),
        ("2026-11-23T01:02:03 CET", false), ("2026-11-23T01:02:03+5", false), ("", false),
    ])
    func `an expiration is read as botocore does, and never as local time`(
        text: String,
        isTime: Bool
    ) async {
        let json =
            #"{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","SessionToken":"t","#
            + #""Expiration":"\#(text.replacing("\n", with: "\\n"))"}"#
        let config = "[default]\ncredential_process = printf %s '\(json)'"
        let result = await resolve(world(files: ["/home/.aws/config": config]))
        guard case .success(let found) = result else {
            #expect(!isTime)
            #expect(result.reason?.contains("Expiration") == true, "\(result)")
            return
        }
        // An empty text is no field at all.
        guard !text.isEmpty else { return }
        #expect(isTime)
        let seconds = (found.credentials.expiration?.milliseconds ?? 0) / 1000
        #expect(seconds == 1_795_395_723)
    }

    @Test func `a portal without account and role does not hide static credentials`() throws {
        let keys = "aws_access_key_id=k\naws_secret_access_key=s"
        let set = ProfileSet.reading(
            config: Array("[default]\nsso_session=x\n\(keys)\n[sso-session x]\nsso_region=r".utf8),
            credentials: []
        )
        let plan = try ProfilePlan(
            LoadedProfiles(sections: set, selected: "default", isChosen: false)
        )
        guard case .keys(let found) = plan.base else {
            Issue.record("\(plan)")
            return
        }
        #expect(found.accessKeyID == "k")
    }
}
