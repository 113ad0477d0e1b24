import Primitives

/// The credential settings of our own configuration; they take precedence over variables and
/// profiles.
package struct ChainSettings: Hashable, Sendable {
    /// The profile; when it is set, credentials in environment variables are ignored.
    package var profile: String?
    /// The Region for STS; nil takes that of variables or the profile.
    package var region: String?
    /// A role to assume on top of the source, whatever it is.
    package var roleARN: String?
    /// The external id for that role.
    package var externalID: String?
    /// The session name for that role; nil for `pipeline-retryd-<host>-<epoch seconds>`.
    package var roleSessionName: String?
    /// The length of that role's sessions; nil for AWS's default, 1 h.
    package var roleDuration: Duration?
    /// The endpoint of STS; nil for that of variables and profiles.
    package var stsEndpointURL: String?
    /// Whether http to other hosts than this machine is accepted for STS; default false.
    package var allowsInsecureEndpoint: Bool
    /// Whether `aws-config` and `aws-credentials` of `$CREDENTIALS_DIRECTORY` are used; default
    /// true.
    package var useSystemdCredentials: Bool

    /// Creates settings; without arguments the default chain.
    package init(
        profile: String? = nil,
        region: String? = nil,
        roleARN: String? = nil,
        externalID: String? = nil,
        roleSessionName: String? = nil,
        roleDuration: Duration? = nil,
        stsEndpointURL: String? = nil,
        allowsInsecureEndpoint: Bool = false,
        useSystemdCredentials: Bool = true
    ) {
        self.profile = profile
        self.region = region
        self.roleARN = roleARN
        self.externalID = externalID
        self.roleSessionName = roleSessionName
        self.roleDuration = roleDuration
        self.stsEndpointURL = stsEndpointURL
        self.allowsInsecureEndpoint = allowsInsecureEndpoint
        self.useSystemdCredentials = useSystemdCredentials
    }
}

extension AWSEnvironment {
    /// `pipeline-retryd-<host>-<epoch seconds>` in the characters and length that STS allows.
    func sessionName() -> String {
        let host = hostName.prefix { $0 != "." }.map { character in
            character.isASCII && (character.isLetter || character.isNumber) ? character : "-"
        }
        let seconds = wallTime().milliseconds / 1000
        return "pipeline-retryd-\(String(host).prefix(32))-\(seconds)"
    }
}

extension ChainSettings {
    /// Where STS is called under these settings.
    ///
    /// - Throws: ``CredentialsError`` when no Region is known or a setting is unusable.
    func stsPlace(
        environment: AWSEnvironment,
        profiles: LoadedProfiles
    ) throws(CredentialsError) -> STSPlace {
        let configured = try RegionLookup.configured(
            environment: environment,
            profile: profiles.profile
        )
        guard let region = region ?? configured else {
            throw CredentialsError(
                source: "STS",
                reason: "Missing Region: give region in the settings, AWS_REGION or the profile's "
                    + "region"
            )
        }
        let endpoint = try ConfiguredEndpoint(
            service: .sts,
            environment: environment,
            profiles: profiles,
            setting: stsEndpointURL,
            allowsInsecure: allowsInsecureEndpoint
        )
        return STSPlace(
            region: try RegionLookup.checked(region, source: "region"),
            endpointURL: endpoint.url,
            useFIPS: endpoint.useFIPS,
            useDualStack: endpoint.useDualStack
        )
    }
}
