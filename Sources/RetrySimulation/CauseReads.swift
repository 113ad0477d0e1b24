import Primitives
import RetryCore

/// What one process of the daemon asked services of its failures, and what they told it.
struct CauseReads: Sendable {
    /// What a service told of one failure.
    struct Told: Sendable {
        /// The line that says why.
        var line: String?
        /// Whether the stack cannot be updated any more.
        var isStuck = false
        /// Whether it came early enough for the daemon's clock, too, which may drift.
        var isCertain = true
    }

    /// The longest that a decision waits for an answer, in milliseconds.
    static let longest: Int64 = 10_000
    /// Clocks drift by as much in this time, and deadlines have whole milliseconds.
    private static let slack: Int64 = 100

    /// The statuses of a stack that no update ends (AWS CloudFormation User Guide, stack statuses).
    private static let stuck = [
        "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED", "UPDATE_ROLLBACK_FAILED",
        "REVIEW_IN_PROGRESS",
    ]

    private struct Question: Sendable {
        var attempts: Set<ActionExecutionID>
        var target: TargetName
        /// True milliseconds.
        var at: Int64
        var within: Int64
    }

    /// What was told in time.
    private(set) var told: [ActionExecutionID: Told] = [:]
    /// The episodes that asked, and until when their decisions may wait, by their own clock.
    private(set) var until: [EpisodeKey: Instant] = [:]
    /// The attempts that each episode asked about; another target has its own episode.
    private var asked: [EpisodeKey: Set<ActionExecutionID>] = [:]
    private var open: [CallID: Question] = [:]
    /// The services that were reported, by target.
    private var reported: Set<[String]> = []

    /// Takes a question; returns an attempt that was asked about before.
    mutating func ask(
        _ call: CallID,
        _ key: EpisodeKey,
        _ attempts: [ActionExecutionID],
        within: Duration,
        at time: Int64,
        by now: Instant
    ) -> ActionExecutionID? {
        let repeated = attempts.first { asked[key]?.contains($0) == true }
        asked[key, default: []].formUnion(attempts)
        for attempt in attempts { told[attempt] = nil }
        open[call] = Question(
            attempts: Set(attempts),
            target: key.pipeline.target,
            at: time,
            within: within.wholeMilliseconds
        )
        until[key] = max(until[key] ?? now, now + within)
        return repeated
    }

    /// An episode is over, or was dropped: another one may ask again.
    mutating func forget(_ key: EpisodeKey) {
        until[key] = nil
        asked[key] = nil
    }

    /// Takes an answer, if it comes before the daemon gives up; only the first counts.
    mutating func record(
        _ call: CallID,
        _ answers: [ActionExecutionID: CauseReport],
        at time: Int64
    ) {
        guard let question = open.removeValue(forKey: call),
            time - question.at < question.within + CauseReads.slack
        else { return }
        let isCertain = time - question.at < question.within - CauseReads.slack
        for (attempt, report) in answers where question.attempts.contains(attempt) {
            for service in report.answered { reported.remove([question.target.text, service]) }
            guard let root = report.cause?.root else { continue }
            told[attempt] = Told(
                line: root.line,
                isStuck: root.stack?.status.map(CauseReads.stuck.contains) == true,
                isCertain: isCertain
            )
        }
    }

    /// Takes a report; false when it was made before and nothing has come from the service since.
    mutating func note(_ failure: CauseFailure, of target: TargetName) -> Bool {
        reported.insert([target.text, failure.service]).inserted
    }

    /// The file has changed what a target is.
    mutating func forget(_ target: TargetName) {
        reported = reported.filter { $0.first != target.text }
    }
}

/// What services say of causes: it may change the rule, and nothing else.
extension Oracle {
    /// Services are asked of an episode's failures.
    mutating func asked(
        _ call: CallID,
        _ key: EpisodeKey,
        _ requests: [CauseRequest],
        within: Duration,
        at time: Int64,
        by now: Instant
    ) {
        if within.wholeMilliseconds > CauseReads.longest {
            blame(.causeDelay, "\(key) wants to wait \(within)")
        }
        let attempts = requests.map(\.attempt)
        let again = causes.ask(call, key, attempts, within: within, at: time, by: now)
        if let again { blame(.causeOnce, "\(key) asks again about \(again)") }
    }

    /// No decision waits longer than the answers may take; `phase` is nil for an episode that is
    /// not there.
    mutating func judgeCauses(at now: Instant, _ phase: (EpisodeKey) -> EpisodePhase.Name?) {
        for (key, until) in causes.until {
            switch phase(key) {
            case .tracing:
                if now >= until { blame(.causeDelay, "\(key) still waits for a cause") }
            case nil, .ended: causes.forget(key)
            case .resuming, .gathering, .matching, .pending, .deferred, .rechecking, .recording,
                .queued, .calling, .verifying, .settling, .running:
                break
            }
        }
    }

    /// A service that cannot be asked is reported once.
    mutating func judgeCauseFailure(_ failure: CauseFailure, of target: TargetName) {
        if !causes.note(failure, of: target) {
            blame(.causeReport, "\(failure.service) of \(target) again")
        }
    }

    /// Whether a service told in time that a failed action's stack cannot be updated.
    func isStuck(_ truth: StageTruth, certainly: Bool) -> Bool {
        truth.failed.contains { run in
            causes.told[run.attempt].map { $0.isStuck && ($0.isCertain || !certainly) } == true
        }
    }
}
