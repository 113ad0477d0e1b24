import Primitives
import RetryCore

/// What the daemon asked services of its failures, what they told it, and what its ledger has of
/// that; by its calls and writes alone.
struct CauseReads: Sendable {
    /// What a service told of one failure.
    struct Told: Sendable {
        /// The line that says why.
        var line: String?
        /// All that tells one error from another, without digits.
        var error = ""
        /// Whether the stack cannot be updated any more.
        var isStuck = false
        /// Whether an input artifact is gone.
        var lacksArtifact = false
        /// When the service said that it still repeats the action or rolls it back, in true
        /// milliseconds; nil: it did not.
        var underWayAt: Int64?
        /// Whether it is certain that the daemon knows it: the answer came early enough for its
        /// clock, too, which may drift, and no process has forgotten it since.
        var isCertain = true
        /// Whether nothing of it was denied or late, so that the ledger must have it.
        var isWhole = true
    }

    /// A failure that has not been reported, and until when its decision may wait.
    struct Wait: Sendable {
        /// The state that the daemon knew when it asked.
        var baseline: StageBaseline?
        /// By the daemon's clock.
        var until: Instant
        /// How often this was put off since patterns are matched, maybe those of another episode.
        var matches = 0
    }

    /// The longest that a decision waits for an answer, in milliseconds.
    static let longest: Int64 = 10_000
    /// How long patterns are matched at most, which follows.
    static let matching = Duration.milliseconds(100)
    /// Clocks drift by as much in this time, and deadlines have whole milliseconds.
    private static let slack: Int64 = 100
    /// For how long nothing is retried after a service said that it is still at it, and nobody asks
    /// it again; less what clocks drift by in a minute.
    static let again: Int64 = 60_000 - 2 * slack

    /// The statuses of a stack that no update ends (AWS CloudFormation User Guide, stack statuses).
    private static let stuck = [
        "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED", "UPDATE_ROLLBACK_FAILED",
        "REVIEW_IN_PROGRESS",
    ]

    private struct Question: Sendable {
        var key: EpisodeKey
        var attempts: Set<ActionExecutionID>
        /// True milliseconds.
        var at: Int64
        var within: Int64
    }

    /// What was told in time.
    private(set) var told: [ActionExecutionID: Told] = [:]
    /// The failures that wait for an answer.
    var waits: [EpisodeKey: Wait] = [:]
    /// The attempts that each episode asked about, or knows from its ledger; another target has its
    /// own episode.
    private var asked: [EpisodeKey: Set<ActionExecutionID>] = [:]
    private var open: [CallID: Question] = [:]
    /// The services that were reported, by target.
    private var reported: Set<[String]> = []
    /// The attempts that each episode showed when a failure of it was reported.
    private var counted: [EpisodeKey: Set<ActionExecutionID>] = [:]

    /// Another process begins, which knows what the ledger has.
    mutating func restart(_ rows: LedgerModel.Rows) {
        open = [:]
        waits = [:]
        reported = []
        asked = [:]
        let records = rows.episodes.values.filter { $0.outcome == nil }
        for record in records where !record.causes.isEmpty {
            asked[record.key] = Set(record.causes.map(\.attempt))
        }
        let stored = Set(records.flatMap { $0.causes.map(\.attempt) })
        for (attempt, known) in told where !stored.contains(attempt) {
            told[attempt]?.isCertain = false
            told[attempt]?.isWhole = known.isWhole
        }
    }

    /// Takes a question; returns an attempt that was asked about before.
    mutating func ask(
        _ call: CallID,
        _ key: EpisodeKey,
        _ attempts: [ActionExecutionID],
        within: Duration,
        at time: Int64
    ) -> ActionExecutionID? {
        let repeated = attempts.first { attempt in
            guard asked[key]?.contains(attempt) == true else { return false }
            return !isAskable(attempt, at: time)
        }
        for attempt in attempts {
            // What it knows it keeps, whatever comes of a further question.
            let isFurther = asked[key]?.contains(attempt) == true
            told[attempt]?.underWayAt = nil
            if !isFurther { told[attempt] = nil }
        }
        asked[key, default: []].formUnion(attempts)
        open[call] = Question(
            key: key,
            attempts: Set(attempts),
            at: time,
            within: within.wholeMilliseconds
        )
        return repeated
    }

    /// Whether a service said of an attempt, a minute ago or more, that it was still at it.
    private func isAskable(_ attempt: ActionExecutionID, at time: Int64) -> Bool {
        told[attempt]?.underWayAt.map { time - $0 >= CauseReads.again } ?? false
    }

    /// Whether a failure with these attempts was reported.
    func isCounted(_ attempts: [ActionExecutionID], of key: EpisodeKey) -> Bool {
        !(counted[key]?.isDisjoint(with: attempts) ?? true)
    }

    /// A failure is reported that shows these attempts.
    mutating func count(_ attempts: Set<ActionExecutionID>, of key: EpisodeKey) {
        counted[key, default: []].formUnion(attempts)
    }

    /// An episode is over, or was dropped: another one may ask again.
    mutating func forget(_ key: EpisodeKey) {
        waits[key] = nil
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
            let target = question.key.pipeline.target.text
            for service in report.answered { reported.remove([target, service]) }
            guard let root = report.cause?.root else { continue }
            told[attempt] = Told(
                line: root.line,
                error: [root.phase, root.code, root.line].compactMap(\.self)
                    .joined(separator: " ").filter { !$0.isNumber },
                isStuck: root.stack?.status.map(CauseReads.stuck.contains) == true,
                lacksArtifact: root.phase == "DOWNLOAD_SOURCE"
                    && root.line?.contains("NoSuchKey") == true,
                underWayAt: report.cause?.isUnderWay == true ? time : nil,
                isCertain: isCertain,
                isWhole: report.failures.isEmpty && report.cause?.isUnderWay == false
            )
        }
    }

    /// The attempt that a record lacks although its failure was told in time and whole, or has
    /// although it was not; nil: there is none.
    func misfit(of record: EpisodeRecord) -> ActionExecutionID? {
        guard record.outcome == nil, let shown = record.lastFailure?.actionExecutions else {
            return nil
        }
        let stored = Set(record.causes.map(\.attempt))
        let lacking = (asked[record.key] ?? []).intersection(shown).subtracting(stored)
            .filter { told[$0].map { $0.isCertain && $0.isWhole } == true }
        return lacking.min() ?? stored.filter { told[$0]?.isWhole != true }.min()
    }

    /// Whether services told two failures apart of which CodePipeline says the same.
    func holdsApart(_ one: Set<ActionExecutionID>, _ other: Set<ActionExecutionID>) -> Bool {
        let errors = [one, other].map { Set($0.compactMap { told[$0]?.error }) }
        return errors.allSatisfy { !$0.isEmpty } && errors[0] != errors[1]
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
