package import AWSClient
import CodePipelineClient
import Primitives
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
    /// What is missing.
    package let cause: PlanCause
    /// What is wrong with it.
    package let error: CredentialsError
}

extension CallFailure {
    /// The failure of a plan, as the calls that it would have made have it.
    package init(_ error: PlanError) {
        self.init(
            // The Region may be that of an instance whose metadata service comes up late.
            kind: error.cause == .region ? .unreachable : .credentials,
            operation: "connect",
            message: "\(error.error.source): \(error.error.reason)".bounded(.failure),
            cause: error.cause.rawValue
        )
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

    /// Reads the authorities anew whose files changed; ``trustChanges()`` says what was found.
    package func renewTrust() {
        transports.renewTrustForReload()
    }

    /// What became of the authorities since the last call, a sentence each.
    package func trustChanges() -> [String] {
        transports.takeTrustChanges().map(\.description)
    }

    /// The plan of one target.
    ///
    /// - Throws: ``PlanError`` that names what is missing or unusable now; a later try may work.
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
            // Made here, so that an unusable file is told before a call needs it.
            _ = try transports.transport(authorities: authorities)
            cause = .endpoint
            return ConnectionPlan(
                connection: connection,
                region: region,
                endpoint: try endpoint(connection, profiles, region: region),
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
