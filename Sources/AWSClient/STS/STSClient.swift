import Primitives

/// A role to assume with credentials (AssumeRole).
package struct AssumeRoleRequest: Hashable, Sendable {
    /// The role.
    package var roleARN: String
    /// The session's name in CloudTrail.
    package var sessionName: String
    /// The external id that the role's trust policy requires, if any.
    package var externalID: String?
    /// The length of the session, 15 min to 12 h; nil leaves it to AWS (1 h).
    package var duration: Duration?

    /// Creates a request.
    package init(
        roleARN: String,
        sessionName: String,
        externalID: String? = nil,
        duration: Duration? = nil
    ) {
        self.roleARN = roleARN
        self.sessionName = sessionName
        self.externalID = externalID
        self.duration = duration
    }
}

/// A role to assume with a token of an identity provider (AssumeRoleWithWebIdentity).
package struct WebIdentityRequest: Hashable, Sendable {
    /// The role.
    package var roleARN: String
    /// The session's name in CloudTrail.
    package var sessionName: String
    /// The token, without the file's last newline.
    package var token: Secret
    /// The length of the session, 15 min to 12 h; nil leaves it to AWS (1 h).
    package var duration: Duration?

    /// Creates a request.
    package init(roleARN: String, sessionName: String, token: Secret, duration: Duration? = nil) {
        self.roleARN = roleARN
        self.sessionName = sessionName
        self.token = token
        self.duration = duration
    }
}

/// Who AWS takes a caller for (GetCallerIdentity).
package struct CallerIdentity: Hashable, Sendable {
    /// The account.
    package let account: String
    /// The user or the assumed role.
    package let arn: String
    /// The id of user or role.
    package let userID: String
}

/// Why STS gave no result.
package enum STSError: Error, Hashable, Sendable, CustomStringConvertible {
    /// STS refused it.
    case refused(ServiceError)
    /// There was no answer, or a server error, after all retries.
    case unavailable(String)
    /// The answer is malformed.
    case malformed(String)

    package var description: String {
        switch self {
        case .refused(let error): "STS: \(error)"
        case .unavailable(let reason): "STS: \(reason)"
        case .malformed(let reason): "STS: the answer cannot be read: \(reason)"
        }
    }
}

/// The operations of the AWS Security Token Service that return credentials.
package struct STSClient: Sendable {
    private let client: AWSServiceClient
    private let limits: HTTPLimits

    /// Creates a client.
    ///
    /// - Parameters:
    ///   - endpoint: The endpoint of STS.
    ///   - transport: The transport to send with.
    ///   - environment: Clock, sleep, randomness.
    ///   - settings: Time limits and retries; default 3 attempts within 60 s.
    ///   - limits: The limits of one attempt; default 20 s and 64 KiB.
    package init(
        endpoint: Endpoint,
        transport: any HTTPTransport,
        environment: CallEnvironment,
        settings: AWSServiceClient.Settings = AWSServiceClient.Settings(),
        limits: HTTPLimits = .sts
    ) {
        client = AWSServiceClient(
            endpoint: endpoint,
            transport: transport,
            credentials: nil,
            settings: settings,
            environment: environment
        )
        self.limits = limits
    }

    /// Assumes a role with credentials.
    ///
    /// - Throws: ``STSError``; it contains no secret.
    package func assumeRole(
        _ request: AssumeRoleRequest,
        signedBy credentials: Credentials
    ) async throws(STSError) -> Credentials {
        var parameters = [("RoleArn", request.roleARN), ("RoleSessionName", request.sessionName)]
        if let duration = request.duration { parameters.append(seconds(duration)) }
        var secrets: [Secret] = []
        if let externalID = request.externalID {
            parameters.append(("ExternalId", externalID))
            secrets = [Secret(externalID)]
        }
        let result = try await send(
            .assumeRole,
            parameters,
            secrets: secrets,
            signedBy: credentials
        )
        return try Credentials(stsResult: result)
    }

    /// Assumes a role with a token of an identity provider; unsigned.
    ///
    /// - Throws: ``STSError``; the token is no part of it.
    package func assumeRoleWithWebIdentity(
        _ request: WebIdentityRequest
    ) async throws(STSError) -> Credentials {
        var parameters = [
            ("RoleArn", request.roleARN), ("RoleSessionName", request.sessionName),
            ("WebIdentityToken", request.token.exposed),
        ]
        if let duration = request.duration { parameters.append(seconds(duration)) }
        let result = try await send(
            .assumeRoleWithWebIdentity,
            parameters,
            secrets: [request.token],
            signedBy: nil
        )
        return try Credentials(stsResult: result)
    }

    /// Queries the identity of the credentials; needs no permission.
    ///
    /// - Throws: ``STSError``.
    package func callerIdentity(
        signedBy credentials: Credentials
    ) async throws(STSError) -> CallerIdentity {
        let result = try await send(.getCallerIdentity, [], signedBy: credentials)
        return CallerIdentity(
            account: try text("Account", in: result),
            arn: try text("Arn", in: result),
            userID: try text("UserId", in: result)
        )
    }

    private func seconds(_ duration: Duration) -> (String, String) {
        ("DurationSeconds", String(duration.wholeMilliseconds / 1000))
    }

    private func send(
        _ operation: AWSOperation,
        _ parameters: [(String, String)],
        secrets: [Secret] = [],
        signedBy credentials: Credentials?
    ) async throws(STSError) -> XMLElement {
        let call = ServiceCall.form(
            operation.definition,
            parameters.map { (name: $0.0, value: $0.1) },
            secrets: secrets
        )
        let answer = await client.call(
            call,
            credentials: credentials.map(StaticCredentials.init),
            limits: limits
        )
        switch answer {
        case .accepted(let body, _):
            return try document(body)
        case .refused(let error, _):
            throw .refused(error)
        case .unknown(let cause, _):
            throw .unavailable(cause.description)
        case .notSent(let error, _):
            throw .unavailable(error.detail)
        case .noCredentials(let error, _):
            throw .unavailable(error.description)
        }
    }

    private func document(_ body: [UInt8]) throws(STSError) -> XMLElement {
        do {
            return try XMLElement(parsing: body)
        } catch {
            throw .malformed(error.description)
        }
    }
}

extension HTTPLimits {
    /// For STS: 3.1 s to connect, 20 s in all, bodies up to 64 KiB.
    package static let sts = HTTPLimits(
        connect: .milliseconds(3100),
        total: .seconds(20),
        bodyBytes: 64 << 10
    )
}

extension Credentials {
    /// Reads the `Credentials` element of an answer; the account is taken from the role's ARN.
    fileprivate init(stsResult result: XMLElement) throws(STSError) {
        guard let keys = result.first("Credentials") else {
            throw .malformed("no Credentials element")
        }
        let stamp = try text("Expiration", in: keys)
        guard let expiration = WallTime(rfc3339: stamp) else {
            throw .malformed("Expiration is not a time")
        }
        let arn = result.first("AssumedRoleUser")?.first("Arn")?.text
        let fields = arn?.split(separator: ":", omittingEmptySubsequences: false)
        let account = fields.flatMap { $0.count > 4 && !$0[4].isEmpty ? String($0[4]) : nil }
        self.init(
            accessKeyID: try text("AccessKeyId", in: keys),
            secretAccessKey: Secret(try text("SecretAccessKey", in: keys)),
            sessionToken: Secret(try text("SessionToken", in: keys)),
            expiration: expiration,
            accountID: account
        )
    }
}

/// The text of a descendant, which must be there and not empty.
private func text(_ name: String, in element: XMLElement) throws(STSError) -> String {
    guard let text = element.first(name)?.text, !text.isEmpty else {
        throw .malformed("no \(name) element")
    }
    return text
}
