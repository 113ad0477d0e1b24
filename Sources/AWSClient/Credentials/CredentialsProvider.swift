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
