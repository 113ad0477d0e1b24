import AWSClient
import Testing

/// The kinds of connection that tables of tests are played over.
enum TransportKind: CaseIterable, CustomTestStringConvertible {
    /// Over kept connections, as reads go.
    case kept
    /// Over a fresh connection for each request, as retries go.
    case fresh

    var testDescription: String { "\(self)" }

    /// Makes a transport of this kind.
    func make(
        _ settings: TransportSettings = TransportSettings(),
        names: NameLookup = .system
    ) throws -> WayTransport {
        WayTransport(try ServiceTransport(settings, names: names), isFresh: self == .fresh)
    }

    /// Makes a transport and closes it when `body` ends.
    func with<Result>(
        _ settings: TransportSettings = TransportSettings(),
        names: NameLookup = .system,
        _ body: (WayTransport) async throws -> Result
    ) async throws -> Result {
        let transport = try make(settings, names: names)
        do {
            let result = try await body(transport)
            await transport.shutDown()
            return result
        } catch {
            await transport.shutDown()
            throw error
        }
    }
}

/// A transport that may request a fresh connection for every request.
struct WayTransport: HTTPTransport {
    private let transport: ServiceTransport
    private let isFresh: Bool

    init(_ transport: ServiceTransport, isFresh: Bool) {
        self.transport = transport
        self.isFresh = isFresh
    }

    func send(
        _ request: HTTPRequest,
        limits: HTTPLimits
    ) async throws(TransportError) -> HTTPResponse {
        var limits = limits
        if isFresh { limits.freshConnection = true }
        return try await transport.send(request, limits: limits)
    }

    func shutDown() async {
        await transport.shutDown()
    }
}
