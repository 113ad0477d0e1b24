/// A provider of the credentials for a client's next request.
package protocol CredentialsProvider: Sendable {
    /// Credentials that are valid now, from memory where possible.
    ///
    /// - Throws: ``CredentialsError`` when there are none; a later call tries again.
    func credentials() async throws(CredentialsError) -> Credentials

    /// The same, for a caller that waits no longer than `limit`.
    func credentials(within limit: Duration) async throws(CredentialsError) -> Credentials

    /// Reports that AWS refused these credentials (expired, unknown), so that the next call
    /// resolves again.
    func reject(_ credentials: Credentials) async
}
