import Primitives
import RetryCore
import Systemd

/// A stop under way.
struct Stopping {
    /// When calls still under way are given up.
    var deadline: Instant
    /// A second signal came.
    var isUrgent = false
}

/// SIGTERM, SIGINT and the end of `--once`.
extension DaemonLoop {
    /// How long a stop waits for RetryStageExecution to answer.
    ///
    /// A call given up then is settled after the next start by reading the state.
    private static var patience: Duration { .seconds(20) }

    /// Makes no more calls; a second time: waits for nothing.
    mutating func stop(_ cause: String) {
        guard stopping == nil else {
            stopping?.isUrgent = true
            return
        }
        stopping = Stopping(deadline: parts.clock.now + Self.patience)
        parts.sink.write(.stopping(cause))
        let retries = retriesInFlight
        guard retries > 0 else {
            parts.manager.announce(.stopping(status: "stopping"))
            return
        }
        let noun = retries == 1 ? "retry" : "retries"
        parts.manager.announce(.stopping(status: "waiting for the answer to \(retries) \(noun)"))
        parts.manager.announce(.extendTimeout(Self.patience + .seconds(10)))
    }

    private var retriesInFlight: Int { flights.values.count(where: \.isRetry) }

    /// Ends the run when no call is under way that must be awaited.
    ///
    /// Calls that only read are cancelled, since the next start reads again.
    mutating func endIfDrained() {
        guard let stopping, end == nil else { return }
        let isDrained = retriesInFlight == 0 && recording.isEmpty
        if isDrained || stopping.isUrgent || parts.clock.now >= stopping.deadline {
            end = .stopped
        }
    }

    /// Notes that durable intents whose turn never came were certainly not executed.
    ///
    /// A shutdown during a wait is not an attempt.
    mutating func withdrawUnsent() {
        let withdrawn = unsent.values.sorted { $0.episode < $1.episode }.map { intent in
            var intent = intent
            intent.state = .notExecuted
            return LedgerWrite.intent(intent)
        }
        unsent = [:]
        if !withdrawn.isEmpty { worker.write(withdrawn) }
    }
}
