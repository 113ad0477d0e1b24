import Primitives
import Synchronization
import Systemd

/// Feeds the service manager's watchdog, as long as the loop turns and the ledger's queue moves.
///
/// An outage of AWS or of the journal never stops the pings: neither part waits for them.
final class Heartbeats: Sendable {
    /// A part that is watched.
    enum Part: String {
        /// The loop.
        case loop
        /// The ledger's queue; a write may take as long as a slow disk does.
        case ledger
    }

    /// The watchdog; nil: there is none.
    let watchdog: Watchdog?

    private let clock: any HostClock
    private let board = Mutex(ProgressBoard())

    init(clock: any HostClock, timeout: Duration?) {
        self.clock = clock
        watchdog = timeout.map(Watchdog.init(timeout:))
        guard let timeout else { return }
        board.withLock { board in
            board.watch(Part.loop.rawValue, limit: timeout, now: clock.awake)
            board.watch(
                Part.ledger.rawValue,
                limit: max(timeout, .seconds(90)),
                now: clock.awake
            )
        }
    }

    /// Notes that a part moves.
    func progress(_ part: Part) {
        board.withLock { $0.progress(part.rawValue, now: clock.awake) }
    }

    /// What to tell the service manager now.
    func notice() -> ServiceNotice {
        board.withLock { Watchdog.notice(for: $0, now: clock.awake) }
    }
}

extension DaemonLoop {
    /// Starts to feed the watchdog, if there is one.
    func watch(_ group: inout DiscardingTaskGroup) {
        guard let watchdog = heartbeats.watchdog else { return }
        let (clock, inbox, worker) = (parts.clock, inbox, worker)
        let (heartbeats, manager) = (heartbeats, parts.manager)
        group.addTask {
            while !Task.isCancelled {
                let next = clock.now + watchdog.pingInterval
                let notice = heartbeats.notice()
                inbox.put(.heartbeat)
                worker.afterwards { _ in heartbeats.progress(.ledger) }
                manager.announce(notice)
                if case .watchdogTrigger = notice { return }
                await clock.sleep(until: next)
            }
        }
    }
}
