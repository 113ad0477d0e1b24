/// Credentials of the container endpoint: ECS task roles, EKS Pod Identity, local helpers.
struct ContainerSource: Sendable {
    let environment: AWSEnvironment

    private static let limits = MetadataLimits(
        attempts: 3,
        exchange: HTTPLimits(connect: .seconds(2), total: .seconds(5), bodyBytes: 65_536),
        pause: .seconds(1),
        doubles: false,
        retriesTransport: true
    )

    /// Queries the endpoint.
    ///
    /// - Throws: ``CredentialsError`` when it is configured and gives no credentials.
    func answer() async throws(CredentialsError) -> SourceAnswer {
        guard let endpoint = try await ContainerEndpoint.find(in: environment) else {
            return .notConfigured("no AWS_CONTAINER_CREDENTIALS_* variable")
        }
        let source = "container endpoint \(endpoint.shown)"
        environment.log(.debug, "asking \(source)")
        var headers = [HTTPHeader("accept", "application/json")]
        if let host = endpoint.hostHeader { headers.append(HTTPHeader("host", host)) }
        let token = try authorization(source: source)
        if let token { headers.append(HTTPHeader("authorization", token.exposed)) }
        let request = HTTPRequest(method: "GET", url: endpoint.pinnedURL, headers: headers)
        let answer: HTTPResponse
        do {
            let exchange = MetadataExchange(environment: environment, limits: Self.limits)
            answer = try await exchange.send(request)
        } catch {
            throw CredentialsError(source: source, reason: "no answer: \(error.detail)")
        }
        let document = CredentialDocument(answer.body)
        guard answer.status == 200 else {
            let known = token.map { [$0] } ?? []
            let complaint = document?.complaint.map {
                ": " + scrubbed($0, limit: 300, known: known)
            }
            throw CredentialsError(
                source: source,
                reason: "it answered HTTP \(answer.status)\(complaint ?? "")"
            )
        }
        guard let document else {
            throw CredentialsError(source: source, reason: "its answer is not a JSON object")
        }
        let credentials = try document.credentials(
            source: source,
            tokenName: "Token",
            needsExpiration: true
        )
        return .found(
            ResolvedCredentials(credentials: credentials, kind: .container, source: source)
        )
    }

    /// The Authorization header; the token file takes precedence and is read at every fetch.
    private func authorization(source: String) throws(CredentialsError) -> Secret? {
        let token: Secret
        if let path = environment.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
            token = try environment.tokenFile(path)
        } else if let text = environment.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN") {
            token = Secret(text)
        } else {
            return nil
        }
        guard token.exposed.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw CredentialsError(
                source: source,
                reason: "the authorization token has a line end or control character inside"
            )
        }
        return token
    }
}

extension AWSEnvironment {
    /// Reads a token file as text without white space around it.
    ///
    /// - Throws: ``CredentialsError`` when it is absent, unreadable, unsafe or empty.
    func tokenFile(_ path: String) throws(CredentialsError) -> Secret {
        let contents: FileContents
        do {
            contents = try readFile(path)
        } catch {
            switch error {
            case .absent:
                throw CredentialsError(source: path, reason: "the token file does not exist")
            case .unreadable(let detail): throw CredentialsError(source: path, reason: detail)
            }
        }
        try judge(contents.stamp, of: path)
        let text = String(decoding: contents.bytes, as: UTF8.self).trimmingWhiteSpace
        guard !text.isEmpty else {
            throw CredentialsError(source: path, reason: "the token file is empty")
        }
        return Secret(text)
    }
}
