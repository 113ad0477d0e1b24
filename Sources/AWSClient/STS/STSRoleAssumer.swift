import Primitives
import Synchronization

/// Assumes roles by calling STS, at the location that each profile names.
///
/// A location keeps one client: its clock correction and retry quota are not lost at each refresh.
package final class STSRoleAssumer: RoleAssumer {
    /// More locations than a chain of profiles has; at the limit the memory is cleared.
    private static let placeLimit = 16

    private let clients = Mutex<[STSPlace: STSClient]>([:])
    private let transport: any HTTPTransport
    private let environment: CallEnvironment
    private let settings: AWSServiceClient.Settings

    /// Creates an assumer.
    ///
    /// - Parameters:
    ///   - transport: The transport to send with.
    ///   - environment: Clock, sleep, randomness.
    ///   - settings: Time limits and retries; default 3 attempts within 60 s.
    package init(
        transport: any HTTPTransport,
        environment: CallEnvironment,
        settings: AWSServiceClient.Settings = AWSServiceClient.Settings()
    ) {
        self.transport = transport
        self.environment = environment
        self.settings = settings
    }

    package func assume(
        _ role: RoleRequest,
        with credentials: Credentials,
        at place: STSPlace
    ) async throws(CredentialsError) -> Credentials {
        let client = try client(at: place, for: role)
        do {
            return try await client.assumeRole(
                AssumeRoleRequest(
                    roleARN: role.roleARN,
                    sessionName: role.sessionName,
                    externalID: role.externalID,
                    duration: role.duration
                ),
                signedBy: credentials
            )
        } catch {
            throw CredentialsError(source: source(role), reason: error.description)
        }
    }

    package func assume(
        _ role: RoleRequest,
        withToken token: Secret,
        at place: STSPlace
    ) async throws(CredentialsError) -> Credentials {
        let client = try client(at: place, for: role)
        do {
            return try await client.assumeRoleWithWebIdentity(
                WebIdentityRequest(
                    roleARN: role.roleARN,
                    sessionName: role.sessionName,
                    token: token,
                    duration: role.duration
                )
            )
        } catch {
            throw CredentialsError(source: source(role), reason: error.description)
        }
    }

    private func source(_ role: RoleRequest) -> String {
        "role \(role.roleARN.printable(limit: 200))"
    }

    private func client(
        at place: STSPlace,
        for role: RoleRequest
    ) throws(CredentialsError) -> STSClient {
        if let known = clients.withLock({ $0[place] }) { return known }
        do {
            let endpoint = try Endpoint.resolve(
                service: .sts,
                EndpointParameters(
                    region: place.region,
                    usesFIPS: place.useFIPS,
                    usesDualStack: place.useDualStack,
                    url: place.endpointURL
                )
            )
            let made = STSClient(
                endpoint: endpoint,
                transport: transport,
                environment: environment,
                settings: settings
            )
            return clients.withLock { clients in
                if let known = clients[place] { return known }
                if clients.count >= Self.placeLimit { clients = [:] }
                clients[place] = made
                return made
            }
        } catch {
            throw CredentialsError(source: source(role), reason: error.description)
        }
    }
}

extension AWSEnvironment {
    /// This environment for credentials and one for calls, sharing the estimate of AWS's clock.
    ///
    /// The clock offset found by a call corrects the time that expirations are compared with:
    /// otherwise a clock that is ahead by more than a session's length would reject all
    /// credentials.
    package func sharingClock() -> (keys: AWSEnvironment, calls: CallEnvironment) {
        let clock = SharedCorrection()
        var keys = self
        keys.wallTime = { [wallTime] in wallTime() + clock.value }
        var calls = CallEnvironment(self)
        calls.clockCorrected = { clock.value = $0 }
        return (keys, calls)
    }
}

/// How far AWS's clock is ahead, as one target's calls found.
private final class SharedCorrection: Sendable {
    private let duration = Mutex(Duration.zero)

    var value: Duration {
        get { duration.withLock { $0 } }
        set { duration.withLock { $0 = newValue } }
    }
}

extension CallEnvironment {
    /// The clock, pause and chance of the credentials side's environment.
    package init(_ environment: AWSEnvironment) {
        self.init(
            wallTime: environment.wallTime,
            instant: environment.instant,
            sleep: environment.sleep,
            random: environment.random
        )
    }
}
