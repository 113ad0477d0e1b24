import Primitives
import RetryCore

/// Version 5: attempts of actions with what came of retrying them, the sums of those that were
/// deleted, and how far imports have come.
enum HistoryRow {
    /// The names of an action stand once, so that a row is short.
    ///
    /// `history` has one row: attempts that started earlier are in the sums.
    static let steps = [
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
        "CREATE INDEX attempts_by_start ON attempts (started)",
        "CREATE INDEX failed_attempts ON attempts (ended) WHERE status = 'failed'",
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
        "CREATE TABLE history (floor INTEGER NOT NULL) STRICT",
        "INSERT INTO history VALUES (-9223372036854775808)",
    ]

    /// The joined tables.
    static let joined = "attempts JOIN actions ON actions.id = attempts.action_id"
    /// The condition that finds an action's row; takes its key.
    static let matchAction = "target = ? AND pipeline = ? AND stage = ? AND name = ?"
}

extension ActionKey: Storable {
    func bind(to parameters: inout SQLiteParameters) throws(SQLiteError) {
        try parameters.bind(pipeline.target)
        try parameters.bind(pipeline.pipeline)
        try parameters.bind(stage)
        try parameters.bind(action)
    }

    init(from row: inout SQLiteRow) throws(SQLiteError) {
        self.init(
            pipeline: PipelineKey(target: try row.next(), pipeline: try row.next()),
            stage: try row.next(),
            action: try row.next()
        )
    }
}

extension Duration {
    /// The form in a column: milliseconds.
    fileprivate var stored: Int64 { wholeMilliseconds }
}

extension ActionAttempt: Storable {
    /// The attempt's columns in the joined tables.
    static let columns = """
        target, pipeline, stage, name, execution, attempt, status, started, ended, provider, \
        fingerprint, cause_fingerprint, source, next_attempt, wait, result, duration, is_own, \
        rule, mode
        """
    static let insertAction: SQLiteQuery =
        "INSERT OR IGNORE INTO actions (target, pipeline, stage, name) VALUES (?, ?, ?, ?)"
    static let replace: SQLiteQuery = """
        INSERT OR REPLACE INTO attempts \
        VALUES ((SELECT id FROM actions WHERE \(HistoryRow.matchAction)), \
        ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    func bind(to parameters: inout SQLiteParameters) throws(SQLiteError) {
        try parameters.bind(action)
        try parameters.bind(execution)
        try parameters.bind(id)
        try parameters.bind(status.rawValue)
        try parameters.bind(started)
        try parameters.bind(ended)
        try parameters.bind(provider)
        try parameters.bind(fingerprint?.text)
        try parameters.bind(causeFingerprint?.text)
        try parameters.bind(source.rawValue)
        try parameters.bind(retry?.next)
        try parameters.bind(retry?.wait.stored)
        try parameters.bind(retry?.result.rawValue)
        try parameters.bind(retry?.duration?.stored)
        try parameters.bind(retry?.isOwn)
        try parameters.bind(retry?.rule)
        try parameters.bind(retry?.mode?.rawValue)
    }

    init(from row: inout SQLiteRow) throws(SQLiteError) {
        let action = try row.next(ActionKey.self)
        let execution = try row.next(ExecutionID.self)
        let id = try row.next(ActionExecutionID.self)
        guard let status = AttemptStatus(rawValue: try row.next()) else { throw row.damage }
        let started = try row.next(WallTime.self)
        let ended = try row.next(WallTime?.self)
        let provider = try row.next(String?.self)
        let fingerprint = try row.next(String?.self).map(Fingerprint.init(reduced:))
        let causeFingerprint = try row.next(String?.self).map(Fingerprint.init(reduced:))
        guard let source = Source(rawValue: try row.next()) else { throw row.damage }
        self.init(
            action: action,
            execution: execution,
            id: id,
            status: status,
            started: started,
            ended: ended,
            provider: provider,
            fingerprint: fingerprint,
            causeFingerprint: causeFingerprint,
            source: source
        )
        retry = try row.next(StoredRetry.self).retry
    }
}

/// The columns of what came of a retry, all NULL when there was none.
private struct StoredRetry: Storable {
    let retry: RetriedAttempt?

    func bind(to parameters: inout SQLiteParameters) throws(SQLiteError) {
        preconditionFailure("it is bound with its attempt")
    }

    init(from row: inout SQLiteRow) throws(SQLiteError) {
        let next = try row.next(ActionExecutionID?.self)
        let wait = try row.next(Int64?.self)
        let result = try row.next(String?.self).map(RetryResult.init(rawValue:))
        let duration = try row.next(Int64?.self)
        let isOwn = try row.next(Bool?.self)
        let rule = try row.next(RuleName?.self)
        let mode = try row.next(String?.self).map(RetryMode.init(rawValue:))
        guard let next else {
            retry = nil
            return
        }
        guard let wait, let result, let result, let isOwn else { throw row.damage }
        var read = RetriedAttempt(
            next: next,
            wait: .milliseconds(wait),
            result: result,
            duration: duration.map { .milliseconds($0) }
        )
        read.isOwn = isOwn
        read.rule = rule
        read.mode = mode ?? nil
        retry = read
    }
}

extension DailySum: Storable {
    private static let columns = "day, fingerprint, rule, trials, recovered, milliseconds"
    /// The sums of what was deleted; takes a day.
    static let selectSince: SQLiteQuery = "SELECT \(columns) FROM retry_sums WHERE day >= ?"
    /// A page of them; takes a day, a key and the largest number.
    static let selectAfter: SQLiteQuery = """
        SELECT \(columns) FROM retry_sums WHERE day >= ? AND (day, fingerprint, rule) > (?, ?, ?) \
        ORDER BY day, fingerprint, rule LIMIT ?
        """
    /// Adds to a sum.
    static let add: SQLiteQuery = """
        INSERT INTO retry_sums (\(columns)) VALUES (?, ?, ?, ?, ?, ?) \
        ON CONFLICT (day, fingerprint, rule) DO UPDATE SET trials = trials + excluded.trials, \
        recovered = recovered + excluded.recovered, \
        milliseconds = milliseconds + excluded.milliseconds
        """

    func bind(to parameters: inout SQLiteParameters) throws(SQLiteError) {
        try parameters.bind(key)
        try parameters.bind(counts.trials)
        try parameters.bind(counts.recovered)
        try parameters.bind(time.stored)
    }

    init(from row: inout SQLiteRow) throws(SQLiteError) {
        let key = try row.next(Key.self)
        let trials = try row.next(Int.self)
        let recovered = try row.next(Int.self)
        self.init(
            key: key,
            counts: TrialCounts(recovered: recovered, trials: trials),
            time: .milliseconds(try row.next(Int64.self))
        )
    }
}

extension DailySum.Key: Storable {
    func bind(to parameters: inout SQLiteParameters) throws(SQLiteError) {
        try parameters.bind(day)
        try parameters.bind(fingerprint.text)
        try parameters.bind(rule?.text ?? "")
    }

    init(from row: inout SQLiteRow) throws(SQLiteError) {
        let day = try row.next(Int64.self)
        let fingerprint = Fingerprint(reduced: try row.next())
        let rule = try row.next(String.self)
        self.init(day: day, fingerprint: fingerprint, rule: rule.isEmpty ? nil : RuleName(rule))
    }
}

extension ImportPosition: Storable {
    private static let columns = """
        target, pipeline, done_since, done_newest, token, reading_floor, reading_newest
        """
    static let replace: SQLiteQuery =
        "INSERT OR REPLACE INTO imports (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?)"
    static let select: SQLiteQuery =
        "SELECT \(columns) FROM imports WHERE target = ? AND pipeline = ?"

    func bind(to parameters: inout SQLiteParameters) throws(SQLiteError) {
        try parameters.bind(pipeline.target)
        try parameters.bind(pipeline.pipeline)
        try parameters.bind(done?.since)
        try parameters.bind(done?.newest)
        try parameters.bind(reading?.token)
        try parameters.bind(reading?.floor)
        try parameters.bind(reading?.newest)
    }

    init(from row: inout SQLiteRow) throws(SQLiteError) {
        self.init(pipeline: PipelineKey(target: try row.next(), pipeline: try row.next()))
        let since = try row.next(WallTime?.self)
        let doneNewest = try row.next(WallTime?.self)
        if let since, let doneNewest { done = Span(since: since, newest: doneNewest) }
        let token = try row.next(String?.self)
        let floor = try row.next(WallTime?.self)
        let newest = try row.next(WallTime?.self)
        if let token, let floor, let newest {
            reading = Reading(token: token, floor: floor, newest: newest)
        }
    }
}
