/// Credentials in environment variables.
struct EnvironmentSource: Sendable {
    let environment: AWSEnvironment

    /// Reads `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN` and
    /// `AWS_ACCOUNT_ID`; a blank value counts as absent.
    ///
    /// - Throws: ``CredentialsError`` when there is a key id without a secret.
    func answer() throws(CredentialsError) -> SourceAnswer {
        guard let keyID = environment.variable("AWS_ACCESS_KEY_ID") else {
            if environment.variable("AWS_SECRET_ACCESS_KEY") != nil {
                environment.log(
                    .warning,
                    "AWS_SECRET_ACCESS_KEY is set without AWS_ACCESS_KEY_ID; ignored"
                )
            }
            return .notConfigured("no AWS_ACCESS_KEY_ID")
        }
        guard let secret = environment.variable("AWS_SECRET_ACCESS_KEY") else {
            throw CredentialsError(
                source: "environment",
                reason: "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not"
            )
        }
        if environment.variable("AWS_CREDENTIAL_EXPIRATION") != nil {
            environment.log(
                .warning,
                "AWS_CREDENTIAL_EXPIRATION is set: a daemon cannot renew credentials of its "
                    + "environment"
            )
        }
        let token =
            environment.variable("AWS_SESSION_TOKEN")
            ?? environment.variable("AWS_SECURITY_TOKEN")
        let credentials = Credentials(
            accessKeyID: keyID,
            secretAccessKey: Secret(secret),
            sessionToken: token.map { Secret($0) },
            accountID: environment.variable("AWS_ACCOUNT_ID")
        )
        return .found(
            ResolvedCredentials(
                credentials: credentials,
                kind: .environment,
                source: "environment"
            )
        )
    }
}
