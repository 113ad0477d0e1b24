package import AWSClient
package import Primitives
import Synchronization

/// Reads causes from the services that ran failed actions.
///
/// A reading never fails: what could not be read is part of its result.
package final class RootCauseClient: Sendable {
    /// How patient a reading is by default: all its calls together.
    package static let budget = Duration.seconds(10)
    /// The longest answer that is read.
    private static let bodyBytes = 4 << 20
    /// How many services and Regions are remembered with their quota and clock.
    private static let clientLimit = 64

    private struct Place: Hashable, Sendable {
        let service: AWSService
        let region: String
    }

    private let endpoints: CauseEndpoints
    private let transport: any HTTPTransport
    private let environment: CallEnvironment
    private let userAgent: String
    private let pace: any CallPacing
    private let clients = Mutex<[Place: AWSServiceClient]>([:])

    /// Creates a client; nothing is sent yet.
    ///
    /// - Parameters:
    ///   - endpoints: Where the services are.
    ///   - transport: The transport to send with.
    ///   - environment: Clock, sleep, randomness.
    ///   - userAgent: The value of User-Agent.
    ///   - pace: Spaces the calls; default: not at all.
    package init(
        endpoints: CauseEndpoints,
        transport: any HTTPTransport,
        environment: CallEnvironment,
        userAgent: String = "pipeline-retryd",
        pace: any CallPacing = Unpaced()
    ) {
        self.endpoints = endpoints
        self.transport = transport
        self.environment = environment
        self.userAgent = userAgent
        self.pace = pace
    }

    /// Reads the cause of an action's failure.
    ///
    /// - Parameters:
    ///   - subject: The action.
    ///   - credentials: Of the action's account, or of a role in it.
    ///   - deadline: When the reading ends with what it has.
    /// - Returns: The reading, which is over.
    package func read(
        _ subject: CauseSubject,
        credentials: any CredentialsProvider,
        deadline: Instant
    ) async -> CauseReading {
        var reading = CauseReading(subject)
        let region = subject.region
        while let call = reading.next {
            let service = call.operation.definition.service
            let isTurn = await pace.turn(of: service, in: region, before: deadline)
            let left = deadline - environment.instant()
            guard isTurn, left > .zero, !Task.isCancelled else {
                reading.end(because: .late, "there was no time left")
                break
            }
            let answer = await answer(call, region: region, credentials, within: left)
            if answer.gap(of: call.operation)?.kind == .throttled {
                pace.throttled(by: service, in: region)
            }
            reading.take(answer)
        }
        return reading
    }

    private func answer(
        _ call: CauseCall,
        region: String,
        _ credentials: any CredentialsProvider,
        within time: Duration
    ) async -> CauseAnswer {
        let client: AWSServiceClient
        do throws(CredentialsError) {
            client = try self.client(call.operation.definition.service, region: region)
        } catch {
            return .failed(.unreachable, error.description)
        }
        let limits = HTTPLimits(
            connect: min(.milliseconds(3100), time),
            total: time,
            bodyBytes: RootCauseClient.bodyBytes
        )
        let answer = await client.call(
            call.serviceCall,
            credentials: credentials,
            limits: limits,
            within: time
        )
        return CauseAnswer(answer)
    }

    /// The client of a service in a Region.
    private func client(
        _ service: AWSService,
        region: String
    ) throws(CredentialsError) -> AWSServiceClient {
        let place = Place(service: service, region: region)
        if let known = clients.withLock({ $0[place] }) { return known }
        let client = AWSServiceClient(
            endpoint: try endpoints.endpoint(of: service, region: region),
            transport: transport,
            credentials: nil,
            settings: AWSServiceClient.Settings(
                // A cause is worth one repetition; without it decisions are as they were.
                retry: RetrySettings(maxAttempts: 2),
                budget: RootCauseClient.budget,
                userAgent: userAgent
            ),
            environment: environment
        )
        return clients.withLock { clients in
            if clients.count >= RootCauseClient.clientLimit { clients.removeAll() }
            let first = clients[place] ?? client
            clients[place] = first
            return first
        }
    }
}

extension CauseAnswer {
    /// What a finished call means to a reading.
    init(_ answer: CallAnswer) {
        switch answer {
        case .accepted(let body, _): self = .body(body)
        case .refused(let error, _), .unknown(.serverFault(let error), _): self = .refused(error)
        case .notSent(let error, _), .unknown(.transport(let error), _):
            self = .failed(CauseGap.Kind(error), error.detail)
        case .unknown(.foreign(let foreign), _): self = .failed(.unreachable, foreign.description)
        case .unknown(.unreadable(let reason), _): self = .failed(.unreadable, reason)
        case .noCredentials(let error, _): self = .failed(.credentials, error.description)
        }
    }
}

extension CauseGap.Kind {
    fileprivate init(_ error: TransportError) {
        switch error.kind {
        case .timeout, .cancelled: self = .late
        case .tooLarge: self = .bounded
        case .connection, .lasting, .broken: self = .unreachable
        }
    }
}
