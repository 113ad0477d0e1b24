import RetryCore
import RetryDaemon
import Synchronization
import Systemd
import Testing

/// Everything that the doubles received, in order; tests wait for the lines that they expect next.
final class EventLog: Sendable {
    private struct State {
        var lines: [String] = []
        /// How many lines the waiting already passed.
        var read = 0
        var waiter: (text: String, continuation: CheckedContinuation<Void, Never>)?

        /// Passes the next line that begins with a text; false when there is none yet.
        mutating func takes(_ text: String) -> Bool {
            guard let index = lines[read...].firstIndex(where: { $0.hasPrefix(text) }) else {
                return false
            }
            read = index + 1
            return true
        }
    }

    private let state = Mutex(State())

    /// All lines so far.
    var lines: [String] { state.withLock(\.lines) }

    /// How many lines begin with a text.
    func count(_ text: String) -> Int { lines.count { $0.hasPrefix(text) } }

    /// Whether a line begins with a text.
    func contains(_ text: String) -> Bool { count(text) > 0 }

    /// Notes an event.
    func note(_ line: String) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.lines.append(line)
            guard let waiter = state.waiter, line.hasPrefix(waiter.text) else { return nil }
            state.waiter = nil
            state.read = state.lines.count
            return waiter.continuation
        }
        waiter?.resume()
    }

    /// Waits for the next line, after the ones that were waited for, that begins with a text.
    ///
    /// A test that is cancelled, as by its time limit, waits no longer and fails.
    func wait(for text: String) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard !state.takes(text), !Task.isCancelled else { return true }
                    precondition(state.waiter == nil, "two tests wait on one chronicle")
                    state.waiter = (text, continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.continuation.resume()
        }
        if Task.isCancelled { Issue.record("waited for \"\(text)\" in vain: \(lines)") }
    }

    /// Whether the line that would be waited for is there; it counts as waited for then.
    func takes(_ text: String) -> Bool { state.withLock { $0.takes(text) } }

    /// The place of the first line that begins with a text; past the end when there is none.
    func index(of text: String) -> Int {
        lines.firstIndex { $0.hasPrefix(text) } ?? lines.count
    }
}

/// Notes every report and line.
struct LoggingSink: ReportSink {
    let eventLog: EventLog

    func write(_ report: Report) { eventLog.note("report \(report.kind.rawValue)") }

    func note(_ priority: JournalPriority, _ message: String) {
        eventLog.note("note \(priority.name) \(message)")
    }
}

/// Notes every notice.
struct LoggingManager: ServiceNotifying {
    let eventLog: EventLog

    func announce(_ notice: ServiceNotice) {
        eventLog.note("manager " + notice.datagram.split(separator: "\n").joined(separator: " "))
    }
}
