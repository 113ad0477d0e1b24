/// The credential sources in their order.
///
/// Environment variables, the profile, web identity of the environment, the container endpoint,
/// instance metadata; the order of the AWS SDKs for Rust and Go. The first configured source
/// decides: when it fails, the chain fails, and no weaker identity is used. A role of our own
/// settings is assumed on top of the result.
package struct CredentialChain: Sendable {
    private let environment: AWSEnvironment
    private let settings: ChainSettings
    private let roles: any RoleAssumer
    private let metadata: InstanceMetadata

    /// Creates a chain; nothing is read or sent yet.
    package init(
        environment: AWSEnvironment,
        settings: ChainSettings = ChainSettings(),
        roles: any RoleAssumer,
        metadata: InstanceMetadata
    ) {
        self.environment = environment
        self.settings = settings
        self.roles = roles
        self.metadata = metadata
    }

    /// Tries the sources once; of an earlier run only IMDS's session token is reused.
    ///
    /// - Throws: ``CredentialsError`` that names the source that failed, or all that are missing.
    package func resolve() async throws(CredentialsError) -> ResolvedCredentials {
        let found = try await firstSource()
        environment.log(.debug, "keys \(found.credentials) come from \(found.source)")
        guard let roleARN = settings.roleARN else { return found }
        return ResolvedCredentials(
            credentials: try await assume(roleARN, with: found.credentials),
            kind: .assumedRole,
            source: "\(roleARN) by way of \(found.source)",
            files: found.files
        )
    }

    /// Assumes another role with the credentials of a provider, at the same STS and with the same
    /// external id; no source is tried.
    ///
    /// - Throws: ``CredentialsError`` of the provider, or with the code and text of STS.
    package func resolve(
        role roleARN: String,
        from provider: any CredentialsProvider
    ) async throws(CredentialsError) -> ResolvedCredentials {
        let credentials = try await assume(roleARN, with: try await provider.credentials())
        return ResolvedCredentials(
            credentials: credentials,
            kind: .assumedRole,
            source: roleARN
        )
    }

    private func assume(
        _ roleARN: String,
        with credentials: Credentials
    ) async throws(CredentialsError) -> Credentials {
        let profiles = try loadProfiles()
        let role = RoleRequest(
            roleARN: roleARN,
            sessionName: settings.roleSessionName ?? environment.sessionName(),
            externalID: settings.externalID,
            duration: settings.roleDuration
        )
        environment.log(.debug, "assuming \(roleARN)")
        let place = try settings.stsPlace(environment: environment, profiles: profiles)
        return try await roles.assume(role, with: credentials, at: place)
    }

    /// Queries only the profile, without any other source and without the settings' role.
    ///
    /// - Throws: ``CredentialsError`` also when the profile has no credential settings.
    package func resolveProfile() async throws(CredentialsError) -> ResolvedCredentials {
        switch try await profileSource(try loadProfiles()).answer() {
        case .found(let found): return found
        case .notConfigured(let reason):
            throw CredentialsError(source: "profile", reason: reason)
        }
    }

    private func firstSource() async throws(CredentialsError) -> ResolvedCredentials {
        var missing: [String] = []
        if settings.profile == nil {
            switch try EnvironmentSource(environment: environment).answer() {
            case .found(let found): return found
            case .notConfigured(let reason): missing.append(reason)
            }
        }
        let profiles = try loadProfiles()
        switch try await profileSource(profiles).answer() {
        case .found(let found): return found
        case .notConfigured(let reason): missing.append(reason)
        }
        switch try await webIdentity(profiles) {
        case .found(let found): return found
        case .notConfigured(let reason): missing.append(reason)
        }
        switch try await ContainerSource(environment: environment).answer() {
        case .found(let found): return found
        case .notConfigured(let reason): missing.append(reason)
        }
        let instance = InstanceMetadataSource(
            environment: environment,
            metadata: metadata,
            profile: profiles.profile
        )
        switch try await instance.answer() {
        case .found(let found): return found
        case .notConfigured(let reason): missing.append(reason)
        }
        throw CredentialsError(
            source: "any source",
            reason: "none is configured: " + missing.joined(separator: "; ")
        )
    }

    private func webIdentity(
        _ profiles: LoadedProfiles
    ) async throws(CredentialsError) -> SourceAnswer {
        guard let tokenFile = environment.variable("AWS_WEB_IDENTITY_TOKEN_FILE") else {
            return .notConfigured("no AWS_WEB_IDENTITY_TOKEN_FILE")
        }
        let source = "web identity of the environment"
        guard let roleARN = environment.variable("AWS_ROLE_ARN") else {
            throw CredentialsError(
                source: source,
                reason: "AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not"
            )
        }
        let identity = WebIdentity(
            roleARN: roleARN,
            tokenFile: tokenFile,
            sessionName: environment.variable("AWS_ROLE_SESSION_NAME")
        )
        let place = try settings.stsPlace(environment: environment, profiles: profiles)
        let credentials = try await identity.credentials(
            environment: environment,
            roles: roles,
            place: place
        )
        return .found(
            ResolvedCredentials(credentials: credentials, kind: .webIdentity, source: source)
        )
    }

    private func loadProfiles() throws(CredentialsError) -> LoadedProfiles {
        try LoadedProfiles.load(
            environment: environment,
            chosen: settings.profile,
            useSystemdCredentials: settings.useSystemdCredentials
        )
    }

    private func profileSource(_ profiles: LoadedProfiles) -> ProfileSource {
        ProfileSource(
            environment: environment,
            settings: settings,
            roles: roles,
            metadata: metadata,
            profiles: profiles
        )
    }
}

extension WebIdentity {
    /// Reads the token again and assumes the role with it.
    ///
    /// A refusal may be due to a token that the kubelet replaced meanwhile: if the file has another
    /// one now, that one is tried too.
    func credentials(
        environment: AWSEnvironment,
        roles: any RoleAssumer,
        place: STSPlace
    ) async throws(CredentialsError) -> Credentials {
        let token = try environment.tokenFile(tokenFile)
        environment.log(.debug, "assuming \(roleARN) with the token of \(tokenFile)")
        let role = RoleRequest(
            roleARN: roleARN,
            sessionName: sessionName ?? environment.sessionName()
        )
        do {
            return try await roles.assume(role, withToken: token, at: place)
        } catch {
            guard let newer = newerToken(than: token, environment: environment) else { throw error }
            environment.log(.debug, "\(tokenFile) has a newer token; once more")
            return try await roles.assume(role, withToken: newer, at: place)
        }
    }

    /// The file's token, nil when it is the same or cannot be read now.
    private func newerToken(than token: Secret, environment: AWSEnvironment) -> Secret? {
        do {
            let now = try environment.tokenFile(tokenFile)
            return now == token ? nil : now
        } catch {
            environment.log(.debug, "\(tokenFile) cannot be read again: \(error.reason)")
            return nil
        }
    }
}
