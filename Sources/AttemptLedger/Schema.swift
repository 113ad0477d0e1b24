import Primitives
import RetryCore

/// The ledger's tables, as the steps that lead to them; below, what writes and reads their rows, so
/// that a column is in this file alone, or in those of ``CauseRow``, ``HistoryRow``, ``FailureRow``
/// and ``CostColumns``.
///
/// A step that was released is never changed: a new one is added. Each runs in one transaction and
/// ends with its number in `user_version`.
package enum Schema {
    /// Marks the file as ours in `application_id`: "rtrd".
    package static let applicationID: Int64 = 0x7274_7264

    /// The SQL of each step; the first leads to version 1.
    package static let steps: [[String]] = [
        [
            """
            CREATE TABLE episodes (
                target TEXT NOT NULL,
                pipeline TEXT NOT NULL,
                stage TEXT NOT NULL,
                execution TEXT NOT NULL,
                first_failure INTEGER NOT NULL,
                first_seen INTEGER NOT NULL,
                foreign_retries INTEGER NOT NULL,
                known_manual_retries INTEGER NOT NULL,
                late_retries INTEGER NOT NULL,
                same_error_run INTEGER NOT NULL,
                last_fingerprint TEXT,
                failure_manual_retries INTEGER,
                failure_action_executions TEXT,
                failure_status_change INTEGER,
                outcome TEXT CHECK (
                    outcome IN ('recovered', 'exhausted', 'left', 'superseded', 'gone')),
                reason TEXT,
                ended_at INTEGER,
                PRIMARY KEY (target, pipeline, stage, execution),
                CHECK ((failure_manual_retries IS NULL) = (failure_action_executions IS NULL))
            ) STRICT, WITHOUT ROWID
            """,
            """
            CREATE TABLE intents (
                target TEXT NOT NULL,
                pipeline TEXT NOT NULL,
                stage TEXT NOT NULL,
                execution TEXT NOT NULL,
                sequence INTEGER NOT NULL,
                number INTEGER NOT NULL,
                policy TEXT NOT NULL,
                rule TEXT,
                mode TEXT NOT NULL CHECK (mode IN ('FAILED_ACTIONS', 'ALL_ACTIONS')),
                before_manual_retries INTEGER NOT NULL,
                before_action_executions TEXT NOT NULL,
                before_status_change INTEGER,
                recorded_at INTEGER NOT NULL,
                state TEXT NOT NULL CHECK (
                    state IN ('open', 'accepted', 'unknown', 'effective', 'without_effect',
                              'unsettled', 'not_executed')),
                PRIMARY KEY (target, pipeline, stage, execution, sequence)
            ) STRICT, WITHOUT ROWID
            """,
            """
            CREATE TABLE pauses (
                target TEXT,
                pipeline TEXT,
                stage TEXT,
                reason TEXT NOT NULL,
                uid INTEGER NOT NULL,
                until INTEGER
            ) STRICT
            """,
        ],
        newestEpisodes,
        ["ALTER TABLE episodes ADD COLUMN parallel INTEGER NOT NULL DEFAULT 0"],
        CauseRow.steps,
        HistoryRow.steps,
        FailureRow.steps,
        CostColumns.steps,
    ]

    /// Version 2: a start, a prune and a query use an index, so that none of them reads the whole
    /// table.
    ///
    /// `newest` marks the ended episode that a stage may still show. `totals` has one row.
    private static let newestEpisodes = [
        "ALTER TABLE episodes ADD COLUMN newest INTEGER NOT NULL DEFAULT 0",
        """
        UPDATE episodes SET newest = 1 WHERE outcome IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM episodes AS other
            WHERE other.target = episodes.target AND other.pipeline = episodes.pipeline
                AND other.stage = episodes.stage AND other.execution <> episodes.execution
                AND (other.outcome IS NULL
                    OR (other.ended_at, other.execution)
                        > (episodes.ended_at, episodes.execution)))
        """,
        """
        CREATE INDEX open_episodes ON episodes (first_seen) WHERE outcome IS NULL
        """,
        """
        CREATE INDEX ended_episodes ON episodes (newest, ended_at) WHERE outcome IS NOT NULL
        """,
        """
        CREATE INDEX newest_episodes ON episodes (target, pipeline, stage) WHERE newest = 1
        """,
        "CREATE INDEX recent_intents ON intents (recorded_at, policy)",
        "CREATE TABLE totals (ended INTEGER NOT NULL) STRICT",
        "INSERT INTO totals SELECT count(*) FROM episodes WHERE outcome IS NOT NULL",
    ]

    /// The version that this program writes.
    package static var version: Int { steps.count }
}

// MARK: Rows

extension RowChange {
    /// Writes the change.
    func write(_ database: inout SQLiteDatabase) throws(SQLiteError) {
        switch self {
        case .putEpisode(let record): try record.write(&database)
        case .putIntent(let intent): try database.run(Intent.replace, intent)
        case .putPause(let pause):
            try database.run(PauseScope.delete, pause.scope)
            try database.run(Pause.insert, pause)
        case .deletePause(let scope): try database.run(PauseScope.delete, scope)
        }
    }
}

extension WallTime: StorableColumn {
    func bind(to parameters: inout SQLiteParameters) throws(SQLiteError) {
        try parameters.bind(milliseconds)
    }

    init(from row: inout SQLiteRow) throws(SQLiteError) {
        self.init(milliseconds: try row.next())
    }
}

extension Identifier: Storable, StorableColumn {
    func bind(to parameters: inout SQLiteParameters) throws(SQLiteError) {
        try parameters.bind(text)
    }

    init(from row: inout SQLiteRow) throws(SQLiteError) {
        self.init(try row.next())
    }
}

extension EpisodeKey: Storable {
    /// The key's columns.
    static let columns = "target, pipeline, stage, execution"
    /// The condition that finds the key's rows; takes a key.
    static let match = "target = ? AND pipeline = ? AND stage = ? AND execution = ?"

    func bind(to parameters: inout SQLiteParameters) throws(SQLiteError) {
        try parameters.bind(pipeline.target)
        try parameters.bind(pipeline.pipeline)
        try parameters.bind(stage)
        try parameters.bind(execution)
    }

    init(from row: inout SQLiteRow) throws(SQLiteError) {
        self.init(
            pipeline: PipelineKey(target: try row.next(), pipeline: try row.next()),
            stage: try row.next(),
            execution: try row.next()
        )
    }
}

extension EpisodeRecord: Storable {
    /// The record's columns.
    static let columns = """
        \(EpisodeKey.columns), first_failure, first_seen, foreign_retries, known_manual_retries, \
        late_retries, same_error_run, last_fingerprint, failure_manual_retries, \
        failure_action_executions, failure_status_change, outcome, reason, ended_at, parallel
        """
    private static let hasEnded: SQLiteQuery =
        "SELECT outcome IS NOT NULL FROM episodes WHERE \(EpisodeKey.match)"
    private static let replace: SQLiteQuery = """
        INSERT OR REPLACE INTO episodes (\(columns), newest) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    private static let countEnded: SQLiteQuery = "UPDATE totals SET ended = ended + 1"
    private static let others =
        "target = ? AND pipeline = ? AND stage = ? AND newest = 1 AND execution <> ?"
    private static let outdate: SQLiteQuery = "UPDATE episodes SET newest = 0 WHERE \(others)"
    private static let outdateOlder: SQLiteQuery =
        "UPDATE episodes SET newest = 0 WHERE \(others) AND ended_at <= ?"
    private static let isNewest: SQLiteQuery =
        "SELECT NOT EXISTS (SELECT 1 FROM episodes WHERE \(others))"

    /// Writes the row, replacing an older one, and counts the ended episodes.
    ///
    /// The end of an episode never changes: one that was reopened because its row could not be read
    /// leaves no trace.
    fileprivate func write(_ database: inout SQLiteDatabase) throws(SQLiteError) {
        let hasEnded = try database.first(Bool.self, Self.hasEnded, key) ?? false
        guard !hasEnded else { return }
        try database.run(Self.replace, self, try outdateOthers(&database))
        try CauseRow.write(causes, of: key, &database)
        guard outcome != nil else { return }
        try database.run(Self.countEnded)
    }

    /// Clears `newest` on the older ended episodes of the stage; returns whether this one is the
    /// newest.
    private func outdateOthers(_ database: inout SQLiteDatabase) throws(SQLiteError) -> Bool {
        guard outcome != nil else {
            try database.run(Self.outdate, key)
            return false
        }
        try database.run(Self.outdateOlder, key, endedAt)
        return try database.first(Bool.self, Self.isNewest, key) ?? true
    }

    func bind(to parameters: inout SQLiteParameters) throws(SQLiteError) {
        try parameters.bind(key)
        try parameters.bind(firstFailure)
        try parameters.bind(firstSeen)
        try parameters.bind(counts.foreign)
        try parameters.bind(counts.own)
        try parameters.bind(counts.late)
        try parameters.bind(sameErrorRun)
        try parameters.bind(lastFingerprint?.text)
        try parameters.bind(StoredBaseline(baseline: lastFailure))
        try parameters.bind(outcome?.stored)
        try parameters.bind(reason?.rawValue)
        try parameters.bind(endedAt)
        try parameters.bind(isParallel)
    }

    /// Reads a row; a reason that this program does not know becomes nil.
    init(from row: inout SQLiteRow) throws(SQLiteError) {
        self.init(
            key: try row.next(),
            firstFailure: try row.next(),
            firstSeen: try row.next(),
            foreignRetries: try row.next()
        )
        counts.own = try row.next()
        counts.late = try row.next()
        sameErrorRun = try row.next()
        lastFingerprint = try row.next(String?.self).map(Fingerprint.init(reduced:))
        lastFailure = try row.next(StoredBaseline.self).baseline
        if let text = try row.next(String?.self) {
            guard let outcome = Outcome(stored: text) else { throw row.damage }
            self.outcome = outcome
        }
        reason = try row.next(String?.self).flatMap(Reason.init(rawValue:))
        endedAt = try row.next()
        isParallel = try row.next()
    }
}

extension Intent: Storable {
    /// The intent's columns.
    static let columns = """
        \(EpisodeKey.columns), sequence, number, policy, rule, mode, before_manual_retries, \
        before_action_executions, before_status_change, recorded_at, state, \
        \(CostColumns.columns)
        """
    fileprivate static let replace: SQLiteQuery = """
        INSERT OR REPLACE INTO intents (\(columns)) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    func bind(to parameters: inout SQLiteParameters) throws(SQLiteError) {
        try parameters.bind(episode)
        try parameters.bind(sequence)
        try parameters.bind(number)
        try parameters.bind(policy)
        try parameters.bind(rule)
        try parameters.bind(mode.rawValue)
        try parameters.bind(StoredBaseline(baseline: before))
        try parameters.bind(recordedAt)
        try parameters.bind(state.rawValue)
        try parameters.bind(CostColumns(cost))
    }

    init(from row: inout SQLiteRow) throws(SQLiteError) {
        let episode = try row.next(EpisodeKey.self)
        let sequence = try row.next(Int.self)
        let number = try row.next(Int.self)
        let policy = try row.next(PolicyName.self)
        let rule = try row.next(RuleName?.self)
        guard let mode = RetryMode(rawValue: try row.next()),
            let before = try row.next(StoredBaseline.self).baseline
        else { throw row.damage }
        let recordedAt = try row.next(WallTime.self)
        guard let state = IntentState(rawValue: try row.next()) else { throw row.damage }
        self.init(
            episode: episode,
            sequence: sequence,
            number: number,
            policy: policy,
            rule: rule,
            mode: mode,
            before: before,
            recordedAt: recordedAt,
            state: state,
            cost: try row.next(CostColumns.self).cost
        )
    }
}

/// The three columns of a baseline, all NULL when there is none.
private struct StoredBaseline: Storable {
    let baseline: StageBaseline?

    init(baseline: StageBaseline?) {
        self.baseline = baseline
    }

    func bind(to parameters: inout SQLiteParameters) throws(SQLiteError) {
        try parameters.bind(baseline?.manualRetries)
        try parameters.bind(baseline.map { Self.lines($0.actionExecutions) })
        try parameters.bind(baseline?.lastStatusChange)
    }

    init(from row: inout SQLiteRow) throws(SQLiteError) {
        let retries = try row.next(Int?.self)
        let lines = try row.next(String?.self)
        let lastStatusChange = try row.next(WallTime?.self)
        guard let lines else {
            baseline = nil
            return
        }
        guard let retries else { throw row.damage }
        baseline = StageBaseline(
            manualRetries: retries,
            actionExecutions: Set(
                lines.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
                    .map { ActionExecutionID(String($0)) }
            ),
            lastStatusChange: lastStatusChange
        )
    }

    /// The ids in order, each ended by a line feed, so that no id and one empty id differ.
    private static func lines(_ ids: Set<ActionExecutionID>) -> String {
        ids.sorted().map { $0.text + "\n" }.joined()
    }
}

extension PauseScope: Storable {
    /// Removes the pause of exactly this scope.
    fileprivate static let delete: SQLiteQuery =
        "DELETE FROM pauses WHERE target IS ? AND pipeline IS ? AND stage IS ?"

    func bind(to parameters: inout SQLiteParameters) throws(SQLiteError) {
        try parameters.bind(target)
        try parameters.bind(pipeline)
        try parameters.bind(stage)
    }

    init(from row: inout SQLiteRow) throws(SQLiteError) {
        self.init(target: try row.next(), pipeline: try row.next(), stage: try row.next())
    }
}

extension Pause: Storable {
    /// The pause's columns.
    static let columns = "target, pipeline, stage, reason, uid, until"
    fileprivate static let insert: SQLiteQuery =
        "INSERT INTO pauses (\(columns)) VALUES (?, ?, ?, ?, ?, ?)"

    func bind(to parameters: inout SQLiteParameters) throws(SQLiteError) {
        try parameters.bind(scope)
        try parameters.bind(reason)
        try parameters.bind(Int64(uid))
        try parameters.bind(until)
    }

    init(from row: inout SQLiteRow) throws(SQLiteError) {
        let scope = try row.next(PauseScope.self)
        let reason = try row.next(String.self)
        guard let uid = UInt32(exactly: try row.next(Int64.self)) else { throw row.damage }
        self.init(scope: scope, reason: reason, uid: uid, until: try row.next())
    }
}

extension Outcome {
    /// The text that the ledger has for it; those of released files stay as they are.
    var stored: String {
        switch self {
        case .notRetried: "left"
        case .removed: "gone"
        case .recovered, .exhausted, .superseded: rawValue
        }
    }

    /// Takes a text of the ledger; nil for one that it never writes.
    init?(stored text: String) {
        guard let outcome = Outcome.allCases.first(where: { $0.stored == text }) else { return nil }
        self = outcome
    }
}
