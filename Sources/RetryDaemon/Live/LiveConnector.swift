package import AWSClient
import CodePipelineClient
import Primitives
package import RetryCore
import RootCauseClient
import Settings
import Synchronization
import Systemd

/// Creates connections to AWS.
package struct LiveConnector: Connecting {
    private let environment: AWSEnvironment
    private let metadata: InstanceMetadata
    private let transports: TransportPool
    private let sink: any ReportSink
    private let userAgent: String
    private let causeRates = CauseRates()
    private let places = ReadingPlaces(LiveCauses.readings)

    /// Creates a connector.
    ///
    /// - Parameters:
    ///   - environment: variables, files, clock.
    ///   - metadata: of the instance.
    ///   - transports: the transports to send with.
    ///   - sink: receives news of the credentials.
    ///   - userAgent: the user agent in AWS's logs.
    package init(
        environment: AWSEnvironment,
        metadata: InstanceMetadata,
        transports: TransportPool,
        sink: any ReportSink,
        userAgent: String
    ) {
        self.environment = environment
        self.metadata = metadata
        self.transports = transports
        self.sink = sink
        self.userAgent = userAgent
    }

    package func connect(
        _ target: TargetName,
        _ plan: ConnectionPlan
    ) -> any ServiceConnection {
        do throws(CredentialsError) {
            let transport = try transports.transport(authorities: plan.authorities)
            return connection(target, plan, transport)
        } catch {
            return BrokenConnection(CallFailure(kind: .unreachable, target, error))
        }
    }

    private func connection(
        _ target: TargetName,
        _ plan: ConnectionPlan,
        _ transport: any HTTPTransport
    ) -> LiveConnection {
        // The clock offset that a call learns from AWS also applies to the expiration of the
        // credentials.
        let (keys, call) = environment.sharingClock()
        let settings = AWSServiceClient.Settings(
            retry: RetrySettings(maxAttempts: 2),
            userAgent: userAgent
        )
        let chain = CredentialChain(
            environment: keys,
            settings: ChainSettings(
                profile: plan.connection.profile,
                region: plan.region,
                roleARN: plan.connection.roleARN?.text,
                externalID: plan.connection.externalID,
                stsEndpointURL: plan.connection.stsEndpointURL,
                allowsInsecureEndpoint: plan.connection.allowInsecureEndpoint
            ),
            roles: STSRoleAssumer(transport: transport, environment: call),
            metadata: metadata
        )
        let cache = CredentialCache(
            environment: keys,
            chain: chain,
            report: note(for: "target \(target)")
        )
        let client = AWSServiceClient(
            endpoint: plan.endpoint,
            transport: transport,
            credentials: cache,
            settings: settings,
            environment: call
        )
        // Without knowing the process's random numbers nobody can construct two bodies with one
        // digest.
        var rng = SystemRandomNumberGenerator()
        let wire = CodePipelineClient(
            client,
            digester: BodyDigester(seed: (rng.next(), rng.next()))
        )
        let role = plan.connection.causeRoleARN.map { role in
            CredentialCache(
                environment: keys,
                report: note(for: "target \(target), cause_role_arn")
            ) { () throws(CredentialsError) in
                try await chain.resolve(role: role.text, from: cache)
            }
        }
        return LiveConnection(
            LivePipelineService(wire),
            causes: causes(target, plan, transport, role ?? cache, call),
            [cache, role].compactMap(\.self)
        )
    }

    private func causes(
        _ target: TargetName,
        _ plan: ConnectionPlan,
        _ transport: any HTTPTransport,
        _ credentials: CredentialCache,
        _ environment: CallEnvironment
    ) -> LiveCauses {
        let connection = plan.connection
        let account = connection.causeRoleARN?.account ?? connection.roleARN?.account
        return LiveCauses(
            RootCauseClient(
                endpoints: plan.causes,
                transport: transport,
                environment: environment,
                userAgent: userAgent,
                pace: causeRates.pace(of: account ?? target.text, environment)
            ),
            credentials: credentials,
            places: places,
            environment: environment
        )
    }

    /// Reports news of credentials.
    private func note(for place: String) -> @Sendable (CredentialReport) -> Void {
        { [sink] report in
            if let (priority, text) = report.entry { sink.note(priority, "\(place): \(text)") }
        }
    }
}

/// One target's client and its credentials.
final class LiveConnection: ServiceConnection {
    let service: any PipelineService
    let causes: any CauseAnswering

    private let caches: [CredentialCache]
    private let closing = Gate()

    init(
        _ service: any PipelineService,
        causes: any CauseAnswering,
        _ caches: [CredentialCache]
    ) {
        self.service = service
        self.causes = causes
        self.caches = caches
    }

    func run() async {
        let (caches, closing) = (caches, closing)
        await withTaskGroup { group in
            for cache in caches { group.addTask { await cache.run() } }
            group.addTask { await closing.opened() }
            await group.next()
            group.cancelAll()
        }
    }

    func close() {
        closing.open()
    }
}

/// Opens once, and releases one waiter.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Releases the waiter, now or when it arrives.
    func open() {
        let waiter = state.withLock { state in
            state.isOpen = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Returns when the gate is open or the task is cancelled.
    func opened() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isThrough = state.withLock { state in
                    guard !state.isOpen else { return true }
                    state.waiter = continuation
                    return false
                }
                if isThrough { continuation.resume() }
            }
        } onCancel: {
            open()
        }
    }
}

/// A connection whose transport cannot be created; every call reports why.
private struct BrokenConnection: ServiceConnection, PipelineService, CauseAnswering {
    private let failure: CallFailure

    init(_ failure: CallFailure) {
        self.failure = failure
    }

    var service: any PipelineService { self }
    var causes: any CauseAnswering { self }

    func run() async {}

    func close() {}

    func state(
        of pipeline: PipelineName,
        known: StateDigest?
    ) async -> ReadAnswer<PolledState> {
        .failed(failure)
    }

    func definition(
        of pipeline: PipelineName
    ) async -> ReadAnswer<PipelineDefinition> {
        .failed(failure)
    }

    func actions(
        of pipeline: PipelineName,
        in execution: ExecutionID
    ) async -> ReadAnswer<[ActionRow]> {
        .failed(failure)
    }

    func history(
        of pipeline: PipelineName,
        after token: String?
    ) async -> ReadAnswer<HistoryPage> {
        .failed(failure)
    }

    func revisions(
        of pipeline: PipelineName,
        after token: String?,
        limit: Int
    ) async -> ReadAnswer<ExecutionPage> {
        .failed(failure)
    }

    func executions(
        of pipeline: PipelineName,
        limit: Int,
        known: StateDigest?
    ) async -> ReadAnswer<PolledExecutions> {
        .failed(failure)
    }

    func execution(
        _ execution: ExecutionID,
        of pipeline: PipelineName
    ) async -> ReadAnswer<ExecutionReading?> {
        .failed(failure)
    }

    func pipelines() async -> ReadAnswer<[PipelineName]> { .failed(failure) }

    func retry(_ episode: EpisodeKey, _ mode: RetryMode) async -> RetryAnswer {
        .refused(.unreachable, failure)
    }

    func causes(
        of requests: [CauseRequest],
        logLines: Int,
        within time: Duration
    ) async -> [ActionExecutionID: CauseReport] { [:] }
}

extension CallFailure {
    fileprivate init(kind: Kind, _ target: TargetName, _ error: CredentialsError) {
        self.init(kind: kind, operation: nil, message: "\(target): \(error.description)")
    }
}

extension CredentialReport {
    /// The line to log; nil when the engine reports it anyway, as a degraded target.
    fileprivate var entry: (JournalPriority, String)? {
        switch self {
        case .renewed, .failed(_, isServing: false, _): nil
        case .failed(let error, isServing: true, let pause):
            (
                .warning,
                "credentials could not be renewed; the older ones stay in use, next try in "
                    + "\(pause.shortText): \(error.description)"
            )
        case .servingExpired(let source, let expiration):
            (
                .warning,
                "\(source) has no newer credentials; those that ended at \(expiration) stay in use"
            )
        case .filesChanged: (.info, "a credentials file changed; it is read again")
        case .sameKeysAgain(let key):
            (.warning, "AWS rejects the access key \(key), and its source returns it again")
        }
    }
}
