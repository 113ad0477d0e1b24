package import Primitives

/// The service manager's watchdog, if it has one set on this process.
package struct Watchdog: Hashable, Sendable {
    /// How long the manager waits for a ping before it ends the process.
    package let timeout: Duration

    /// How often to ping: half the timeout (sd_watchdog_enabled(3)).
    package var pingInterval: Duration { timeout / 2 }

    /// Creates a watchdog with a timeout.
    package init(timeout: Duration) {
        self.timeout = timeout
    }

    /// Reads `WATCHDOG_USEC` and `WATCHDOG_PID`; nil when no watchdog is set on this process.
    ///
    /// A child that inherited the variables has another process id, and no watchdog. A value that
    /// is no positive number of microseconds counts as none.
    ///
    /// - Parameters:
    ///   - environment: ``LinuxHost/environment``.
    ///   - processID: the id of this process.
    package init?(environment: [String: String], processID: Int32) {
        if let owner = environment["WATCHDOG_PID"], Int32(owner) != processID { return nil }
        guard let microseconds = environment["WATCHDOG_USEC"].flatMap({ Int64($0) }),
            microseconds > 0
        else { return nil }
        timeout = .microseconds(microseconds)
    }

    /// What to tell the manager when a ping is due: a ping only if every part makes progress.
    package static func notice(for board: ProgressBoard, now: Instant) -> ServiceNotice {
        switch board.verdict(now: now) {
        case .healthy: .watchdogPing
        case .stalled(let stall): .watchdogTrigger(status: "Stalled: \(stall)")
        }
    }
}
