/// Where and how STS is called.
package struct STSPlace: Hashable, Sendable {
    /// The Region to sign for and to find the endpoint of.
    package let region: String
    /// An endpoint named by settings; nil for AWS's own.
    package let endpointURL: String?
    /// Whether the FIPS endpoint is requested.
    package let useFIPS: Bool
    /// Whether the dual-stack endpoint is requested.
    package let useDualStack: Bool

    /// Creates an STS location.
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
    /// The external id that the role's trust policy requires, if any.
    package let externalID: String?
    /// The length of the session; nil leaves it to the role (1 h).
    package let duration: Duration?

    /// Creates a request.
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

/// Exchanges credentials or a web identity token for those of a role (STS).
///
/// It retries transient errors itself. The account in the answer comes from the assumed role's ARN.
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
