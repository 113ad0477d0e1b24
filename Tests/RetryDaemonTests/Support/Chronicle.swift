import RetryCore
import RetryDaemon
import Synchronization
import Systemd

/// Everything that the doubles saw, in order; tests wait for what they expect next.
final class Chronicle: Sendable {
    private struct State {
        var lines: [String] = []
        /// How many lines the waiting already passed.
        var read = 0
        var waiter: (text: String, continuation: CheckedContinuation<Void, Never>)?
    }

    private let state = Mutex(State())

    /// All lines so far.
    var lines: [String] { state.withLock(\.lines) }

    /// How many lines begin with a text.
    func count(_ text: String) -> Int { lines.count { $0.hasPrefix(text) } }

    /// Whether a line begins with a text.
    func contains(_ text: String) -> Bool { count(text) > 0 }

    /// Notes what happened.
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
    func wait(for text: String) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if let index = state.lines[state.read...].firstIndex(where: {
                    $0.hasPrefix(text)
                }) {
                    state.read = index + 1
                    return true
                }
                precondition(state.waiter == nil, "two tests wait on one chronicle")
                state.waiter = (text, continuation)
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    /// The place of the first line that begins with a text; past the end when there is none.
    func index(of text: String) -> Int {
        lines.firstIndex { $0.hasPrefix(text) } ?? lines.count
    }
}

/// Notes every report and line.
struct ChronicleSink: ReportSink {
    let chronicle: Chronicle

    func write(_ report: Report) { chronicle.note("report \(report.kind.rawValue)") }

    func note(_ priority: JournalPriority, _ message: String) {
        chronicle.note("note \(priority.name) \(message)")
    }
}

/// Notes every notice.
struct ChronicleManager: ServiceNotifying {
    let chronicle: Chronicle

    func announce(_ notice: ServiceNotice) {
        chronicle.note("manager " + notice.datagram.split(separator: "\n").joined(separator: " "))
    }
}
