package import RetryCore
package import Systemd

/// Takes the daemon's reports; never blocks.
package protocol ReportSink: Sendable {
    /// Takes an event.
    func write(_ report: Report)

    /// Takes a line that is not an event, such as a client's error on the control socket.
    func note(_ priority: JournalPriority, _ message: String)
}
