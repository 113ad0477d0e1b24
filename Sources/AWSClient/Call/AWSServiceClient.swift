package import Primitives
import Synchronization

/// Calls one service at one endpoint: signs, sends, retries, and reports the result of the call.
///
/// Quota, clock correction and signing keys are shared by all its calls.
package final class AWSServiceClient: Sendable {
    /// How patient the client is.
    package struct Settings: Hashable, Sendable {
        /// Attempts and back-off; default: the standard of the service.
        package var retry: RetrySettings
        /// The longest a call takes with all its attempts; default 60 s.
        package var budget: Duration
        /// The value of User-Agent.
        package var userAgent: String

        /// Creates settings.
        package init(
            retry: RetrySettings = RetrySettings(),
            budget: Duration = .seconds(60),
            userAgent: String = "pipeline-retryd"
        ) {
            self.retry = retry
            self.budget = budget
            self.userAgent = userAgent
        }
    }

    /// The state that the calls share.
    struct Shared: Sendable {
        var quota: RetryQuota
        var skew = ClockSkew()
        var keys = SigningKeyCache()
    }

    /// Where the requests go; nil when the endpoint's URL is none.
    let destination: Destination?
    let endpoint: Endpoint
    let transport: any HTTPTransport
    let settings: Settings
    let environment: CallEnvironment
    let shared: Mutex<Shared>
    private let credentials: (any CredentialsProvider)?

    /// Creates a client; nothing is sent yet.
    ///
    /// - Parameters:
    ///   - endpoint: The URL and the signing scope.
    ///   - transport: The transport to send with.
    ///   - credentials: The provider of the credentials; nil for a service that is called unsigned.
    ///   - settings: Time limits and retries.
    ///   - environment: Clock, sleep, randomness.
    ///   - quota: The initial retry quota.
    package init(
        endpoint: Endpoint,
        transport: any HTTPTransport,
        credentials: (any CredentialsProvider)?,
        settings: Settings = Settings(),
        environment: CallEnvironment,
        quota: RetryQuota = RetryQuota()
    ) {
        destination = Destination(endpoint.url)
        self.endpoint = endpoint
        self.transport = transport
        self.credentials = credentials
        self.settings = settings
        self.environment = environment
        shared = Mutex(Shared(quota: quota))
    }

    /// Performs an operation of a service that takes JSON, with the client's own credentials.
    ///
    /// - Parameters:
    ///   - operation: The operation; one that may not be repeated uses a fresh connection.
    ///   - body: The input in JSON; empty for none.
    ///   - limits: The limits of one attempt.
    /// - Returns: What is known about the call.
    package func call(
        _ operation: OperationDefinition,
        body: [UInt8],
        limits: HTTPLimits = .service
    ) async -> CallAnswer {
        await call(.json(operation, body), limits: limits)
    }

    /// Performs a call of any protocol with the client's own credentials.
    package func call(_ call: ServiceCall, limits: HTTPLimits = .service) async -> CallAnswer {
        await self.call(call, credentials: credentials, limits: limits)
    }

    /// Performs a call with the credentials of a provider, or unsigned.
    ///
    /// - Parameters:
    ///   - call: The operation with its input.
    ///   - credentials: The provider; nil for an unsigned call.
    ///   - limits: The limits of one attempt.
    ///   - time: The longest that all attempts may take, if shorter than the client's budget.
    /// - Returns: What is known about the call.
    package func call(
        _ call: ServiceCall,
        credentials: (any CredentialsProvider)?,
        limits: HTTPLimits,
        within time: Duration? = nil
    ) async -> CallAnswer {
        var run = CallRun(
            client: self,
            call: call,
            provider: credentials,
            limits: limits,
            budget: min(time ?? settings.budget, settings.budget)
        )
        return await run.answer()
    }

    /// How far AWS's clock is ahead of ours, smoothed over all answers; nil before the first.
    package var observedSkew: Duration? { shared.withLock(\.skew.observed) }

    /// The correction added to our time when signing.
    package var skewCorrection: Duration { shared.withLock(\.skew.correction) }

    /// How many derived signing keys are cached: at most four.
    package var signingKeys: Int { shared.withLock(\.keys.count) }

    /// The rest of the retry quota.
    package var availableQuota: Int { shared.withLock(\.quota.available) }
}

/// An endpoint's URL, split once for all calls.
struct Destination: Sendable {
    /// The URL of every request: the endpoint's with a path.
    let text: String
    /// Its parts.
    let url: URLParts
    /// Whether answers from there are trusted about the time.
    let tellsTime: Bool

    init?(_ endpoint: String) {
        guard let parts = URLParts(endpoint) else { return nil }
        text = endpoint + (parts.path.hasSuffix("/") ? "" : "/")
        guard let whole = URLParts(text) else { return nil }
        url = whole
        tellsTime = ClockSkew.trusts(whole)
    }
}
