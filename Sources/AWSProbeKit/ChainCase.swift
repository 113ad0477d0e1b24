package import AWSClient
import Primitives

/// A case file that cannot be used.
package struct CaseError: Error, CustomStringConvertible, Sendable {
    /// The problem and its file.
    package let description: String

    /// Creates an error of its text.
    package init(_ description: String) {
        self.description = description
    }
}

/// One chain case of the published kind: a folder with variables, files and recorded traffic.
package struct ChainCase: Sendable {
    /// The outcome of a case.
    package struct Outcome: Sendable {
        /// The credentials or the error.
        package let result: Result<Credentials, CredentialsError>
        /// The requests in order.
        package let requests: [HTTPRequest]
        /// The differences from the recorded traffic.
        package let mismatches: [String]
        /// The log lines of every level.
        package let log: [String]
    }

    /// Which part of the client a case is for.
    package enum Entry: String, Sendable, CaseIterable {
        /// The default chain.
        case chain = "chain"
        /// The profile alone.
        case profile = "profile-chain"
    }

    /// The folder.
    package let folder: String
    /// Which part of the client it is for.
    package let entry: Entry

    /// Creates a case from its folder.
    package init(folder: String, entry: Entry) {
        self.folder = folder
        self.entry = entry
    }

    /// Plays the case.
    ///
    /// - Throws: ``CaseError`` when a file of the case is missing or no JSON.
    package func play() async throws(CaseError) -> Outcome {
        let variables = try ChainCase.json(folder + "/env.json").textMembers
        let traffic = try traffic()
        let world = ReplayWorld(
            variables: variables,
            files: .folder(folder + "/fs"),
            exchanges: ReplayExchange.exchanges(of: traffic)
        )
        let chain = world.chain()
        let result: Result<Credentials, CredentialsError>
        do throws(CredentialsError) {
            switch entry {
            case .chain: result = .success(try await chain.resolve().credentials)
            case .profile: result = .success(try await chain.resolveProfile().credentials)
            }
        } catch {
            result = .failure(error)
        }
        return Outcome(
            result: result,
            requests: world.transport.requests,
            mismatches: world.transport.mismatches,
            log: world.log
        )
    }

    /// The recorded traffic; a case without that file makes no request.
    private func traffic() throws(CaseError) -> JSONValue {
        let path = folder + "/http-traffic.json"
        guard LiveSystem.stamp(ofPath: path) != nil else { return .object([:]) }
        return try ChainCase.json(path)
    }

    /// Reads a JSON file.
    ///
    /// - Throws: ``CaseError`` when it is missing or no JSON.
    package static func json(_ path: String) throws(CaseError) -> JSONValue {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try LiveSystem.readFile(path).bytes
        } catch {
            throw CaseError("\(path): \(error)")
        }
        do {
            return try JSONValue(parsing: bytes)
        } catch {
            throw CaseError("\(path): not JSON")
        }
    }
}

extension ReplayWorld {
    /// The chain in this world, with STS behind the same transport.
    package func chain(settings: ChainSettings = ChainSettings()) -> CredentialChain {
        let environment = environment
        var settings = settings
        // Published cases name endpoints such as http://aws.example that only a replay may reach.
        settings.allowsInsecureEndpoint = true
        return CredentialChain(
            environment: environment,
            settings: settings,
            roles: STSRoleAssumer(
                transport: transport,
                environment: CallEnvironment(environment)
            ),
            metadata: InstanceMetadata(environment: environment)
        )
    }
}

extension ChainCase {
    /// Replays the case and compares result, requests and log with the expected ones.
    ///
    /// - Returns: The difference; nil when there is none.
    /// - Throws: ``CaseError`` when a file of the case is missing or not JSON.
    package func error() async throws(CaseError) -> String? {
        let expected = try ChainCase.json(folder + "/test-case.json")["result"]
        let outcome = try await play()
        if let mismatch = outcome.mismatches.first { return mismatch }
        let result = outcome.json["result"]
        switch (expected?["Ok"], result?["error"]?.text) {
        case (.some, let error?): return "expected keys, got: \(error)"
        case (nil, nil): return "expected an error, got keys"
        case (let keys?, nil) where keys != result: return "the keys are other ones"
        case (.some, nil), (nil, .some): break
        }
        let own = ["secret_access_key", "session_token"].compactMap { expected?["Ok"]?[$0]?.text }
        return outcome.leak(of: own + (try recordedSecrets()))
    }

    /// The secrets of the recorded answers and of the variables.
    private func recordedSecrets() throws(CaseError) -> [String] {
        let variables = try ChainCase.json(folder + "/env.json").textMembers
        let named = variables.filter {
            $0.key.hasSuffix("SECRET_ACCESS_KEY") || $0.key.hasSuffix("TOKEN")
        }
        let traffic = try traffic()
        let bodies = ReplayExchange.exchanges(of: traffic).compactMap { $0.answer?.body }
        let recorded = bodies.flatMap { body in
            // Both JSON and XML put the value right after the name.
            String(decoding: body, as: UTF8.self)
                .split { "\"<>: ,\n".contains($0) }
                .adjacentPairs()
                .filter { ["SecretAccessKey", "Token", "SessionToken"].contains($0.0) }
                .map { String($0.1) }
        }
        return named.map(\.value) + recorded.filter { $0.utf8.count >= 6 }
            + fileSecrets(tokenFiles: variables.filter { $0.key.hasSuffix("TOKEN_FILE") }.values)
    }

    /// The secrets of the case's shared files, and its token files.
    private func fileSecrets(tokenFiles: some Sequence<String>) -> [String] {
        func text(_ path: String) -> String {
            do {
                return String(
                    decoding: try LiveSystem.readFile(folder + "/fs" + path).bytes,
                    as: UTF8.self
                )
            } catch {
                // A case need not have the file.
                return ""
            }
        }
        let lines = ["config", "credentials"].flatMap {
            text("/home/.aws/\($0)").split(separator: "\n")
        }
        let settings = lines.map { line in
            line.split(separator: "=", maxSplits: 1).map { $0.filter { !$0.isWhitespace } }
        }
        func values(_ names: Set<String>) -> [String] {
            settings.filter { $0.count == 2 && names.contains($0[0].lowercased()) }.map { $0[1] }
        }
        let files = values(["web_identity_token_file"]) + tokenFiles
        return values(["aws_secret_access_key", "aws_session_token"])
            + files.map { text($0).filter { !$0.isWhitespace } }
    }
}

extension Array {
    /// Each element with its successor.
    fileprivate func adjacentPairs() -> Zip2Sequence<Self, ArraySlice<Element>> {
        zip(self, dropFirst())
    }
}

extension ChainCase.Outcome {
    /// The first text for people that contains a secret of the case.
    ///
    /// Secrets are the given ones and those that the recorded answers and files name as such.
    package func leak(of secrets: [String]) -> String? {
        var logged = log
        if case .failure(let error) = result { logged.append(error.description) }
        let hidden = secrets + headerSecrets
        for line in logged {
            for secret in hidden where secret.utf8.count > 2 && line.contains(secret) {
                return "a secret is in the log: \(line.prefix(20))..."
            }
        }
        return nil
    }

    private var headerSecrets: [String] {
        let names = [
            "authorization", "x-amz-security-token", "x-aws-ec2-metadata-token",
        ]
        return requests.flatMap(\.headers)
            .filter { names.contains($0.name.lowercased()) }
            .map(\.value)
    }
}

extension ChainCase.Outcome {
    /// The outcome as the probe prints it; only `result` has secrets in it.
    package var json: JSONValue {
        .object([
            "result": result.json,
            "requests": .array(requests.map(\.json)),
            "log": .array(log.map { .string($0) }),
        ])
    }
}

extension Result<Credentials, CredentialsError> {
    fileprivate var json: JSONValue {
        switch self {
        case .success(let keys):
            var fields: [String: JSONValue] = [
                "access_key_id": .string(keys.accessKeyID),
                "secret_access_key": .string(keys.secretAccessKey.exposed),
            ]
            if let token = keys.sessionToken { fields["session_token"] = .string(token.exposed) }
            if let account = keys.accountID { fields["account_id"] = .string(account) }
            if let end = keys.expiration {
                fields["expiry"] = .number(Double(end.milliseconds / 1000))
            }
            return .object(fields)
        case .failure(let error): return .object(["error": .string(error.description)])
        }
    }
}

extension HTTPRequest {
    fileprivate var json: JSONValue {
        let hidden = ["authorization", "x-amz-security-token"]
        let pairs = headers.map { header in
            let name = header.name.lowercased()
            return (name, JSONValue.string(hidden.contains(name) ? "<redacted>" : header.value))
        }
        return .object([
            "method": .string(method),
            "uri": .string(url),
            "headers": .object(Dictionary(pairs, uniquingKeysWith: { first, _ in first })),
        ])
    }
}
