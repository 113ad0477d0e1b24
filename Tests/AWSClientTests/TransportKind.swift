import AWSClient
import Testing

/// The transports that tables of tests are played over.
enum TransportKind: CaseIterable, CustomTestStringConvertible {
    /// AsyncHTTPClient.
    case general
    /// Straight over NIO.
    case direct
    /// The choice between the two, as the daemon has it.
    case service

    var testDescription: String { "\(self)" }

    /// Those that a fresh connection or a proxy can be asked of.
    static let versatile: [TransportKind] = [.general, .service]

    /// Makes a transport of this kind.
    func make(
        _ settings: TransportSettings = TransportSettings()
    ) throws -> any ClosableTransport {
        switch self {
        case .general: try AsyncHTTPClientTransport(settings)
        case .direct: try DirectTransport(settings)
        case .service: try ServiceTransport(settings)
        }
    }

    /// Makes a transport and closes it when `body` ends.
    func with<Result>(
        _ settings: TransportSettings = TransportSettings(),
        _ body: (any ClosableTransport) async throws -> Result
    ) async throws -> Result {
        let transport = try make(settings)
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

/// A transport that a test can close.
protocol ClosableTransport: HTTPTransport {
    func shutDown() async
}

extension AsyncHTTPClientTransport: ClosableTransport {}
extension DirectTransport: ClosableTransport {}
extension ServiceTransport: ClosableTransport {}
