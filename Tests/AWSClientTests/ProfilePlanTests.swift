import AWSClient
import Testing

@Suite struct ProfilePlanTests {
    private func plan(_ config: String, _ selected: String = "a") throws -> ProfilePlan {
        let sections = try ProfileSet(config: config, credentials: "")
        return try ProfilePlan(
            LoadedProfiles(sections: sections, selected: selected, isChosen: true)
        )
    }

    @Test func `roles are assumed from the base outwards`() throws {
        let plan = try plan(
            """
            [profile a]
            role_arn = arn:a
            source_profile = b
            external_id = x
            duration_seconds = 900
            [profile b]
            role_arn = arn:b
            credential_source = EcsContainer
            duration_seconds = soon
            """
        )
        #expect(plan.base == .named("EcsContainer"))
        #expect(plan.baseProfile == "b")
        #expect(plan.roles.map(\.roleARN) == ["arn:b", "arn:a"])
        #expect(plan.roles.map(\.duration) == [nil, .seconds(900)])
        #expect(plan.roles.last?.externalID == "x")
    }

    @Test func `a profile that names itself uses its own credentials`() throws {
        let plan = try plan(
            """
            [profile a]
            role_arn = arn:a
            source_profile = a
            aws_access_key_id = k
            aws_secret_access_key = s
            """
        )
        #expect(plan.roles.map(\.profile) == ["a"])
        guard case .keys(let keys) = plan.base else {
            Issue.record("no keys")
            return
        }
        #expect(keys.accessKeyID == "k")
    }

    @Test func `a process command is a base and is not shown`() throws {
        let plan = try plan("[profile a]\ncredential_process = helper --password hush")
        #expect(!"\(plan)".contains("hush"))
        guard case .process(let command, _) = plan.base else {
            Issue.record("no process")
            return
        }
        #expect(command.exposed == "helper --password hush")
    }

    @Test(arguments: [
        ("role_arn=r", "neither source_profile nor credential_source"),
        ("role_arn=r\nsource_profile=b\ncredential_source=Environment", "both"),
        ("role_arn=r\nsource_profile=gone", "\"gone\""),
        ("role_arn=r\nsource_profile=c", "a -> c -> a"),
        ("role_arn=r\nsource_profile=empty", "contains no credentials"),
        ("role_arn=r\nsource_profile=a", "contains no credentials"),
        ("aws_access_key_id=k", "lacks aws_secret_access_key"),
        ("aws_secret_access_key=s", "lacks aws_access_key_id"),
        ("web_identity_token_file=t", "lacks role_arn"),
        ("sso_account_id=1\nsso_region=r\nsso_start_url=u", "lacks sso_role_name"),
        ("sso_session=gone", "not there"),
        ("sso_session=s\nsso_start_url=u", "belongs in its section"),
    ])
    func `an impossible profile is an error with its cause`(lines: String, reason: String) {
        let config =
            "[profile a]\n\(lines)\n[profile b]\naws_access_key_id=k\naws_secret_access_key=s\n"
            + "[profile c]\nrole_arn=r\nsource_profile=a\n[profile empty]\nregion=r\n"
            + "[sso-session s]\nsso_region=r\nsso_start_url=u"
        let error = #expect(throws: ProfilePlanError.self) { try plan(config) }
        #expect(error?.reason.contains(reason) == true)
        guard case .broken? = error else {
            Issue.record("it must stop the chain")
            return
        }
    }

    @Test func `a profile without credential settings lets the chain continue`() {
        #expect(throws: ProfilePlanError.notConfigured("profile \"a\" contains no credentials")) {
            try plan("[profile a]\nregion = eu-west-1")
        }
    }

    @Test func `a missing chosen profile stops the chain, a missing default one does not`() {
        let none = ProfileSet()
        #expect(throws: ProfilePlanError.broken("profile \"x\" is not in the shared files")) {
            try ProfilePlan(LoadedProfiles(sections: none, selected: "x", isChosen: true))
        }
        #expect(
            throws: ProfilePlanError.notConfigured("no profile \"default\" in the shared files")
        ) {
            try ProfilePlan(LoadedProfiles(sections: none, selected: "default", isChosen: false))
        }
    }

    @Test func `half a pair of keys in a source profile does not hide its role`() throws {
        let plan = try plan(
            """
            [profile a]
            role_arn = arn:a
            source_profile = b
            [profile b]
            aws_secret_access_key = s
            role_arn = arn:b
            credential_source = Environment
            """
        )
        #expect(plan.base == .named("Environment"))
        #expect(plan.roles.map(\.roleARN) == ["arn:b", "arn:a"])
    }

    @Test(arguments: [
        "aws_session_token = t", "aws_access_key_id = k", "aws_secret_access_key = s",
    ])
    func `a partial pair of keys is an error, not an absent source`(line: String) throws {
        for profiles in [
            "[profile a]\n\(line)",
            "[profile a]\nrole_arn = r\nsource_profile = b\n[profile b]\n\(line)",
        ] {
            let error = #expect(throws: ProfilePlanError.self) { try plan(profiles) }
            guard case .broken? = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }
}
