package import Primitives

/// The credentials that sign a request.
package struct Credentials: Hashable, Sendable, CustomStringConvertible {
    /// The public part; shown shortened.
    package let accessKeyID: String
    /// The signing secret.
    package let secretAccessKey: Secret
    /// Present with temporary credentials.
    package let sessionToken: Secret?
    /// When they stop to work, by the source's clock; nil: they do not expire.
    package let expiration: WallTime?
    /// The account, if the source gives it.
    package let accountID: String?

    /// Creates credentials.
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
