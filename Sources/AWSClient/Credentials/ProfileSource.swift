import Primitives

/// Credentials of the shared files: the profile's base and the roles on top of it.
struct ProfileSource: Sendable {
    let environment: AWSEnvironment
    let settings: ChainSettings
    let roles: any RoleAssumer
    let metadata: InstanceMetadata
    let profiles: LoadedProfiles

    /// Carries out the plan of the profiles.
    ///
    /// - Throws: ``CredentialsError`` when they have credential settings and give no credentials.
    func answer() async throws(CredentialsError) -> SourceAnswer {
        let plan: ProfilePlan
        do {
            plan = try ProfilePlan(profiles)
        } catch {
            switch error {
            case .notConfigured(let reason): return .notConfigured(reason)
            case .broken(let reason): throw CredentialsError(source: source, reason: reason)
            }
        }
        if let role = plan.roles.first(where: { $0.mfaSerial != nil }) {
            throw CredentialsError(
                source: source,
                reason: "profile \"\(role.profile)\" has mfa_serial, and a daemon cannot ask for a "
                    + "code; use a role whose trust policy does not ask for MFA"
            )
        }
        var credentials = try await base(plan)
        for role in plan.roles {
            environment.log(.debug, "assuming \(role.roleARN) of profile \"\(role.profile)\"")
            let request = RoleRequest(
                roleARN: role.roleARN,
                sessionName: role.sessionName ?? environment.sessionName(),
                externalID: role.externalID,
                duration: role.duration
            )
            let place = try settings.stsPlace(environment: environment, profiles: profiles)
            credentials = try await roles.assume(request, with: credentials, at: place)
        }
        return .found(
            ResolvedCredentials(
                credentials: credentials,
                kind: .profile,
                source: source,
                files: profiles.files
            )
        )
    }

    private var source: String { "profile \"\(profiles.selected)\"" }

    private func base(_ plan: ProfilePlan) async throws(CredentialsError) -> Credentials {
        switch plan.base {
        case .keys(let credentials): return credentials
        case .named(let name): return try await named(name)
        case .webIdentity(let identity):
            let place = try settings.stsPlace(environment: environment, profiles: profiles)
            return try await identity.credentials(
                environment: environment,
                roles: roles,
                place: place
            )
        case .process(let command, let accountID):
            let process = ProcessSource(
                environment: environment,
                command: command,
                accountID: accountID,
                profile: plan.baseProfile
            )
            return try await process.credentials()
        case .singleSignOn: throw refusal(of: "sso_*", in: plan.baseProfile)
        case .login: throw refusal(of: "login_session", in: plan.baseProfile)
        }
    }

    private func named(_ name: String) async throws(CredentialsError) -> Credentials {
        let answer: SourceAnswer
        switch name {
        case "Environment":
            answer = try EnvironmentSource(environment: environment).answer()
        case "EcsContainer":
            answer = try await ContainerSource(environment: environment).answer()
        case "Ec2InstanceMetadata":
            answer = try await InstanceMetadataSource(
                environment: environment,
                metadata: metadata,
                profile: profiles.profile
            ).answer()
        case _:
            throw CredentialsError(
                source: source,
                reason: "credential_source \(name.printable(limit: 40)) is unknown; expected "
                    + "Environment, Ec2InstanceMetadata or EcsContainer"
            )
        }
        switch answer {
        case .found(let found): return found.credentials
        case .notConfigured(let reason):
            throw CredentialsError(
                source: source,
                reason: "credential_source \(name) has no keys: \(reason)"
            )
        }
    }

    private func refusal(of what: String, in profile: String) -> CredentialsError {
        CredentialsError(
            source: source,
            reason: "profile \"\(profile)\" uses \(what), which needs a person at a browser and "
                + "which pipeline-retryd does not do; use a role (role_arn with credential_source "
                + "or source_profile), web_identity_token_file or credential_process"
        )
    }
}
