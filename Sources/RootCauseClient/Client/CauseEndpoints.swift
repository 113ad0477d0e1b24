package import AWSClient
package import Primitives

/// Where the services that know causes are reached for one connection.
package struct CauseEndpoints: Hashable, Sendable {
    /// What variables, profile and settings say of each service.
    private let found: [AWSService: Result<ConfiguredEndpoint, CredentialsError>]
    /// The URL of the pipelines' own service, if it is on this machine: a simulator serves all.
    private let local: String?
    private let usesFIPS: Bool?
    private let usesDualStack: Bool?

    /// Reads the settings of all services.
    ///
    /// - Parameters:
    ///   - environment: The variables.
    ///   - profiles: The profile in use.
    ///   - urls: The setting `aws.endpoint_urls`, by ``AWSService/settingName``.
    ///   - pipelineURL: Where the pipelines' own service is called.
    ///   - allowsInsecure: Whether http to other machines is accepted.
    ///   - usesFIPS: Whether FIPS hosts are used; nil leaves it to variables and profile.
    ///   - usesDualStack: Whether dual-stack hosts are used; nil likewise.
    package init(
        environment: AWSEnvironment,
        profiles: LoadedProfiles,
        urls: [String: String] = [:],
        pipelineURL: String? = nil,
        allowsInsecure: Bool = false,
        usesFIPS: Bool? = nil,
        usesDualStack: Bool? = nil
    ) {
        found = AWSService.ofCauses.reduce(into: [:]) { found, service in
            do throws(CredentialsError) {
                found[service] = .success(
                    try ConfiguredEndpoint(
                        service: service,
                        environment: environment,
                        profiles: profiles,
                        setting: urls[service.settingName],
                        allowsInsecure: allowsInsecure
                    )
                )
            } catch {
                found[service] = .failure(error)
            }
        }
        local = pipelineURL.flatMap { URLParts($0)?.isLoopback == true ? $0 : nil }
        self.usesFIPS = usesFIPS
        self.usesDualStack = usesDualStack
    }

    /// The endpoint of a service.
    ///
    /// A URL is taken from the setting, else from AWS_ENDPOINT_URL_<SERVICE> and what follows it in
    /// ``EndpointURLSources``, else from the pipelines' own service if that is on this machine.
    ///
    /// - Throws: ``CredentialsError`` where a setting cannot be used.
    package func endpoint(
        of service: AWSService,
        region: String
    ) throws(CredentialsError) -> Endpoint {
        let found = try found[service]?.get()
        let url = found?.url ?? local
        do throws(EndpointError) {
            return try Endpoint.resolve(
                service: service,
                EndpointParameters(
                    region: region,
                    usesFIPS: url == nil && (usesFIPS ?? found?.useFIPS ?? false),
                    usesDualStack: url == nil && (usesDualStack ?? found?.useDualStack ?? false),
                    url: url
                )
            )
        } catch {
            throw CredentialsError(source: "endpoint of \(service.id)", reason: error.reason)
        }
    }
}
