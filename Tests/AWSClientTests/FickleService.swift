import AWSClient
import Primitives
import Synchronization
import RetryTestSupport

/// STS and CodePipeline on a manual clock: issues sessions of 900 s, accepts their credentials
/// while they are valid, and is up or down by a schedule.
final class FickleService: HTTPTransport {
    /// The fate of a request.
    enum Weather: Hashable, Sendable {
        /// An answer.
        case fair
        /// No connection: nothing was sent.
        case refusing
        /// HTTP 503, and nothing was done.
        case failing
        /// The request is executed and its answer is lost after the whole time.
        case silent
    }

    /// The requests that the service received.
    struct Record: Sendable {
        /// Sessions handed out.
        var sessions = 0
        /// Requests to STS, answered or not.
        var stsRequests = 0
        /// Requests to CodePipeline, answered or not.
        var calls = 0
        /// Requests with credentials that had ended.
        var callsWithEndedKeys = 0
        /// How often each call was carried out, by its invocation id.
        var executions: [String: Int] = [:]
        /// When each session's credentials end, by key id.
        fileprivate var ends: [String: Duration] = [:]
    }

    private static let id = [HTTPHeader("x-amzn-RequestId", "r")]
    /// The length of a session.
    static let session = Duration.seconds(900)
    /// The time of day when the clock is at zero.
    static let start = WallTime(milliseconds: 1_795_395_600_000)

    private let clock: ManualClock
    private let weather: @Sendable (_ isSTS: Bool, Duration) -> Weather
    private let record = Mutex(Record())

    init(
        _ clock: ManualClock,
        weather: @escaping @Sendable (_ isSTS: Bool, Duration) -> Weather
    ) {
        self.clock = clock
        self.weather = weather
    }

    var seen: Record { record.withLock { $0 } }

    func send(
        _ request: HTTPRequest,
        limits: HTTPLimits
    ) async throws(TransportError) -> HTTPResponse {
        let now = clock.time
        let isSTS = request.url.contains("://sts.")
        record.withLock { record in
            if isSTS { record.stsRequests += 1 } else { record.calls += 1 }
        }
        switch weather(isSTS, now) {
        case .refusing:
            throw TransportError(kind: .connection, progress: .notSent, detail: "refused")
        case .failing:
            return HTTPResponse(status: 503)
        case .silent:
            if !isSTS { _ = call(request, at: now) }
            clock.advance(to: now + limits.total)
            throw TransportError(kind: .timeout, progress: .maybeSent, detail: "silence")
        case .fair:
            return isSTS ? newSession(at: now) : call(request, at: now)
        }
    }

    private func newSession(at now: Duration) -> HTTPResponse {
        let number = record.withLock { record in
            record.sessions += 1
            record.ends["ASIASESSION\(record.sessions)"] = now + FickleService.session
            return record.sessions
        }
        let end = FickleService.start + now + FickleService.session
        let body = """
            <AssumeRoleResponse><AssumeRoleResult><Credentials>
            <AccessKeyId>ASIASESSION\(number)</AccessKeyId>
            <SecretAccessKey>session-secret</SecretAccessKey>
            <SessionToken>session-token</SessionToken><Expiration>\(end)</Expiration>
            </Credentials></AssumeRoleResult></AssumeRoleResponse>
            """
        return HTTPResponse(status: 200, headers: Self.id, body: Array(body.utf8))
    }

    private func call(_ request: HTTPRequest, at now: Duration) -> HTTPResponse {
        let authorization = request.header("authorization") ?? ""
        let key = authorization.split(separator: "Credential=").last?.prefix { $0 != "/" } ?? ""
        let isGood = record.withLock { record in
            guard let end = record.ends[String(key)], end > now else {
                record.callsWithEndedKeys += 1
                return false
            }
            let id = request.header("amz-sdk-invocation-id") ?? ""
            record.executions[id, default: 0] += 1
            return true
        }
        guard isGood else {
            return HTTPResponse(
                status: 400,
                headers: Self.id,
                body: Array(#"{"__type":"ExpiredToken"}"#.utf8)
            )
        }
        return HTTPResponse(status: 200, headers: Self.id, body: Array("{}".utf8))
    }
}
