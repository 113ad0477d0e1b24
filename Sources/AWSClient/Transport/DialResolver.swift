import NIOCore
import NIOPosix
import Synchronization

/// The lookup of one dial: shares the one lookup of its name with other callers.
///
/// It gives a name server ``NameLookup/Limits/patience``, then uses addresses that were valid some
/// minutes ago.
final class DialResolver: Resolver, Sendable {
    private let host: String
    private let names: NameLookup
    private let answer: EventLoopPromise<[IPAddress]>
    private let ticket = Mutex<UInt64?>(nil)

    /// Starts the lookup of the name immediately.
    init(_ host: String, names: NameLookup, loop: any EventLoop) {
        self.host = host
        self.names = names
        let answer = loop.makePromise(of: [IPAddress].self)
        self.answer = answer
        let ticket = names.ask(host) { result in
            answer.completeWith(result.mapError(ConnectionError.name))
        }
        guard let ticket else { return }
        self.ticket.withLock { $0 = ticket }
        guard names.staleAddresses(of: host) != nil else { return }
        loop.scheduleTask(in: names.limits.patience) {
            if let addresses = names.staleAddresses(of: host) { answer.succeed(addresses) }
        }
    }

    func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        addresses(ofLength: 4, port)
    }

    func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        addresses(ofLength: 16, port)
    }

    func cancelQueries() {
        answer.fail(ConnectionError.cancelled)
        if let ticket = ticket.withLock({ $0 }) { names.forget(ticket, of: host) }
    }

    private func addresses(ofLength length: Int, _ port: Int) -> EventLoopFuture<[SocketAddress]> {
        answer.futureResult.flatMapThrowing { list in
            try list.filter { $0.bytes.count == length }.map { address in
                try SocketAddress(packedIPAddress: ByteBuffer(bytes: address.bytes), port: port)
            }
        }
    }
}
