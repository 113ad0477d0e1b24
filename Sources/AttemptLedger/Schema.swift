/// The ledger's tables, as the steps that lead to them.
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
