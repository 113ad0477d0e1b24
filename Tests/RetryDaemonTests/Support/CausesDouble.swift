import RetryCore
import RetryDaemon

/// The services that know causes, as a test writes them.
struct CausesDouble: CauseAnswering {
    let eventLog: EventLog
    /// The answer to every request; nil: none.
    var report: CauseReport?
    /// A reading waits until this is opened; nil: it answers at once.
    var gate: Gate?

    func causes(
        of requests: [CauseRequest],
        logLines: Int,
        within time: Duration
    ) async -> [ActionExecutionID: CauseReport] {
        let names = requests.map(\.attempt.text).joined(separator: " ")
        eventLog.note("call causes \(names), \(logLines) lines, \(time)")
        if let gate { await gate.passed() }
        eventLog.note("causes return")
        guard let report else { return [:] }
        return Dictionary(requests.map { ($0.attempt, report) }) { first, _ in first }
    }
}
