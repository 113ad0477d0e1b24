/// The schema of version 1, the released one, as `.schema` shows it; it changes only by a new step.
let releasedSchema = [
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
]

/// The schema of the newest version as `.schema` shows it, by name.
let newestSchema = [
    "CREATE INDEX ended_episodes ON episodes (newest, ended_at) WHERE outcome IS NOT NULL",
    releasedSchema[0].replacing(
        "    ended_at INTEGER,\n",
        with: "    ended_at INTEGER, newest INTEGER NOT NULL DEFAULT 0,\n"
    ),
    releasedSchema[1],
    "CREATE INDEX newest_episodes ON episodes (target, pipeline, stage) WHERE newest = 1",
    "CREATE INDEX open_episodes ON episodes (first_seen) WHERE outcome IS NULL",
    releasedSchema[2],
    "CREATE INDEX recent_intents ON intents (recorded_at, policy)",
    "CREATE TABLE totals (ended INTEGER NOT NULL) STRICT",
]
