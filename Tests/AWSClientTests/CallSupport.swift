import AWSClient
import Primitives
import Synchronization
import Testing

extension Result where Success == HTTPResponse, Failure == TransportError {
    /// A success with a JSON body and AWS's id.
    static func ok(_ body: String = "{}", _ headers: [HTTPHeader] = []) -> Self {
        let id = HTTPHeader("x-amzn-RequestId", "id-ok")
        return .success(
            HTTPResponse(
                status: 200,
                headers: headers.firstValue(named: id.name) == nil ? [id] + headers : headers,
                body: Array(body.utf8)
            )
        )
    }

    /// An AWS error.
    static func error(
        _ code: String,
        status: Int = 400,
        message: String = "m",
        headers: [HTTPHeader] = []
    ) -> Self {
        let body = "{\"__type\":\"com.amazonaws.codepipeline#\(code)\",\"message\":\"\(message)\"}"
        return .success(
            HTTPResponse(
                status: status,
                headers: [HTTPHeader("x-amzn-RequestId", "id-\(code)")] + headers,
                body: Array(body.utf8)
            )
        )
    }
}

/// A clock that only sleeping moves, and a note of each sleep.
final class TestWorld: Sendable {
    private struct State {
        var wall: WallTime
        var instant = Instant.origin
        var sleeps: [Duration] = []
    }

    private let state: Mutex<State>
    private let jitter: Double

    init(wall: String = "2026-11-23T01:02:03Z", jitter: Double = 0.5) throws {
        let time = try #require(WallTime(rfc3339: wall))
        state = Mutex(State(wall: time))
        self.jitter = jitter
    }

    var sleeps: [Duration] { state.withLock(\.sleeps) }
    var wall: WallTime { state.withLock(\.wall) }

    func advance(_ duration: Duration) {
        state.withLock {
            $0.wall = $0.wall + duration
            $0.instant = $0.instant + duration
        }
    }

    var environment: CallEnvironment {
        CallEnvironment(
            wallTime: { self.wall },
            instant: { self.state.withLock(\.instant) },
            sleep: { duration throws(CancellationError) in
                self.state.withLock { $0.sleeps.append(duration) }
                self.advance(duration)
            },
            random: { self.jitter }
        )
    }
}

extension Credentials {
    /// Credentials with a token; every part is easily found in a text.
    static let sample = Credentials(
        accessKeyID: "ASIASAMPLEKEYID00001",
        secretAccessKey: Secret("sample-secret-access-key"),
        sessionToken: Secret("sample-session-token")
    )
}

extension OperationDefinition {
    /// An operation that does not exist.
    static func op(_ replay: Replay) -> OperationDefinition {
        OperationDefinition("Op", of: .codePipeline, replay: replay, on: nil)
    }
}

/// Returns credentials in order and counts refusals.
final class RotatingCredentials: CredentialsProvider {
    private struct State {
        var keys: [Result<Credentials, CredentialsError>]
        var rejected: [String] = []
    }

    private let state: Mutex<State>

    init(_ keys: [Result<Credentials, CredentialsError>]) {
        state = Mutex(State(keys: keys))
    }

    var rejected: [String] { state.withLock(\.rejected) }

    func credentials() async throws(CredentialsError) -> Credentials {
        let next = state.withLock { state in
            state.keys.count > 1 ? state.keys.removeFirst() : state.keys[0]
        }
        return try next.get()
    }

    func reject(_ credentials: Credentials) async {
        state.withLock { $0.rejected.append(credentials.accessKeyID) }
    }
}

extension CallAnswer {
    /// The answer without its facts.
    var verdict: String {
        switch self {
        case .accepted: "accepted"
        case .refused(let error, _): "refused \(error.code)"
        case .unknown(.transport(let error), _): "unknown \(error.kind)"
        case .unknown(.serverFault(let error), _): "unknown \(error.code)"
        case .unknown(.foreign(let answer), _): "unknown foreign \(answer.status)"
        case .unknown(.unreadable, _): "unknown unreadable"
        case .notSent(let error, _): "notSent \(error.kind)"
        case .noCredentials: "noCredentials"
        }
    }
}
