import Primitives

extension CredentialsProvider {
    /// Credentials of a provider that never makes a caller wait.
    package func credentials(within limit: Duration) async throws(CredentialsError) -> Credentials {
        try await credentials()
    }
}

extension CredentialCache {
    /// Credentials that are valid now, from memory where possible; a caller waits no longer than
    /// `limit`.
    ///
    /// - Throws: ``CredentialsError`` when there are none, or none in time: the fetch continues.
    package func credentials(within limit: Duration) async throws(CredentialsError) -> Credentials {
        if let known = try credentialsAtHand() { return known }
        let answer = await withTaskGroup(of: Result<Credentials, CredentialsError>?.self) { group in
            group.addTask {
                do throws(CredentialsError) {
                    return .success(try await self.credentials())
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                await self.pause(limit)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        if let answer { return try answer.get() }
        throw CredentialsError(
            source: "the credential cache",
            reason: "no credentials within \(limit.shortText), the time of the call; they are "
                + "still being fetched, and the next call asks anew"
        )
    }
}

extension Credentials {
    /// Why these credentials cannot sign any request; nil when they can.
    ///
    /// The id and the token are sent in headers: an invalid character would be refused when the
    /// request is written, as if it were an error of the connection.
    var signingError: String? {
        let part: String
        if accessKeyID.isEmpty || !accessKeyID.isVisibleASCII {
            part = "the access key id"
        } else if let sessionToken, !sessionToken.exposed.isVisibleASCII {
            part = "the session token"
        } else {
            return nil
        }
        return "\(part) is empty or has a blank, a control character or a letter that no key has; "
            + "nothing was signed with it; correct it where it is written"
    }
}

extension String {
    fileprivate var isVisibleASCII: Bool { utf8.allSatisfy { (0x21...0x7E).contains($0) } }
}
