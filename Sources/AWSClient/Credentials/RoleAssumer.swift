/// Where and how STS is called.
package struct STSPlace: Hashable, Sendable {
    /// The Region to sign for and to find the endpoint of.
    package let region: String
    /// An endpoint named by settings; nil for AWS's own.
    package let endpointURL: String?
    /// Whether the FIPS endpoint is asked for.
    package let useFIPS: Bool
    /// Whether the dual-stack endpoint is asked for.
    package let useDualStack: Bool

    /// Makes a place of its parts.
    package init(
        region: String,
        endpointURL: String? = nil,
        useFIPS: Bool = false,
        useDualStack: Bool = false
    ) {
        self.region = region
        self.endpointURL = endpointURL
        self.useFIPS = useFIPS
        self.useDualStack = useDualStack
    }
}

/// A role to assume.
package struct RoleRequest: Hashable, Sendable {
    /// The role.
    package let roleARN: String
    /// The name that CloudTrail shows for the session.
    package let sessionName: String
    /// The secret word of the trust policy, where it asks for one.
    package let externalID: String?
    /// How long the session lives; nil leaves it to the role (1 h).
    package let duration: Duration?

    /// Makes a request of its parts.
    package init(
        roleARN: String,
        sessionName: String,
        externalID: String? = nil,
        duration: Duration? = nil
    ) {
        self.roleARN = roleARN
        self.sessionName = sessionName
        self.externalID = externalID
        self.duration = duration
    }
}

/// Turns keys or a web identity token into the keys of a role (STS).
///
/// The retry of passing faults is its own business. The account of the answer comes from the
/// assumed role's ARN.
package protocol RoleAssumer: Sendable {
    /// AssumeRole, signed with `credentials`.
    ///
    /// - Throws: ``CredentialsError`` with the code and text of STS, without any secret.
    func assume(
        _ role: RoleRequest,
        with credentials: Credentials,
        at place: STSPlace
    ) async throws(CredentialsError) -> Credentials

    /// AssumeRoleWithWebIdentity, unsigned.
    ///
    /// - Throws: ``CredentialsError`` with the code and text of STS, without any secret.
    func assume(
        _ role: RoleRequest,
        withToken token: Secret,
        at place: STSPlace
    ) async throws(CredentialsError) -> Credentials
}
