package import RetryCore
package import Systemd

/// Takes what the daemon says; never blocks.
package protocol ReportSink: Sendable {
    /// Takes an event.
    func write(_ report: Report)

    /// Takes a line that is no event of its own, such as a client's fault on the control socket.
    func note(_ priority: JournalPriority, _ message: String)
}
