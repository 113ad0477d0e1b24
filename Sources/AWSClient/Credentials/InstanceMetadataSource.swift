import Primitives

/// Credentials of the role of an EC2 instance.
struct InstanceMetadataSource: Sendable {
    let environment: AWSEnvironment
    let metadata: InstanceMetadata
    let profile: ProfileSection?

    private static let rolesPath = "iam/security-credentials/"

    /// Queries the role's name and its credentials; both every time, because the role may be
    /// replaced.
    ///
    /// - Throws: ``CredentialsError`` when the service exists and gives no usable credentials.
    func answer() async throws(CredentialsError) -> SourceAnswer {
        let role: String
        do {
            role = try await roleName()
        } catch {
            switch error {
            case .notFound: return .notConfigured("IMDS: the instance has no role attached")
            case .unavailable(let reason): return .notConfigured("IMDS: \(reason)")
            case .failed(let reason): throw CredentialsError(source: "IMDS", reason: reason)
            }
        }
        let source = "IMDS role \(role.printable(limit: 64))"
        let bytes: [UInt8]
        do {
            bytes = try await metadata.bytes(
                at: Self.rolesPath + PercentEncoding.encode(role),
                profile: profile
            )
        } catch {
            throw CredentialsError(source: source, reason: error.reason)
        }
        return .found(try read(bytes, source: source))
    }

    private func roleName() async throws(InstanceMetadataError) -> String {
        let list = try await metadata.text(at: Self.rolesPath, profile: profile)
        let role = list.split(whereSeparator: \.isNewline).first.map { String($0.trimmed) } ?? ""
        guard !role.isEmpty, role != ".", role != "..", !role.contains("/") else {
            throw .failed("its list of roles has no usable name")
        }
        return role
    }

    private func read(
        _ bytes: [UInt8],
        source: String
    ) throws(CredentialsError) -> ResolvedCredentials {
        guard let document = CredentialDocument(bytes) else {
            throw CredentialsError(source: source, reason: "its answer is not a JSON object")
        }
        if let code = document["Code"], code.lowercased() != "success" {
            let hint =
                code == "AssumeRoleUnauthorizedAccess"
                ? "; EC2 may not assume the role: check its trust policy" : ""
            throw CredentialsError(
                source: source,
                reason: "it says \(document.complaint ?? "nothing")\(hint)"
            )
        }
        let credentials = try document.credentials(
            source: source,
            tokenName: "Token",
            needsExpiration: true
        )
        return ResolvedCredentials(
            credentials: credentials,
            kind: .instanceMetadata,
            source: source
        )
    }
}
