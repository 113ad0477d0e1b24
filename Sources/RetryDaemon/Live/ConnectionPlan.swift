package import AWSClient
import CodePipelineClient
import Primitives
import RetryCore
package import RootCauseClient
package import Settings

/// How one target is reached, with everything resolved that needs no call to AWS.
package struct ConnectionPlan: Hashable, Sendable {
    /// The settings of the config file.
    package var connection: AWSConnection
    /// The Region: written, of the environment, the profile or the instance.
    package var region: String
    /// Where CodePipeline is called.
    package var endpoint: Endpoint
    /// Where the services are called that know causes.
    package var causes: CauseEndpoints
    /// The PEM file of authorities; nil: the system's.
    package var authorities: String?

    /// Creates a plan.
    package init(
        connection: AWSConnection,
        region: String,
        endpoint: Endpoint,
        causes: CauseEndpoints,
        authorities: String?
    ) {
        self.connection = connection
        self.region = region
        self.endpoint = endpoint
        self.causes = causes
        self.authorities = authorities
    }
}

/// What a plan lacks; the raw value is the word for the status line.
package enum PlanCause: String, Hashable, Sendable, CaseIterable {
    /// The shared AWS files or the profile in them.
    case sharedFiles = "shared files"
    /// The Region.
    case region = "no Region"
    /// The file of authorities, or a proxy's variable.
    case certificates = "CA bundle or proxy"
    /// The endpoint.
    case endpoint = "endpoint"
}

/// Why a connection cannot be planned now.
package struct PlanError: Error, Hashable, Sendable {
    /// The missing part.
    package let cause: PlanCause
    /// The error.
    package let error: CredentialsError
}

extension CallFailure {
    /// The failure of a plan, as the calls that it would have made have it.
    package init(_ error: PlanError) {
        self.init(
            // The Region may be that of an instance whose metadata service starts late.
            kind: error.cause == .region ? .unreachable : .credentials,
            operation: nil,
            message: "\(error.error.source): \(error.error.reason)".bounded(.failure),
            cause: error.cause.rawValue
        )
    }
}

/// Resolves the settings that the file leaves to the environment, the profile and the instance.
package struct ConnectionPlanner: Sendable {
    private let environment: AWSEnvironment
    private let metadata: InstanceMetadata
    private let transports: TransportPool

    /// Creates a planner.
    package init(
        environment: AWSEnvironment,
        metadata: InstanceMetadata,
        transports: TransportPool
    ) {
        self.environment = environment
        self.metadata = metadata
        self.transports = transports
    }

    /// Rereads the changed authority files; ``trustChanges()`` returns the result.
    package func renewTrust() {
        transports.renewTrustForReload()
    }

    /// The changes of the authorities since the last call, one sentence each.
    package func trustChanges() -> [String] {
        transports.takeTrustChanges().map(\.description)
    }

    /// The plan of one target.
    ///
    /// - Throws: ``PlanError`` that names what is missing or unusable now; a later attempt may
    ///   succeed.
    package func plan(_ connection: AWSConnection) async throws(PlanError) -> ConnectionPlan {
        var cause = PlanCause.sharedFiles
        do throws(CredentialsError) {
            let profiles = try LoadedProfiles.load(
                environment: environment,
                chosen: connection.profile
            )
            cause = .region
            let region = try await region(connection, profiles)
            cause = .certificates
            let authorities =
                connection.caBundle ?? environment.variable("AWS_CA_BUNDLE")
                ?? profiles.profile?.text("ca_bundle")
            // Created here, so that an unusable file is reported before a call needs it.
            _ = try transports.transport(authorities: authorities)
            cause = .endpoint
            let own = try endpoint(connection, profiles, region: region)
            return ConnectionPlan(
                connection: connection,
                region: region,
                endpoint: own,
                causes: CauseEndpoints(
                    environment: environment,
                    profiles: profiles,
                    urls: connection.endpointURLs,
                    pipelineURL: own.url,
                    allowsInsecure: connection.allowInsecureEndpoint,
                    usesFIPS: connection.useFIPSEndpoint,
                    usesDualStack: connection.useDualstackEndpoint
                ),
                authorities: authorities
            )
        } catch {
            throw PlanError(cause: cause, error: error)
        }
    }

    private func region(
        _ connection: AWSConnection,
        _ profiles: LoadedProfiles
    ) async throws(CredentialsError) -> String {
        if let region = connection.region { return region }
        let configured = try RegionLookup.configured(
            environment: environment,
            profile: profiles.profile
        )
        if let configured { return configured }
        // The instance's Region is none for a profile that somebody named and that is not there.
        if profiles.isChosen, profiles.profile == nil, profiles.selected != "default" {
            throw CredentialsError(
                source: "profile \"\(profiles.selected)\"",
                reason: "it is not in the shared files, and no other setting names the Region"
            )
        }
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
            service: .codePipeline,
            environment: environment,
            profiles: profiles,
            setting: connection.endpointURL,
            allowsInsecure: connection.allowInsecureEndpoint
        )
        do throws(EndpointError) {
            return try Endpoint.resolve(
                service: .codePipeline,
                EndpointParameters(
                    region: region,
                    usesFIPS: connection.useFIPSEndpoint ?? found.useFIPS,
                    usesDualStack: connection.useDualstackEndpoint ?? found.useDualStack,
                    url: found.url
                )
            )
        } catch {
            throw CredentialsError(source: "endpoint", reason: error.reason)
        }
    }
}
