/// The source of credentials; the cache treats some sources differently.
package enum CredentialSourceKind: String, Hashable, Sendable, CaseIterable {
    /// Environment variables.
    case environment
    /// The shared files: static credentials, a role chain or a process.
    case profile
    /// A web identity token named by environment variables.
    case webIdentity = "web-identity"
    /// The container endpoint of ECS or EKS Pod Identity.
    case container
    /// The metadata service of an EC2 instance, or a service with its protocol.
    case instanceMetadata = "instance-metadata"
    /// A role of our own settings on top of another source.
    case assumedRole = "assumed-role"
}

/// Credentials and what the cache must know about their source.
package struct ResolvedCredentials: Hashable, Sendable {
    /// The credentials.
    package let credentials: Credentials
    /// The kind of source.
    package let kind: CredentialSourceKind
    /// The source in words, such as `profile "deploy"`.
    package let source: String
    /// Files whose change means that there may be other credentials, with their stamps when read.
    package let files: [String: FileStamp?]

    /// Creates resolved credentials.
    package init(
        credentials: Credentials,
        kind: CredentialSourceKind,
        source: String,
        files: [String: FileStamp?] = [:]
    ) {
        self.credentials = credentials
        self.kind = kind
        self.source = source
        self.files = files
    }
}

/// The answer of a source of the chain.
enum SourceAnswer: Sendable {
    /// It is configured and gave credentials.
    case found(ResolvedCredentials)
    /// It is not configured; the next source is tried. The text tells what is missing.
    case notConfigured(String)
}
