import AWSClient

/// The published cases that are rows of a table: one JSON object in, one out.
package enum CredentialTable: String, Sendable, CaseIterable {
    /// Texts of the two shared files -> their profiles.
    case profiles
    /// Profiles -> the base and the roles that they lead to.
    case assumeRole = "assume-role"
    /// The bytes of the two shared files and a profile's name -> the daemon's reading of it.
    case sharedFiles = "shared-files"
    /// Variables -> the container endpoint.
    case containerEndpoint = "ecs"
    /// Variables and a config file -> the URL of IMDS's session tokens.
    case metadataEndpoint = "imds-endpoint"

    /// Computes one row; an impossible one is `{"error": ...}`.
    package func result(of row: JSONValue) async -> JSONValue {
        switch self {
        case .profiles: profiles(row["input"] ?? row)
        case .assumeRole: plan(row["input"] ?? row)
        case .sharedFiles: SharedFiles.read(row)
        case .containerEndpoint: await containerEndpoint(row)
        case .metadataEndpoint: metadataEndpoint(row)
        }
    }

    /// Compares a result with the row's expectation; for an error any text matches.
    ///
    /// - Returns: The difference; nil when there is none.
    package func error(of result: JSONValue, in row: JSONValue) -> String? {
        let expected: JSONValue?
        let got: JSONValue?
        switch self {
        case .profiles:
            expected = row["output"]?["config"]?["profiles"]
            got = result["profiles"]
            if let sessions = row["output"]?["config"]?["sso_sessions"],
                sessions != result["sso_sessions"]
            {
                return "other sso-sessions: \(result.line)"
            }
        case .assumeRole:
            expected = row["output"]?["ProfileChain"]
            got = result["ProfileChain"]
            if let expected = expected?.elements, let got = got?.elements,
                CredentialTable.agree(expected, got)
            {
                return nil
            }
        case .sharedFiles:
            expected = row["properties"]
            got = result["properties"]
        case .containerEndpoint, .metadataEndpoint:
            expected = row["result"]?["Ok"]
            got = result["Ok"]
        }
        guard expected != got else { return nil }
        return "expected \(expected?.line ?? "an error"), got \(result.line)"
    }

    /// Whether two chains agree in all members of the expected one.
    ///
    /// Published cases omit some members, and give a process as its command only.
    private static func agree(_ expected: [JSONValue], _ got: [JSONValue]) -> Bool {
        guard expected.count == got.count else { return false }
        return zip(expected, got).allSatisfy { expected, got in
            guard let expectedValue = expected.members else { return expected == got }
            return expectedValue.allSatisfy { kind, value in
                if case .string = value, let command = got[kind]?["command"] {
                    return command == value
                }
                guard let fields = value.members else { return got[kind] == value }
                return fields.allSatisfy {
                    got[kind]?[$0.key] == ($0.value == .null ? nil : $0.value)
                }
            }
        }
    }

    private func profiles(_ row: JSONValue) -> JSONValue {
        do throws(ProfileFileError) {
            let set = try ProfileSet(
                config: (row["config_file"] ?? row["configFile"])?.text ?? "",
                credentials: (row["credentials_file"] ?? row["credentialsFile"])?.text ?? ""
            )
            return .object([
                "profiles": sections(set.profiles),
                "sso_sessions": sections(set.ssoSessions),
                "services": sections(set.services),
            ])
        } catch {
            return .failure(error.description)
        }
    }

    private func sections(_ sections: [String: ProfileSection]) -> JSONValue {
        .object(
            sections.mapValues { section in
                .object(section.properties.mapValues { .string($0.value) })
            }
        )
    }

    private func plan(_ row: JSONValue) -> JSONValue {
        func read(_ value: JSONValue?) -> [ProfileSection] {
            (value?.members ?? [:]).map { name, properties in
                ProfileSection(
                    name: name,
                    line: 1,
                    properties: properties.textMembers.mapValues {
                        ProfileProperty(value: $0, line: 1, kind: .config)
                    }
                )
            }
        }
        let loaded = LoadedProfiles(
            sections: ProfileSet(
                profiles: read(row["profiles"] ?? row["profile"]),
                ssoSessions: read(row["sso_sessions"])
            ),
            selected: row["selected_profile"]?.text ?? "default",
            isChosen: row["selected_profile"] != nil
        )
        do throws(ProfilePlanError) {
            let plan = try ProfilePlan(loaded)
            return .object(["ProfileChain": .array([plan.base.json] + plan.roles.map(\.json))])
        } catch {
            return .failure(error.reason)
        }
    }

    private func containerEndpoint(_ row: JSONValue) async -> JSONValue {
        let world = ReplayWorld(variables: row["env"]?.textMembers ?? [:], files: .contents([:]))
        do throws(CredentialsError) {
            guard let endpoint = try await ContainerEndpoint.find(in: world.environment) else {
                return .failure("no AWS_CONTAINER_CREDENTIALS_* variable")
            }
            return .object(["Ok": .string(endpoint.url)])
        } catch {
            return .failure(error.description)
        }
    }

    private func metadataEndpoint(_ row: JSONValue) -> JSONValue {
        let world = ReplayWorld(
            variables: row["env"]?.textMembers ?? [:],
            files: .contents(row["fs"]?.textMembers ?? [:])
        )
        do throws(CredentialsError) {
            let loaded = try LoadedProfiles.load(environment: world.environment)
            let endpoint = try MetadataEndpoint.find(
                in: world.environment,
                profile: loaded.profile,
                endpoint: row["endpoint_override"]?.text,
                mode: row["mode_override"]?.text
            )
            return .object(["Ok": .string(endpoint.tokenURL)])
        } catch {
            return .failure(error.description)
        }
    }
}

extension JSONValue {
    /// The members of an object that are texts.
    var textMembers: [String: String] { (members ?? [:]).compactMapValues(\.text) }

    /// `{"error": ...}`.
    static func failure(_ text: String) -> JSONValue { .object(["error": .string(text)]) }

    /// An object of the texts that are there.
    fileprivate static func texts(_ pairs: KeyValuePairs<String, String?>) -> JSONValue {
        .object(
            Dictionary(
                pairs.compactMap { name, text in text.map { (name, JSONValue.string($0)) } },
                uniquingKeysWith: { first, _ in first }
            )
        )
    }
}

extension ProfileBase {
    var json: JSONValue {
        switch self {
        case .keys(let keys):
            .object([
                "AccessKey": .texts([
                    "access_key_id": keys.accessKeyID,
                    "secret_access_key": keys.secretAccessKey.exposed,
                    "session_token": keys.sessionToken?.exposed,
                    "account_id": keys.accountID,
                ])
            ])
        case .named(let name): .object(["NamedSource": .string(name)])
        case .webIdentity(let identity):
            .object([
                "WebIdentityToken": .texts([
                    "role_arn": identity.roleARN,
                    "web_identity_token_file": identity.tokenFile,
                    "role_session_name": identity.sessionName,
                ])
            ])
        case .process(let command, let accountID):
            .object([
                "CredentialProcess": .texts([
                    "command": command.exposed, "account_id": accountID,
                ])
            ])
        case .singleSignOn(let signOn):
            .object([
                "Sso": .texts([
                    "sso_account_id": signOn.accountID,
                    "sso_region": signOn.region,
                    "sso_role_name": signOn.roleName,
                    "sso_start_url": signOn.startURL,
                    "sso_session": signOn.session,
                ])
            ])
        case .login(let session): .object(["LoginSession": .string(session)])
        }
    }
}

extension ProfileRole {
    var json: JSONValue {
        .object([
            "AssumeRole": .texts([
                "role_arn": roleARN,
                "external_id": externalID,
                "role_session_name": sessionName,
                "duration_seconds": duration.map { String($0.components.seconds) },
            ])
        ])
    }
}
