import AWSClient
import Primitives

extension ProbeKind {
    /// A signed call with the credentials of the whole chain, for trials against a local server.
    package static let call = ProbeKind(
        name: "call",
        answer: { await TrialCall($0).answer() },
        check: { path throws(ProbeError) in
            throw ProbeError("\(path): call has no cases; give it lines")
        }
    )
}

/// One call as a line describes it: `env` (all its variables), `service`, `service_id`, `target`,
/// `body`, `ca_bundle`, `calls` (how often, with the same credentials; default 1).
private struct TrialCall {
    let line: JSONValue

    init(_ line: JSONValue) {
        self.line = line
    }

    func answer() async -> JSONValue {
        do throws(TransportSettingsError) {
            let authorities = line["ca_bundle"]?.text ?? variables["AWS_CA_BUNDLE"]
            let proxies = try proxies()
            let transport = try ServiceTransport(
                TransportSettings(proxies: proxies, authorities: authorities)
            )
            let metadata = try ServiceTransport(.metadata)
            let answer = await answer(over: transport, metadata: metadata)
            await transport.shutDown()
            await metadata.shutDown()
            return answer
        } catch {
            return .failure(error.description)
        }
    }

    private var variables: [String: String] { line["env"]?.textMembers ?? [:] }

    private func proxies() throws(TransportSettingsError) -> ProxySettings {
        do {
            return try ProxySettings(environment: variables)
        } catch {
            throw TransportSettingsError(error)
        }
    }

    private func answer(
        over transport: any HTTPTransport,
        metadata: any HTTPTransport
    ) async -> JSONValue {
        var environment = AWSEnvironment.live(metadataTransport: metadata, log: { _, _ in })
        environment.variables = variables
        environment.homeDirectory = variables["HOME"]
        let instance = InstanceMetadata(environment: environment)
        let chain = CredentialChain(
            environment: environment,
            roles: STSRoleAssumer(
                transport: transport,
                environment: CallEnvironment(environment)
            ),
            metadata: instance
        )
        let endpoint: Endpoint
        do throws(CredentialsError) {
            endpoint = try await self.endpoint(environment, instance)
        } catch {
            return .failure(error.description)
        }
        let cache = CredentialCache(environment: environment, chain: chain, report: { _ in })
        let client = AWSServiceClient(
            endpoint: endpoint,
            transport: transport,
            credentials: cache,
            environment: CallEnvironment(environment)
        )
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { await cache.run() }
            var answers: [JSONValue] = []
            for _ in 0..<Int(line["calls"]?.number ?? 1) {
                answers.append(shown(await client.call(call, limits: .service)))
            }
            group.cancelAll()
            return answers.count == 1 ? answers[0] : .array(answers)
        }
    }

    private func endpoint(
        _ environment: AWSEnvironment,
        _ instance: InstanceMetadata
    ) async throws(CredentialsError) -> Endpoint {
        let profiles = try LoadedProfiles.load(environment: environment)
        let configured = try ConfiguredEndpoint(
            service: service,
            environment: environment,
            profiles: profiles
        )
        let region = try await RegionLookup.region(
            environment: environment,
            profile: profiles.profile,
            metadata: instance
        ).get()
        do {
            return try Endpoint.resolve(
                service: service,
                EndpointParameters(
                    region: region,
                    usesFIPS: configured.useFIPS,
                    usesDualStack: configured.useDualStack,
                    url: configured.url
                )
            )
        } catch {
            throw CredentialsError(source: "endpoint", reason: error.description)
        }
    }

    /// The service as the line describes it: only its row.
    private var service: AWSService {
        AWSService(
            id: line["service_id"]?.text ?? "CodePipeline",
            signingName: line["service"]?.text ?? "codepipeline",
            wireProtocol: .awsJSON1_1(targetPrefix: target.prefix)
        )
    }

    /// The two parts of `target`.
    private var target: (prefix: String, operation: String) {
        let text = line["target"]?.text ?? "CodePipeline_20150709.ListPipelines"
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        return (String(parts.first ?? ""), String(parts.last ?? ""))
    }

    private var call: ServiceCall {
        .json(
            OperationDefinition(target.operation, of: service, on: nil),
            Array((line["body"]?.line ?? "{}").utf8)
        )
    }

    private func shown(_ answer: CallAnswer) -> JSONValue {
        var fields: [String: JSONValue] = ["attempts": .number(Double(answer.facts.attempts))]
        switch answer {
        case .accepted(let body, _):
            fields["accepted"] = .string(String(decoding: body, as: UTF8.self))
        case .refused(let error, _): fields["refused"] = .string(error.description)
        case .unknown(let cause, _): fields["unknown"] = .string(cause.description)
        case .notSent(let error, _): fields["not_sent"] = .string(error.detail)
        case .noCredentials(let error, _): fields["no_credentials"] = .string(error.description)
        }
        return .object(fields)
    }
}

extension TransportSettingsError {
    /// A proxy variable that cannot be used.
    fileprivate init(_ error: ProxyError) {
        self.init(reason: error.description)
    }
}
