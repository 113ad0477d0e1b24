import Primitives
import RetryCore

/// What the past says of a failure: rows that may matter, judged by ``PrecedentSearch``.
extension LedgerConnection {
    /// Answers a question.
    mutating func precedents(of question: PrecedentQuestion) throws(LedgerError) -> Precedents {
        try read { (database) throws(SQLiteError) in
            var found = Precedents()
            if let window = question.window {
                found.gate = try Self.gate(question, window, &database)
            }
            if question.asksRevision { found.revision = try Self.revision(question, &database) }
            found.medians = try Self.medians(question, &database)
            return found
        }
    }

    // MARK: Trials

    /// The most failures without a retry that are read: no gate waits for more.
    private static let mostIdle = 1000

    /// The evidence of the first level that has enough trials.
    private static func gate(
        _ question: PrecedentQuestion,
        _ window: TrialWindow,
        _ database: inout SQLiteDatabase
    ) throws(SQLiteError) -> GateEvidence? {
        for level in question.levels {
            let condition = LevelCondition(level: level)
            let trials = try database.rows(
                WholeAttempt.self,
                condition.trials,
                condition,
                question.failedAt + (.zero - window.maxAge),
                question.failedAt,
                window.size
            ).map(\.attempt)
            guard trials.count >= SuccessGate.fewestTrials,
                let newest = trials.compactMap(\.ended).max()
            else { continue }
            let idle = try database.rows(
                WholeAttempt.self,
                condition.idle,
                condition,
                newest + .milliseconds(1),
                question.failedAt,
                mostIdle
            ).map(\.attempt)
            var asked = question
            (asked.levels, asked.asksRevision) = ([level], false)
            return PrecedentSearch(trials + idle, []).answer(asked).gate
        }
        return nil
    }

    // MARK: Durations

    private static let selectEnded: SQLiteQuery = """
        SELECT \(FailureRow.columns) FROM \(FailureRow.joined) \
        WHERE \(HistoryRow.matchAction) AND ended IS NOT NULL \
        AND status IN ('succeeded', 'failed') \
        ORDER BY status = 'succeeded' DESC, started DESC, attempt DESC LIMIT ?
        """

    /// How long the actions of a question took before.
    private static func medians(
        _ question: PrecedentQuestion,
        _ database: inout SQLiteDatabase
    ) throws(SQLiteError) -> [ActionName: Duration] {
        var attempts: [ActionAttempt] = []
        for name in question.durations {
            attempts += try database.rows(
                WholeAttempt.self,
                selectEnded,
                question.key(of: name),
                PrecedentSearch.newestDurations
            ).map(\.attempt)
        }
        return PrecedentSearch(attempts, []).medians(question)
    }

    // MARK: Revisions

    private static let selectOwn: SQLiteQuery = """
        SELECT \(PastExecution.columns) FROM \(PastExecution.joined) \
        WHERE target = ? AND name = ? AND execution = ?
        """
    private static let selectNewer: SQLiteQuery = """
        SELECT \(PastExecution.columns) FROM \(PastExecution.joined) \
        WHERE target = ? AND name = ? AND +started > ? AND succeeded AND revision <> ? \
        ORDER BY started DESC, execution DESC LIMIT 1
        """
    private static let selectAlike: SQLiteQuery = """
        SELECT \(PastExecution.columns) FROM \(PastExecution.joined) \
        WHERE target = ? AND name = ? AND revision = ?
        """
    private static let selectAttempts: SQLiteQuery = """
        SELECT \(FailureRow.columns) FROM \(FailureRow.joined) \
        WHERE \(HistoryRow.matchAction) AND execution = ?
        """

    /// What other executions say of the revision of a question's execution.
    static func revision(
        _ question: PrecedentQuestion,
        _ database: inout SQLiteDatabase
    ) throws(SQLiteError) -> RevisionEvidence? {
        let key = ExecutionKey(
            pipeline: question.episode.pipeline,
            execution: question.episode.execution
        )
        guard let own = try database.first(PastExecution.self, selectOwn, key),
            let revision = own.revision
        else { return nil }
        let pipeline = PauseScope(target: key.pipeline.target, pipeline: key.pipeline.pipeline)
        let newer = try database.rows(
            PastExecution.self,
            selectNewer,
            pipeline.target,
            pipeline.pipeline,
            own.started,
            revision.number
        )
        let alike = try database.rows(
            PastExecution.self,
            selectAlike,
            pipeline.target,
            pipeline.pipeline,
            revision.number
        )
        var attempts: [ActionAttempt] = []
        for other in alike where other.key != key {
            attempts += try database.rows(
                WholeAttempt.self,
                selectAttempts,
                question.actionKey,
                other.key.execution
            ).map(\.attempt)
        }
        var asked = question
        asked.window = nil
        return PrecedentSearch(attempts, [own] + newer + alike).answer(asked).revision
    }
}

/// The condition that finds the failures of a level, with what it takes.
private struct LevelCondition: Storable {
    let level: PrecedentLevel

    init(level: PrecedentLevel) {
        self.level = level
    }

    func bind(to parameters: inout SQLiteParameters) throws(SQLiteError) {
        switch level {
        case .cause(let fingerprint, let provider), .error(let fingerprint, let provider):
            try parameters.bind(fingerprint.text)
            try parameters.bind(provider)
        case .rule(let name): try parameters.bind(name)
        case .kind(let kind): try parameters.bind(kind.rawValue)
        }
    }

    init(from row: inout SQLiteRow) throws(SQLiteError) {
        preconditionFailure("it is no row")
    }

    /// Finds trials between two times, newest first; takes the condition, both, and how many.
    var trials: SQLiteQuery {
        switch level {
        case .cause: Self.causeTrials
        case .error: Self.errorTrials
        case .rule: Self.ruleTrials
        case .kind: Self.kindTrials
        }
    }

    /// Finds failures that nobody retried, likewise.
    var idle: SQLiteQuery {
        switch level {
        case .cause: Self.causeIdle
        case .error: Self.errorIdle
        case .rule: Self.ruleIdle
        case .kind: Self.kindIdle
        }
    }

    private static let ended = "result IN ('recovered', 'same', 'other')"
    private static let byCause = "cause_fingerprint = ? AND provider IS ?"
    private static let byError = "fingerprint = ? AND provider IS ?"
    private static let causeTrials = select(byCause, "ended", ended)
    private static let causeIdle = select(byCause, "ended", "result IS NULL")
    private static let errorTrials = select(byError, "ended", ended)
    private static let errorIdle = select(byError, "ended", "result IS NULL")
    private static let ruleTrials = select("rule = ?", "ended", ended)
    private static let ruleIdle = select("rule = ?", "ended", "result IS NULL")
    private static let kindTrials = select("kind = ?", "failed_at", ended)
    private static let kindIdle = select("kind = ?", "failed_at", "result IS NULL")

    private static func select(_ level: String, _ time: String, _ result: String) -> SQLiteQuery {
        """
        SELECT \(FailureRow.columns) FROM \(FailureRow.joined) \
        WHERE status = 'failed' AND \(level) AND \(time) >= ? AND \(time) <= ? \
        AND \(result) ORDER BY \(time) DESC LIMIT ?
        """
    }
}
