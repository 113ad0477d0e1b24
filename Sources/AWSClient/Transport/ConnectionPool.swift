import NIOCore

/// The connections to one scheme, host and port, and the exchanges that wait for one.
///
/// It is confined to one event loop. The connection used last is used next, so that the others
/// become idle and are closed; waiting exchanges are served in order. One timer serves every
/// deadline: it is set to the earliest known one, and checks all when it fires, which costs an
/// exchange nothing.
///
/// Until a connection is established there is one dial at a time: an error of a certificate or a
/// proxy's password is found once, and not once for each waiting call.
final class ConnectionPool {
    private let opener: ConnectionOpener
    private let settings: TransportSettings
    private let loop: any EventLoop
    private let pauses: NIOLoopBoundBox<OriginPauses>
    /// Whether a connection carries one exchange only.
    private let isFresh: Bool
    /// Whether the last connection that was tried could be opened.
    private var isProven = false
    /// Whether nothing is kept any more: another pool serves the origin now.
    private var isRetired = false
    /// All that are open or being opened, but those that still dial.
    private var connections: [PooledConnection] = []
    /// The free ones; the last was used last.
    private var free: [PooledConnection] = []
    /// How many connections are being opened, from the first packet to the handshake's end.
    private var opening = 0
    /// How many of those have no channel yet.
    private var dialing = 0
    private var waiting = CircularBuffer<Exchange>()
    /// Why the last connection could not be opened, for those who wait in vain.
    private var lastFailure: (any Error)?
    /// Rounds of failed connects since the last success, and when the next may begin.
    private var failedRounds = 0
    private var redialAt: NIODeadline?
    private var timer: (callback: NIOScheduledCallback, at: NIODeadline)?
    private var isShutDown = false

    init(
        opener: ConnectionOpener,
        settings: TransportSettings,
        loop: any EventLoop,
        pauses: NIOLoopBoundBox<OriginPauses>,
        isFresh: Bool
    ) {
        self.opener = opener
        self.settings = settings
        self.loop = loop
        self.pauses = pauses
        self.isFresh = isFresh
    }

    /// Whether a connection may carry another exchange.
    var keepsConnections: Bool { !isFresh && !isRetired }

    /// Sends an exchange as soon as there is a connection.
    func submit(_ exchange: Exchange) {
        guard !isShutDown, !exchange.isCancelled else {
            exchange.fail(ConnectionError.cancelled, isWritten: false)
            return
        }
        if waiting.isEmpty { beginAnew() }
        waiting.append(exchange)
        serve()
        failWhilePaused()
        if !waiting.isEmpty { wake(by: exchange.connectBy) }
    }

    /// Ends an exchange whose caller gave up, in whatever state it is.
    func cancel(_ exchange: Exchange) {
        exchange.noteCancelled()
        if let index = waiting.firstIndex(where: { $0 === exchange }) {
            waiting.remove(at: index)
            exchange.fail(ConnectionError.cancelled, isWritten: false)
        } else {
            connections.first { $0.carries(exchange) }?.close(ConnectionError.cancelled)
        }
    }

    /// Ends all exchanges and closes all connections.
    func shutDown() {
        isShutDown = true
        while let exchange = waiting.popFirst() {
            exchange.fail(ConnectionError.cancelled, isWritten: false)
        }
        for connection in connections { connection.close(ConnectionError.cancelled) }
        timer?.callback.cancel()
        timer = nil
    }

    /// Keeps nothing any more: free connections go now, the others after their exchange.
    func retire() {
        isRetired = true
        for connection in free { connection.close(ConnectionError.closed) }
    }

    /// The current connections and waiting exchanges.
    var census: ConnectionCensus {
        ConnectionCensus(open: connectionCount, free: free.count, waiting: waiting.count)
    }

    private var connectionCount: Int { connections.count + dialing }

    /// Forgets failures that no exchange waited through: a new call may connect at once.
    private func beginAnew() {
        lastFailure = nil
        failedRounds = 0
        redialAt = nil
    }

    private func serve() {
        while !waiting.isEmpty, let connection = takeFree() {
            guard let exchange = waiting.popFirst() else { break }
            connection.send(exchange)
            wake(by: connection.deadline)
        }
        guard redialAt == nil, !waiting.isEmpty else { return }
        guard pauses.value.reason(opener.ways, at: .now()) == nil else { return }
        while waiting.count > opening, connectionCount < settings.connectionsPerHost,
            isProven || opening == 0
        {
            dial(by: waiting[offset: opening].connectBy)
        }
    }

    private func takeFree() -> PooledConnection? {
        while let connection = free.popLast() {
            if connection.isUsable { return connection }
        }
        return nil
    }
}

extension ConnectionPool {
    private func dial(by deadline: NIODeadline) {
        opening += 1
        dialing += 1
        opener.dial(on: loop, by: deadline).assumeIsolated().whenComplete { result in
            self.dialing -= 1
            switch result {
            case .success(let channel): self.secure(channel, by: deadline)
            case .failure(let error): self.failedToOpen(error)
            }
        }
    }

    /// Adds the handlers to an established channel, starting with TLS.
    private func secure(_ channel: any Channel, by deadline: NIODeadline) {
        let connection = PooledConnection(
            pool: self,
            channel: channel,
            peer: opener.security?.peer,
            openBy: deadline
        )
        connections.append(connection)
        guard !isShutDown else { return connection.close(ConnectionError.cancelled) }
        do {
            try opener.addHandlers(to: channel, connection)
            if connection.isOpening { wake(by: deadline) }
        } catch {
            connection.close(error)
        }
    }

    /// Takes a connection that is ready for its first request.
    func opened(_ connection: PooledConnection) {
        opening -= 1
        failedRounds = 0
        redialAt = nil
        isProven = true
        pauses.value.succeeded(opener.ways)
        freed(connection)
    }

    /// Takes a connection that is free again.
    func freed(_ connection: PooledConnection) {
        guard !isShutDown else { return connection.close(ConnectionError.cancelled) }
        connection.deadline = .now() + TimeAmount(settings.idleTimeout)
        free.append(connection)
        serve()
        // A connection that must be fresh when it is used must not age here.
        guard keepsConnections || !connection.isUsable else {
            return connection.close(ConnectionError.closed)
        }
        wake(by: connection.deadline)
    }

    /// Forgets a connection.
    ///
    /// - Parameters:
    ///   - connection: The connection.
    ///   - wasOpening: Why it never opened; nil when it had.
    func closed(_ connection: PooledConnection, wasOpening: (any Error)?) {
        connections.removeAll { $0 === connection }
        free.removeAll { $0 === connection }
        if let wasOpening { return failedToOpen(wasOpening) }
        serve()
        failWhilePaused()
    }

    /// Tries again within the connect time of those who wait, or fails one of them.
    private func failedToOpen(_ error: any Error) {
        opening -= 1
        lastFailure = error
        isProven = false
        switch OpeningRemedy(error) {
        case .nothing:
            pauses.value.failed(opener.way(of: error), error, at: .now())
            return failWhilePaused()
        case .later:
            // Other connections may still serve those who wait.
            guard connections.isEmpty, opening == 0 else { return }
            while let exchange = waiting.popFirst() { exchange.fail(error, isWritten: false) }
            return
        case .redial: break
        }
        guard settings.retriesConnecting else {
            waiting.popFirst()?.fail(error, isWritten: false)
            serve()
            return
        }
        guard redialAt == nil, !waiting.isEmpty else { return }
        // 100 ms, then a quarter more each time.
        let pause = 100 * (0..<min(failedRounds, 16)).reduce(1.0) { pause, _ in pause * 1.25 }
        failedRounds += 1
        let moment = NIODeadline.now() + .milliseconds(Int64(pause))
        redialAt = moment
        wake(by: moment)
    }
}

extension ConnectionPool {
    /// Ends the exchanges that wait for a paused route without a connection under way.
    private func failWhilePaused() {
        guard opening == 0, connections.isEmpty,
            let reason = pauses.value.reason(opener.ways, at: .now())
        else { return }
        while let exchange = waiting.popFirst() { exchange.fail(reason, isWritten: false) }
    }

    /// Has the timer fire no later than `deadline`.
    private func wake(by deadline: NIODeadline) {
        if let timer {
            guard deadline < timer.at else { return }
            timer.callback.cancel()
        }
        guard !isShutDown else { return timer = nil }
        do {
            let handler = PoolTimer(pool: NIOLoopBound(self, eventLoop: loop))
            timer = (try loop.scheduleCallback(at: deadline, handler: handler), deadline)
        } catch {
            // Only a loop that has ended refuses, and it has closed every channel.
            timer = nil
        }
    }

    /// Ends what is due and checks when the next deadline is.
    fileprivate func timerFired() {
        timer = nil
        let now = NIODeadline.now()
        for exchange in waiting where exchange.connectBy <= now { giveUp(exchange, at: now) }
        waiting.removeAll { $0.connectBy <= now }
        for connection in connections where connection.deadline <= now { connection.expire() }
        if let moment = redialAt, moment <= now { redialAt = nil }
        serve()
        let deadlines = waiting.map(\.connectBy) + connections.map(\.deadline)
        guard let next = (deadlines + [redialAt].compactMap(\.self)).min() else { return }
        wake(by: next)
    }

    /// Ends an exchange that got no connection in its time.
    private func giveUp(_ exchange: Exchange, at now: NIODeadline) {
        let error: any Error =
            if exchange.endBy <= now {
                ConnectionError.outOfTime
            } else if let lastFailure {
                lastFailure
            } else if opening > 0 {
                ConnectionError.connectTimeout
            } else {
                ConnectionError.allBusy
            }
        exchange.fail(error, isWritten: false)
    }
}

/// The one timer of a pool.
private struct PoolTimer: NIOScheduledCallbackHandler, Sendable {
    let pool: NIOLoopBound<ConnectionPool>

    func handleScheduledCallback(eventLoop: some EventLoop) {
        pool.value.timerFired()
    }
}
