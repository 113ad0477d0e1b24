import GRDB
import Primitives
import RetryCore

/// The ledger's tables, as the steps that lead to them; below, what writes and reads their rows, so
/// that a column is in this file alone.
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
    func write(_ db: Database) throws {
        switch self {
        case .putEpisode(let record): try record.write(db)
        case .putIntent(let intent): try intent.write(db)
        case .putPause(let pause):
            try pause.scope.delete(db)
            try pause.write(db)
        case .deletePause(let scope): try scope.delete(db)
        }
    }
}

extension EpisodeKey {
    /// The condition that finds the key's rows; takes ``values``.
    static let match = "target = ? AND pipeline = ? AND stage = ? AND execution = ?"

    /// The key's columns.
    var values: [(any DatabaseValueConvertible)?] {
        [pipeline.target.text, pipeline.pipeline.text, stage.text, execution.text]
    }

    /// Reads the key's columns.
    init(_ row: Row) throws(LedgerError) {
        self.init(
            pipeline: PipelineKey(
                target: TargetName(try row.required("target")),
                pipeline: PipelineName(try row.required("pipeline"))
            ),
            stage: StageName(try row.required("stage")),
            execution: ExecutionID(try row.required("execution"))
        )
    }
}

extension EpisodeRecord {
    /// Writes the row, replacing an older one, and counts the ended episodes.
    ///
    /// The end of an episode never changes: one that was reopened because its row could not be read
    /// leaves no trace.
    fileprivate func write(_ db: Database) throws {
        let hasEnded =
            try Bool.fetchOne(
                db.cachedStatement(
                    sql: "SELECT outcome IS NOT NULL FROM episodes WHERE \(EpisodeKey.match)"
                ),
                arguments: StatementArguments(key.values)
            ) ?? false
        guard !hasEnded else { return }
        try replace(db, isNewest: try outdateOthers(db))
        guard outcome != nil else { return }
        try db.cachedStatement(sql: "UPDATE totals SET ended = ended + 1").execute()
    }

    /// Clears `newest` on the older ended episodes of the stage; returns whether this one is the
    /// newest.
    private func outdateOthers(_ db: Database) throws -> Bool {
        let others = "target = ? AND pipeline = ? AND stage = ? AND newest = 1 AND execution <> ?"
        let values = StatementArguments(key.values)
        guard outcome != nil else {
            try db.cachedStatement(sql: "UPDATE episodes SET newest = 0 WHERE \(others)")
                .execute(arguments: values)
            return false
        }
        try db.cachedStatement(
            sql: "UPDATE episodes SET newest = 0 WHERE \(others) AND ended_at <= ?"
        ).execute(arguments: StatementArguments(key.values + [endedAt?.milliseconds]))
        return try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT NOT EXISTS (SELECT 1 FROM episodes WHERE \(others))"),
            arguments: values
        ) ?? true
    }

    private func replace(_ db: Database, isNewest: Bool) throws {
        var values = key.values
        values += [
            firstFailure.milliseconds, firstSeen.milliseconds, counts.foreign, counts.own,
            counts.late, sameErrorRun, lastFingerprint?.text,
        ]
        values += [
            lastFailure?.manualRetries, lastFailure?.lines,
            lastFailure?.lastStatusChange?.milliseconds, outcome?.stored, reason?.rawValue,
            endedAt?.milliseconds, isNewest,
        ]
        try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO episodes (target, pipeline, stage, execution, \
                first_failure, first_seen, foreign_retries, known_manual_retries, late_retries, \
                same_error_run, last_fingerprint, failure_manual_retries, \
                failure_action_executions, failure_status_change, outcome, reason, ended_at, \
                newest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: StatementArguments(values))
    }

    /// Reads a row; a reason that this program does not know becomes nil.
    init(_ row: Row) throws(LedgerError) {
        self.init(
            key: try EpisodeKey(row),
            firstFailure: WallTime(milliseconds: try row.required("first_failure")),
            firstSeen: WallTime(milliseconds: try row.required("first_seen")),
            foreignRetries: try row.required("foreign_retries")
        )
        counts.own = try row.required("known_manual_retries")
        counts.late = try row.required("late_retries")
        sameErrorRun = try row.required("same_error_run")
        lastFingerprint = try row.optional("last_fingerprint").map(Fingerprint.init(reduced:))
        lastFailure = try StageBaseline(row, prefix: "failure")
        outcome = try row.optional("outcome").map { (text) throws(LedgerError) in
            guard let outcome = Outcome(stored: text) else { throw .corrupt }
            return outcome
        }
        reason = try row.optional("reason").flatMap(Reason.init(rawValue:))
        endedAt = try row.optional("ended_at").map(WallTime.init(milliseconds:))
    }
}

extension Intent {
    /// Writes the row, replacing an older one.
    fileprivate func write(_ db: Database) throws {
        var values = episode.values
        values += [sequence, number, policy.text, rule?.text, mode.rawValue]
        values += [
            before.manualRetries, before.lines, before.lastStatusChange?.milliseconds,
            recordedAt.milliseconds, state.rawValue,
        ]
        try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO intents (target, pipeline, stage, execution, sequence, \
                number, policy, rule, mode, before_manual_retries, before_action_executions, \
                before_status_change, recorded_at, state) \
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: StatementArguments(values))
    }

    /// Reads a row.
    init(_ row: Row) throws(LedgerError) {
        guard let mode = RetryMode(rawValue: try row.required("mode")),
            let state = IntentState(rawValue: try row.required("state")),
            let before = try StageBaseline(row, prefix: "before")
        else { throw .corrupt }
        self.init(
            episode: try EpisodeKey(row),
            sequence: try row.required("sequence"),
            number: try row.required("number"),
            policy: PolicyName(try row.required("policy")),
            rule: try row.optional("rule").map { RuleName($0) },
            mode: mode,
            before: before,
            recordedAt: WallTime(milliseconds: try row.required("recorded_at")),
            state: state
        )
    }
}

extension StageBaseline {
    /// The ids in order, each ended by a line feed, so that no id and one empty id differ.
    fileprivate var lines: String {
        actionExecutions.sorted().map { $0.text + "\n" }.joined()
    }

    /// Reads the columns of a baseline; nil when there is none.
    fileprivate init?(_ row: Row, prefix: String) throws(LedgerError) {
        guard let lines: String = try row.optional(prefix + "_action_executions") else {
            return nil
        }
        self.init(
            manualRetries: try row.required(prefix + "_manual_retries"),
            actionExecutions: Set(
                lines.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
                    .map { ActionExecutionID(String($0)) }
            ),
            lastStatusChange: try row.optional(prefix + "_status_change")
                .map(WallTime.init(milliseconds:))
        )
    }
}

extension PauseScope {
    /// Removes the pause of exactly this scope.
    fileprivate func delete(_ db: Database) throws {
        try db.cachedStatement(
            sql: "DELETE FROM pauses WHERE target IS ? AND pipeline IS ? AND stage IS ?"
        ).execute(arguments: [target?.text, pipeline?.text, stage?.text])
    }
}

extension Pause {
    /// Adds the row.
    fileprivate func write(_ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO pauses (target, pipeline, stage, reason, uid, until) \
                VALUES (?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            scope.target?.text, scope.pipeline?.text, scope.stage?.text, reason, Int64(uid),
            until?.milliseconds,
        ])
    }

    /// Reads a row.
    init(_ row: Row) throws(LedgerError) {
        guard let uid = UInt32(exactly: try row.required("uid") as Int64) else { throw .corrupt }
        self.init(
            scope: PauseScope(
                target: try row.optional("target").map { TargetName($0) },
                pipeline: try row.optional("pipeline").map { PipelineName($0) },
                stage: try row.optional("stage").map { StageName($0) }
            ),
            reason: try row.required("reason"),
            uid: uid,
            until: try row.optional("until").map(WallTime.init(milliseconds:))
        )
    }
}

extension Row {
    /// A column's value; nil for NULL.
    /// - Throws: ``LedgerError/corrupt`` when it has another type, which GRDB would trap on.
    fileprivate func optional<Value: DatabaseValueConvertible>(
        _ column: String
    ) throws(LedgerError) -> Value? {
        guard let stored: DatabaseValue = self[column] else { throw .corrupt }
        guard !stored.isNull else { return nil }
        guard let value = Value.fromDatabaseValue(stored) else { throw .corrupt }
        return value
    }

    /// A column's value.
    /// - Throws: ``LedgerError/corrupt`` when it is NULL or has another type.
    func required<Value: DatabaseValueConvertible>(
        _ column: String
    ) throws(LedgerError) -> Value {
        guard let value: Value = try optional(column) else { throw .corrupt }
        return value
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
