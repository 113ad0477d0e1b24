/// Where keys came from; the cache treats some sources differently.
package enum CredentialSourceKind: String, Hashable, Sendable, CaseIterable {
    /// Environment variables.
    case environment
    /// The shared files: keys, a role chain or a process.
    case profile
    /// A web identity token named by environment variables.
    case webIdentity = "web-identity"
    /// The container endpoint of ECS or EKS Pod Identity.
    case container
    /// The metadata service of an EC2 instance, or what speaks its protocol.
    case instanceMetadata = "instance-metadata"
    /// A role of our own settings on top of another source.
    case assumedRole = "assumed-role"
}

/// Keys and what the cache must know of their source.
package struct ResolvedCredentials: Hashable, Sendable {
    /// The keys.
    package let credentials: Credentials
    /// The kind of source.
    package let kind: CredentialSourceKind
    /// The source in words, such as `profile "deploy"`.
    package let source: String
    /// Files whose change means that other keys may be there, with their marks when read.
    package let files: [String: FileStamp?]

    /// Makes resolved keys of their parts.
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

/// What a source of the chain says when it is asked.
enum SourceAnswer: Sendable {
    /// It is configured and gave keys.
    case found(ResolvedCredentials)
    /// It is not configured; the next source is asked. The text says what is missing.
    case notConfigured(String)
}
