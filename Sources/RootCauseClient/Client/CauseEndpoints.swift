package import AWSClient
package import Primitives

/// Where the services that know causes are reached for one connection.
package struct CauseEndpoints: Sendable {
    /// The variables.
    package var environment: AWSEnvironment
    /// The profile in use.
    package var profiles: LoadedProfiles
    /// The setting `aws.endpoint_urls`, by the names of ``name(of:)``.
    package var urls: [String: String]
    /// The URL set for the pipelines' own service: a simulator on this machine serves all.
    package var pipelineURL: String?
    /// Whether http to other machines is accepted.
    package var allowsInsecure: Bool
    /// Whether FIPS hosts are used; nil leaves it to variables and profile.
    package var usesFIPS: Bool?
    /// Whether dual-stack hosts are used; nil leaves it to variables and profile.
    package var usesDualStack: Bool?

    /// Creates endpoints; by default variables and profile decide alone.
    package init(
        environment: AWSEnvironment,
        profiles: LoadedProfiles,
        urls: [String: String] = [:],
        pipelineURL: String? = nil,
        allowsInsecure: Bool = false,
        usesFIPS: Bool? = nil,
        usesDualStack: Bool? = nil
    ) {
        self.environment = environment
        self.profiles = profiles
        self.urls = urls
        self.pipelineURL = pipelineURL
        self.allowsInsecure = allowsInsecure
        self.usesFIPS = usesFIPS
        self.usesDualStack = usesDualStack
    }

    /// The services whose URL may be set.
    package static let services: [AWSService] = AWSOperation.allCases.map(\.definition)
        .filter { $0.permission?.resource == .provider }.map(\.service)
        .reduce(into: []) { if !$0.contains($1) { $0.append($1) } }

    /// The name of a service in `aws.endpoint_urls`, as in the profile's services section:
    /// `codebuild`, `cloudwatch_logs`, `sfn`.
    package static func name(of service: AWSService) -> String {
        EndpointURLSources.variableSuffix(service.id).lowercased()
    }

    /// The endpoint of a service.
    ///
    /// A URL is taken from the setting, else from AWS_ENDPOINT_URL_<SERVICE> and what follows it in
    /// ``EndpointURLSources``, else from ``pipelineURL`` if that is on this machine.
    ///
    /// - Throws: ``CredentialsError`` where a setting cannot be used.
    package func endpoint(
        of service: AWSService,
        region: String
    ) throws(CredentialsError) -> Endpoint {
        let found = try ConfiguredEndpoint(
            service: service,
            environment: environment,
            profiles: profiles,
            setting: urls[CauseEndpoints.name(of: service)],
            allowsInsecure: allowsInsecure
        )
        let local = pipelineURL.flatMap { URLParts($0)?.isLoopback == true ? $0 : nil }
        let url = found.url ?? local
        do throws(EndpointError) {
            return try Endpoint.resolve(
                service: service,
                EndpointParameters(
                    region: region,
                    usesFIPS: url == nil && (usesFIPS ?? found.useFIPS),
                    usesDualStack: url == nil && (usesDualStack ?? found.useDualStack),
                    url: url
                )
            )
        } catch {
            throw CredentialsError(source: "endpoint of \(service.id)", reason: error.reason)
        }
    }
}
