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
    """
    CREATE TABLE actions (
        id INTEGER PRIMARY KEY,
        target TEXT NOT NULL,
        pipeline TEXT NOT NULL,
        stage TEXT NOT NULL,
        name TEXT NOT NULL,
        UNIQUE (target, pipeline, stage, name)
    ) STRICT
    """,
    """
    CREATE TABLE attempts (
        action_id INTEGER NOT NULL,
        execution TEXT NOT NULL,
        attempt TEXT NOT NULL,
        status TEXT NOT NULL CHECK (
            status IN ('running', 'succeeded', 'failed', 'abandoned')),
        started INTEGER NOT NULL,
        ended INTEGER,
        provider TEXT,
        fingerprint TEXT,
        cause_fingerprint TEXT,
        source TEXT NOT NULL CHECK (source IN ('live', 'imported')),
        next_attempt TEXT,
        wait INTEGER,
        result TEXT CHECK (
            result IN ('recovered', 'same', 'other', 'unsettled', 'excluded')),
        duration INTEGER,
        is_own INTEGER,
        rule TEXT,
        mode TEXT CHECK (mode IN ('FAILED_ACTIONS', 'ALL_ACTIONS')),
        PRIMARY KEY (action_id, execution, attempt),
        CHECK ((next_attempt IS NULL) = (result IS NULL))
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE INDEX attempts_by_cause ON attempts (cause_fingerprint, ended) \
    WHERE cause_fingerprint IS NOT NULL
    """,
    """
    CREATE INDEX attempts_by_error ON attempts (fingerprint, ended) \
    WHERE fingerprint IS NOT NULL
    """,
    "CREATE INDEX attempts_by_rule ON attempts (rule, ended) WHERE rule IS NOT NULL",
    "CREATE INDEX attempts_by_start ON attempts (started)",
    """
    CREATE TABLE causes (
        target TEXT NOT NULL,
        pipeline TEXT NOT NULL,
        stage TEXT NOT NULL,
        execution TEXT NOT NULL,
        action TEXT NOT NULL,
        attempt TEXT NOT NULL,
        provider TEXT NOT NULL,
        resource TEXT,
        phase TEXT,
        status TEXT,
        code TEXT,
        line TEXT,
        command TEXT,
        exit_status INTEGER,
        deployment_code TEXT,
        url TEXT,
        ran_user_code INTEGER,
        has_stack INTEGER NOT NULL,
        resource_type TEXT,
        stack_status TEXT,
        action_mode TEXT,
        change_set TEXT CHECK (change_set IN ('available', 'gone')),
        PRIMARY KEY (target, pipeline, stage, execution, action)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX ended_episodes ON episodes (newest, ended_at) WHERE outcome IS NOT NULL",
    releasedSchema[0].replacing(
        "    ended_at INTEGER,\n",
        with: "    ended_at INTEGER, newest INTEGER NOT NULL DEFAULT 0, "
            + "parallel INTEGER NOT NULL DEFAULT 0,\n"
    ),
    """
    CREATE TABLE executions (
        pipeline_id INTEGER NOT NULL,
        execution TEXT NOT NULL,
        started INTEGER NOT NULL,
        succeeded INTEGER NOT NULL,
        revision INTEGER,
        PRIMARY KEY (pipeline_id, execution)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX executions_by_start ON executions (started)",
    "CREATE INDEX failed_attempts ON attempts (ended) WHERE status = 'failed'",
    """
    CREATE TABLE failures (
        of_action INTEGER NOT NULL,
        of_execution TEXT NOT NULL,
        of_attempt TEXT NOT NULL,
        failed_at INTEGER,
        category TEXT,
        kind TEXT CHECK (kind IN ('transient', 'flaky', 'permanent', 'unsafe')),
        error_code TEXT,
        message TEXT,
        summary TEXT,
        cause_provider TEXT,
        cause_resource TEXT,
        cause_phase TEXT,
        cause_status TEXT,
        cause_code TEXT,
        cause_line TEXT,
        cause_command TEXT,
        cause_exit_status INTEGER,
        cause_deployment_code TEXT,
        cause_url TEXT,
        cause_ran_user_code INTEGER,
        cause_has_stack INTEGER NOT NULL,
        cause_resource_type TEXT,
        cause_stack_status TEXT,
        cause_action_mode TEXT,
        cause_change_set TEXT CHECK (cause_change_set IN ('available', 'gone')),
        PRIMARY KEY (of_action, of_execution, of_attempt)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX failures_by_kind ON failures (kind, failed_at) WHERE kind IS NOT NULL",
    "CREATE TABLE history (floor INTEGER NOT NULL) STRICT",
    """
    CREATE TABLE imports (
        target TEXT NOT NULL,
        pipeline TEXT NOT NULL,
        done_since INTEGER,
        done_newest INTEGER,
        token TEXT,
        reading_floor INTEGER,
        reading_newest INTEGER,
        PRIMARY KEY (target, pipeline),
        CHECK ((done_since IS NULL) = (done_newest IS NULL)),
        CHECK ((token IS NULL) = (reading_floor IS NULL)),
        CHECK ((token IS NULL) = (reading_newest IS NULL))
    ) STRICT, WITHOUT ROWID
    """,
    releasedSchema[1].replacing(
        "'not_executed')),",
        with: "'not_executed')), cost_minutes INTEGER, cost_price INTEGER,"
    ),
    "CREATE INDEX newest_episodes ON episodes (target, pipeline, stage) WHERE newest = 1",
    "CREATE INDEX open_episodes ON episodes (first_seen) WHERE outcome IS NULL",
    releasedSchema[2],
    """
    CREATE TABLE pipelines (
        id INTEGER PRIMARY KEY,
        target TEXT NOT NULL,
        name TEXT NOT NULL,
        UNIQUE (target, name)
    ) STRICT
    """,
    "CREATE INDEX recent_intents ON intents (recorded_at, policy, cost_minutes, cost_price)",
    """
    CREATE TABLE retry_sums (
        day INTEGER NOT NULL,
        fingerprint TEXT NOT NULL,
        rule TEXT NOT NULL,
        trials INTEGER NOT NULL,
        recovered INTEGER NOT NULL,
        milliseconds INTEGER NOT NULL,
        PRIMARY KEY (day, fingerprint, rule)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE TABLE totals (ended INTEGER NOT NULL) STRICT",
]
