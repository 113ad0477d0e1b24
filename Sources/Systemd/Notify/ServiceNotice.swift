import Primitives

/// A notice to the service manager: one value, one datagram (sd_notify(3)).
///
/// No case contains two states. On systemd 252 the last state of a datagram wins, on 253 and later
/// STOPPING takes precedence over READY, and READY over RELOADING.
package enum ServiceNotice: Hashable, Sendable {
    /// The daemon serves, or has ended a reload, refused ones included.
    case ready(status: String)
    /// A reload has begun, at that value of CLOCK_MONOTONIC in microseconds.
    ///
    /// Without the time, systemd 253 and later ignore the notice.
    case reloading(monotonicMicroseconds: UInt64, status: String)
    /// The daemon is stopping.
    case stopping(status: String)
    /// The line that `systemctl status` shows.
    case status(String)
    /// The line that `systemctl status` shows, with the failure as an errno value.
    case failing(status: String, code: Int32)
    /// Every part of the daemon makes progress.
    case watchdogPing
    /// A part of the daemon is stuck: the service manager kills it with SIGABRT immediately.
    ///
    /// The status travels in the same datagram and is applied first, so that the manager's own
    /// log line names the cause.
    case watchdogTrigger(status: String)
    /// The current start, reload or stop needs this much longer, counted from now.
    case extendTimeout(Duration)

    /// The datagram's text.
    ///
    /// A status is limited to one line, since a line break in external text could inject a state.
    package var datagram: String {
        switch self {
        case .ready(let status): joined("READY=1", statusLine(status))
        case .reloading(let time, let status):
            joined("RELOADING=1", "MONOTONIC_USEC=\(time)", statusLine(status))
        case .stopping(let status): joined("STOPPING=1", statusLine(status))
        case .status(let status): statusLine(status)
        case .failing(let status, let code): joined(statusLine(status), "ERRNO=\(code)")
        case .watchdogPing: "WATCHDOG=1"
        case .watchdogTrigger(let status):
            joined(statusLine(status), "ERRNO=\(ServiceNotice.timedOut)", "WATCHDOG=trigger")
        case .extendTimeout(let duration):
            "EXTEND_TIMEOUT_USEC=\(max(0, duration.milliseconds) * 1000)"
        }
    }

    /// Whether a lost notice would leave the service manager waiting for ever.
    var changesState: Bool {
        switch self {
        case .ready, .reloading, .stopping, .watchdogTrigger, .extendTimeout: true
        case .status, .failing, .watchdogPing: false
        }
    }

    /// ETIMEDOUT.
    private static let timedOut = 110
    /// A datagram may have 4096 bytes (NOTIFY_BUFFER_MAX).
    private static let statusLimit = 2048

    private func joined(_ lines: String...) -> String {
        lines.joined(separator: "\n")
    }

    private func statusLine(_ status: String) -> String {
        "STATUS=" + status.asOneLine.shortened(toUTF8: ServiceNotice.statusLimit)
    }
}
