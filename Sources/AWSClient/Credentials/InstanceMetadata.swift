import Primitives
import Synchronization

/// Why the instance metadata service gave no answer.
package enum InstanceMetadataError: Error, Hashable, Sendable {
    /// It was switched off by `AWS_EC2_METADATA_DISABLED`, or there is none here.
    case unavailable(String)
    /// It exists and refuses or answers nonsense; the text gives the cause and the remedy.
    case failed(String)
    /// There is nothing at that path.
    case notFound

    /// The text for people.
    package var reason: String {
        switch self {
        case .unavailable(let text), .failed(let text): text
        case .notFound: "there is nothing at this path"
        }
    }
}

/// A client of the instance metadata service, version 2 only.
///
/// It keeps the session token between requests and asks for a new one before it ends or when the
/// service refuses it.
package final class InstanceMetadata: Sendable {
    private struct SessionToken {
        let text: Secret
        let endpoint: MetadataEndpoint
        let renewAt: Instant
    }

    private let environment: AWSEnvironment
    private let token = Mutex<SessionToken?>(nil)

    /// Creates a client; nothing is sent yet.
    package init(environment: AWSEnvironment) {
        self.environment = environment
    }

    /// The text at a path below `/latest/meta-data/`, without white space around it.
    ///
    /// - Throws: ``InstanceMetadataError``.
    package func text(
        at path: String,
        profile: ProfileSection?
    ) async throws(InstanceMetadataError) -> String {
        String(decoding: try await bytes(at: path, profile: profile), as: UTF8.self)
            .trimmingWhiteSpace
    }

    /// The bytes at a path below `/latest/meta-data/`; one refused token is replaced.
    func bytes(
        at path: String,
        profile: ProfileSection?
    ) async throws(InstanceMetadataError) -> [UInt8] {
        if environment.variable("AWS_EC2_METADATA_DISABLED")?.lowercased() == "true" {
            throw .unavailable("AWS_EC2_METADATA_DISABLED is true")
        }
        let endpoint: MetadataEndpoint
        do {
            endpoint = try MetadataEndpoint.find(in: environment, profile: profile)
        } catch {
            throw .failed(error.reason)
        }
        for isRepeat in [false, true] {
            let token = try await sessionToken(endpoint)
            let request = HTTPRequest(
                method: "GET",
                url: endpoint.url(path),
                headers: [HTTPHeader("x-aws-ec2-metadata-token", token.exposed)]
            )
            let answer = try await send(request, what: path)
            switch answer.status {
            case 200: return answer.body
            case 404: throw .notFound
            case 401 where !isRepeat:
                environment.log(.debug, "IMDS refused its session token; taking a new one")
                self.token.withLock { $0 = nil }
            case let status: throw .failed("it answered HTTP \(status) for \(path)")
            }
        }
        throw .failed("it refused two session tokens (HTTP 401)")
    }

    private func sessionToken(
        _ endpoint: MetadataEndpoint
    ) async throws(InstanceMetadataError) -> Secret {
        let now = environment.instant()
        let kept = token.withLock { $0 }
        if let kept, kept.endpoint == endpoint, now < kept.renewAt { return kept.text }
        let request = HTTPRequest(
            method: "PUT",
            url: endpoint.tokenURL,
            headers: [HTTPHeader("x-aws-ec2-metadata-token-ttl-seconds", "21600")]
        )
        let answer = try await send(request, what: "its session token")
        guard answer.status == 200 else { throw tokenRefusal(answer.status) }
        let text = String(decoding: answer.body, as: UTF8.self).trimmingWhiteSpace
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .failed("its session token is not usable text")
        }
        let seconds = answer.header("x-aws-ec2-metadata-token-ttl-seconds").flatMap { Int64($0) }
        let lifetime = Duration.seconds(min(max(seconds ?? 21_600, 0), 21_600))
        // Two minutes early, so that a token never ends between two requests.
        let renewAt = now + max(.zero, lifetime - .seconds(120))
        let fresh = SessionToken(text: Secret(text), endpoint: endpoint, renewAt: renewAt)
        token.withLock { $0 = fresh }
        return fresh.text
    }

    private func tokenRefusal(_ status: Int) -> InstanceMetadataError {
        switch status {
        case 403: .failed("it answered HTTP 403: the service is switched off for this instance")
        case 404, 405:
            .failed(
                "it answered HTTP \(status) for a session token: only IMDSv1, which is not used"
            )
        case _: .failed("it answered HTTP \(status) for a session token")
        }
    }

    private func send(
        _ request: HTTPRequest,
        what: String
    ) async throws(InstanceMetadataError) -> HTTPResponse {
        environment.log(.trace, "asking IMDS for \(what)")
        let exchange = MetadataExchange(environment: environment, limits: limits)
        do {
            return try await exchange.send(request)
        } catch  where error.kind == .timeout && request.method == "PUT" {
            throw .unavailable(
                "IMDS token request timed out: in a container raise HttpPutResponseHopLimit to 2, "
                    + "or set AWS_EC2_METADATA_DISABLED=true"
            )
        } catch  where error.kind == .connection {
            throw .unavailable("there is no metadata service here: \(error.detail)")
        } catch {
            throw .failed("no answer: \(error.detail)")
        }
    }

    private var limits: MetadataLimits {
        let timeout = environment.variable("AWS_METADATA_SERVICE_TIMEOUT")
            .flatMap { Double($0) }.map { Duration.saturating(seconds: min(max($0, 0.1), 60)) }
        let attempts = environment.variable("AWS_METADATA_SERVICE_NUM_ATTEMPTS")
            .flatMap { Int($0) }.map { min(max($0, 1), 10) }
        let one = timeout ?? .seconds(1)
        return MetadataLimits(
            attempts: attempts ?? 4,
            exchange: HTTPLimits(connect: one, total: one.adding(one), bodyBytes: 65_536),
            pause: .milliseconds(100),
            doubles: true,
            retriesTransport: false
        )
    }
}
