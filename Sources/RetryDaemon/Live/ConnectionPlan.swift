package import AWSClient
import CodePipelineClient
import RetryCore
package import Settings

/// How one target is reached, with everything resolved that needs no call to AWS.
package struct ConnectionPlan: Hashable, Sendable {
    /// What the config file says.
    package var connection: AWSConnection
    /// The Region: written, of the environment, the profile or the instance.
    package var region: String
    /// Where CodePipeline is called.
    package var endpoint: Endpoint
    /// The PEM file of authorities; nil: the system's.
    package var authorities: String?

    /// Makes a plan of its parts.
    package init(
        connection: AWSConnection,
        region: String,
        endpoint: Endpoint,
        authorities: String?
    ) {
        self.connection = connection
        self.region = region
        self.endpoint = endpoint
        self.authorities = authorities
    }
}

/// Resolves what the file leaves to the environment, the profile and the instance.
package struct ConnectionPlanner: Sendable {
    private let environment: AWSEnvironment
    private let metadata: InstanceMetadata
    private let transports: TransportPool

    /// Makes a planner.
    package init(
        environment: AWSEnvironment,
        metadata: InstanceMetadata,
        transports: TransportPool
    ) {
        self.environment = environment
        self.metadata = metadata
        self.transports = transports
    }

    /// The plan of one target.
    ///
    /// - Throws: ``CredentialsError`` that names the setting that is missing or unusable.
    package func plan(_ connection: AWSConnection) async throws(CredentialsError)
        -> ConnectionPlan
    {
        let profiles = try LoadedProfiles.load(
            environment: environment,
            chosen: connection.profile
        )
        let region = try await region(connection, profiles)
        let authorities =
            connection.caBundle ?? environment.variable("AWS_CA_BUNDLE")
            ?? profiles.profile?.text("ca_bundle")
        // Made here, so that an unusable file is a fault of the config and not of a call.
        _ = try transports.transport(authorities: authorities)
        return ConnectionPlan(
            connection: connection,
            region: region,
            endpoint: try endpoint(connection, profiles, region: region),
            authorities: authorities
        )
    }

    private func region(
        _ connection: AWSConnection,
        _ profiles: LoadedProfiles
    ) async throws(CredentialsError) -> String {
        if let region = connection.region { return region }
        return try await RegionLookup.region(
            environment: environment,
            profile: profiles.profile,
            metadata: metadata
        ).get()
    }

    private func endpoint(
        _ connection: AWSConnection,
        _ profiles: LoadedProfiles,
        region: String
    ) throws(CredentialsError) -> Endpoint {
        let found = try ConfiguredEndpoint(
            serviceID: CodePipelineEndpoint.serviceID,
            environment: environment,
            profiles: profiles
        )
        var variables: [String: String] = [:]
        variables["AWS_ENDPOINT_URL_CODEPIPELINE"] = found.url
        let sources = EndpointURLSources(
            setting: connection.endpointURL,
            environment: variables,
            allowsInsecure: connection.allowInsecureEndpoint
        )
        do throws(EndpointError) {
            return try Endpoint.resolve(
                service: CodePipelineEndpoint.signingName,
                EndpointParameters(
                    region: region,
                    usesFIPS: connection.useFIPSEndpoint ?? found.useFIPS,
                    usesDualStack: connection.useDualstackEndpoint ?? found.useDualStack,
                    url: try sources.url(serviceID: CodePipelineEndpoint.serviceID)
                )
            )
        } catch {
            throw CredentialsError(source: "endpoint", reason: error.reason)
        }
    }
}

/// CodePipeline's names in endpoints and signatures.
private enum CodePipelineEndpoint {
    static let serviceID = WireClient.serviceID
    static let signingName = WireClient.signingName
}
