/// How one target reaches AWS: the keys of `aws:`, overridden by the target's own.
///
/// Nil values are determined by the credential chain and the endpoint rules.
package struct AWSConnection: Hashable, Sendable {
    /// The Region; nil: AWS_REGION, the profile or the instance decide, and having none is an
    /// error.
    package var region: String?
    /// The profile of the shared AWS config files.
    package var profile: String?
    /// The role to take on (sts:AssumeRole).
    package var roleARN: RoleARN?
    /// The external id that the trust policies of both roles require.
    package var externalID: String?
    /// The role by which the services that ran the actions are read; nil: as CodePipeline is.
    package var causeRoleARN: RoleARN?
    /// Where CodePipeline is called; http only to loopback or when allowed.
    package var endpointURL: String?
    /// Where STS is called; the same rules.
    package var stsEndpointURL: String?
    /// Where the services that ran the actions are called, by ``AWSService/settingName``; the same
    /// rules.
    package var endpointURLs: [String: String]
    /// Whether endpoints by plain http beyond loopback are allowed; default false.
    package var allowInsecureEndpoint: Bool
    /// A file of PEM certificates that replaces the system's trust store.
    package var caBundle: String?
    /// Whether FIPS endpoints are used; nil: AWS_USE_FIPS_ENDPOINT or the profile decide.
    package var useFIPSEndpoint: Bool?
    /// Whether dual-stack endpoints are used; nil: the environment or the profile decide.
    package var useDualstackEndpoint: Bool?

    /// Creates a connection; parameters that are not given are unset.
    package init(
        region: String? = nil,
        profile: String? = nil,
        roleARN: RoleARN? = nil,
        externalID: String? = nil,
        causeRoleARN: RoleARN? = nil,
        endpointURL: String? = nil,
        stsEndpointURL: String? = nil,
        endpointURLs: [String: String] = [:],
        allowInsecureEndpoint: Bool = false,
        caBundle: String? = nil,
        useFIPSEndpoint: Bool? = nil,
        useDualstackEndpoint: Bool? = nil
    ) {
        self.region = region
        self.profile = profile
        self.roleARN = roleARN
        self.externalID = externalID
        self.causeRoleARN = causeRoleARN
        self.endpointURL = endpointURL
        self.stsEndpointURL = stsEndpointURL
        self.endpointURLs = endpointURLs
        self.allowInsecureEndpoint = allowInsecureEndpoint
        self.caBundle = caBundle
        self.useFIPSEndpoint = useFIPSEndpoint
        self.useDualstackEndpoint = useDualstackEndpoint
    }

    /// ``endpointURLs`` in one line, by name; nil where there are none.
    var endpointURLList: String? {
        guard !endpointURLs.isEmpty else { return nil }
        return endpointURLs.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            .joined(separator: ", ")
    }
}

/// The ARN of an IAM role: `arn:PARTITION:iam::ACCOUNT:role/NAME`.
package struct RoleARN: Hashable, Sendable, CustomStringConvertible {
    /// The ARN as written.
    package let text: String
    /// Such as `aws` or `aws-cn`.
    package let partition: String
    /// Twelve digits.
    package let account: String

    /// Reads an ARN; nil when it is not of the form.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
            .map(String.init)
        guard parts.count == 6, parts[0] == "arn", parts[2] == "iam", parts[3].isEmpty,
            parts[1] == "aws" || parts[1].hasPrefix("aws-"),
            parts[1].utf8.allSatisfy({ $0 == UInt8(ascii: "-") || isLowercase($0) }),
            parts[4].utf8.count == 12, parts[4].utf8.allSatisfy(isDigit),
            parts[5].hasPrefix("role/"), parts[5].utf8.count > 5, text.utf8.count <= 2048,
            parts[5].utf8.allSatisfy(isRoleCharacter), !parts[5].hasSuffix("/")
        else { return nil }
        self.text = text
        partition = parts[1]
        account = parts[4]
    }

    /// The ARN as written.
    package var description: String { text }
}

private func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

private func isLowercase(_ byte: UInt8) -> Bool { (97...122).contains(byte) }

/// The characters that a role's path and name may have (IAM API: RoleName `[\w+=,.@-]+`, and the
/// slash).
private func isRoleCharacter(_ byte: UInt8) -> Bool {
    NameForm.isAWSCharacter(byte) || Array("+=,/".utf8).contains(byte)
}
