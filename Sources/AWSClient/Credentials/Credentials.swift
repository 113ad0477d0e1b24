package import Primitives

/// The keys that sign a request.
package struct Credentials: Hashable, Sendable, CustomStringConvertible {
    /// The public part; shown shortened.
    package let accessKeyID: String
    /// The signing secret.
    package let secretAccessKey: Secret
    /// Present with temporary credentials.
    package let sessionToken: Secret?
    /// When they stop to work, by the source's clock; nil: they do not expire.
    package let expiration: WallTime?
    /// The account, where the source says it.
    package let accountID: String?

    /// Makes credentials of their parts.
    package init(
        accessKeyID: String,
        secretAccessKey: Secret,
        sessionToken: Secret? = nil,
        expiration: WallTime? = nil,
        accountID: String? = nil
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
        self.accountID = accountID
    }

    /// The key id as `ASIA…WXYZ`; never a secret.
    package var description: String {
        "\(accessKeyID.prefix(4))…\(accessKeyID.suffix(4))"
    }
}

/// Why there are no credentials; no secret is ever part of it.
package struct CredentialsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which source failed, such as `profile "deploy"` or `IMDS`.
    package let source: String
    /// What went wrong and what the reader can do.
    package let reason: String

    /// Makes an error of the source and what went wrong there.
    package init(source: String, reason: String) {
        self.source = source
        self.reason = reason
    }

    package var description: String { "no credentials from \(source): \(reason)" }
}

/// Where a client asks for the keys of its next request.
package protocol CredentialsProvider: Sendable {
    /// Keys that are valid now, from memory where possible.
    ///
    /// - Throws: ``CredentialsError`` when there are none; a later call tries anew.
    func credentials() async throws(CredentialsError) -> Credentials

    /// The same, for a caller that waits no longer than `limit`.
    func credentials(within limit: Duration) async throws(CredentialsError) -> Credentials

    /// Says that AWS refused these keys (expired, unknown), so that the next call resolves anew.
    func reject(_ credentials: Credentials) async
}
