/// A caller's limits for one exchange.
package struct HTTPLimits: Hashable, Sendable {
    /// Time for TCP, TLS and a proxy's handshake; the transport may round it up.
    package var connect: Duration
    /// Time for the whole exchange, connecting included.
    package var total: Duration
    /// The largest body that is read, in bytes.
    package var bodyBytes: Int
    /// Whether a new connection must be used and closed afterwards.
    package var freshConnection: Bool

    /// Creates limits.
    package init(
        connect: Duration,
        total: Duration,
        bodyBytes: Int,
        freshConnection: Bool = false
    ) {
        self.connect = connect
        self.total = total
        self.bodyBytes = bodyBytes
        self.freshConnection = freshConnection
    }
}
