import Primitives
import RetryCore

/// Version 6: what was said of failed attempts, and the revisions of executions.
///
/// A policy is asked what it would have done, and whether a failure has precedents, by these rows.
enum FailureRow {
    /// The names of a pipeline stand once, as those of an action do.
    static let steps = [
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
        """
        CREATE INDEX attempts_by_cause ON attempts (cause_fingerprint, ended) \
        WHERE cause_fingerprint IS NOT NULL
        """,
        """
        CREATE INDEX attempts_by_error ON attempts (fingerprint, ended) \
        WHERE fingerprint IS NOT NULL
        """,
        "CREATE INDEX attempts_by_rule ON attempts (rule, ended) WHERE rule IS NOT NULL",
        """
        CREATE TABLE pipelines (
            id INTEGER PRIMARY KEY,
            target TEXT NOT NULL,
            name TEXT NOT NULL,
            UNIQUE (target, name)
        ) STRICT
        """,
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
    ]

    /// The attempts with what was said of them.
    static let joined = """
        \(HistoryRow.joined) LEFT JOIN failures ON of_action = action_id \
        AND of_execution = execution AND of_attempt = attempt
        """
    /// The columns of ``WholeAttempt`` in the joined tables.
    static let columns = """
        \(ActionAttempt.columns), of_attempt IS NOT NULL, category, kind, error_code, message, \
        summary, cause_provider, \(StoredCause.prefixed)
        """
    private static let actionID = "(SELECT id FROM actions WHERE \(HistoryRow.matchAction))"
    private static let replace: SQLiteQuery = """
        INSERT OR REPLACE INTO failures VALUES (\(actionID), \
        ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    private static let deleteOf: SQLiteQuery = """
        DELETE FROM failures WHERE of_action = \(actionID) AND of_execution = ? AND of_attempt = ?
        """

    /// Stores what was said of an attempt, if anything was.
    static func write(
        _ attempt: ActionAttempt,
        _ database: inout SQLiteDatabase
    ) throws(SQLiteError) {
        guard let failure = attempt.failure else { return }
        try database.run(
            replace,
            attempt.action,
            attempt.execution,
            attempt.id,
            attempt.ended,
            StoredFailure(failure: failure)
        )
    }

    /// Deletes what was said of an attempt.
    static func delete(
        of attempt: ActionAttempt,
        _ database: inout SQLiteDatabase
    ) throws(SQLiteError) {
        try database.run(deleteOf, attempt.action, attempt.execution, attempt.id)
    }
}

/// An attempt with what was said of it.
struct WholeAttempt: Storable {
    /// The attempt.
    let attempt: ActionAttempt

    func bind(to parameters: inout SQLiteParameters) throws(SQLiteError) {
        preconditionFailure("its parts are rows of two tables")
    }

    init(from row: inout SQLiteRow) throws(SQLiteError) {
        var attempt = try row.next(ActionAttempt.self)
        let hasFailure = try row.next(Bool.self)
        let failure = try row.next(StoredFailure.self).failure
        attempt.failure = hasFailure ? failure : nil
        self.attempt = attempt
    }
}

/// The columns of what was said, all but one NULL when nothing was.
private struct StoredFailure: Storable {
    let failure: AttemptFailure

    init(failure: AttemptFailure) {
        self.failure = failure
    }

    func bind(to parameters: inout SQLiteParameters) throws(SQLiteError) {
        try parameters.bind(failure.category?.text)
        try parameters.bind(failure.kind?.rawValue)
        try parameters.bind(failure.code)
        try parameters.bind(failure.message)
        try parameters.bind(failure.summary)
        try parameters.bind(StoredCause(root: failure.cause))
    }

    init(from row: inout SQLiteRow) throws(SQLiteError) {
        let category = try row.next(String?.self).map { ActionCategory($0) }
        let kind = try row.next(String?.self).flatMap(CauseClass.init(rawValue:))
        let code = try row.next(String?.self)
        let message = try row.next(String?.self)
        let summary = try row.next(String?.self)
        let cause = try row.next(StoredCause.self).root
        failure = AttemptFailure(
            code: code,
            message: message,
            summary: summary,
            category: category,
            cause: cause,
            kind: kind
        )
    }
}

extension StoredCause {
    /// The columns of `failures` after `cause_provider`.
    fileprivate static var prefixed: String {
        columns.split(separator: ", ").map { "cause_" + $0 }.joined(separator: ", ")
    }
}

// MARK: Executions

extension ExecutionKey: Storable {
    func bind(to parameters: inout SQLiteParameters) throws(SQLiteError) {
        try parameters.bind(pipeline.target)
        try parameters.bind(pipeline.pipeline)
        try parameters.bind(execution)
    }

    init(from row: inout SQLiteRow) throws(SQLiteError) {
        self.init(
            pipeline: PipelineKey(target: try row.next(), pipeline: try row.next()),
            execution: try row.next()
        )
    }
}

extension PastExecution: Storable {
    /// The columns in ``joined``.
    static let columns = "target, name, execution, started, succeeded, revision"
    /// The joined tables.
    static let joined = "executions JOIN pipelines ON pipelines.id = pipeline_id"
    /// Adds the pipeline's names; takes both.
    static let insertPipeline: SQLiteQuery =
        "INSERT OR IGNORE INTO pipelines (target, name) VALUES (?, ?)"
    /// Takes an execution.
    static let replace: SQLiteQuery = """
        INSERT OR REPLACE INTO executions VALUES (\
        (SELECT id FROM pipelines WHERE target = ? AND name = ?), ?, ?, ?, ?)
        """
    /// Deletes so many that started before a time.
    static let deleteOld: SQLiteQuery = """
        DELETE FROM executions WHERE (pipeline_id, execution) IN (\
        SELECT pipeline_id, execution FROM executions WHERE started < ? ORDER BY started LIMIT ?)
        """

    /// Whether its names can be stored.
    var isStorable: Bool {
        let names = [key.pipeline.target.text, key.pipeline.pipeline.text, key.execution.text]
        return names.allSatisfy(Bounds.isName)
    }

    func bind(to parameters: inout SQLiteParameters) throws(SQLiteError) {
        try parameters.bind(key)
        try parameters.bind(started)
        try parameters.bind(hasSucceeded)
        try parameters.bind(revision?.number)
    }

    init(from row: inout SQLiteRow) throws(SQLiteError) {
        self.init(
            key: try row.next(),
            started: try row.next(),
            hasSucceeded: try row.next(),
            revision: try row.next(Int64?.self).map(RevisionDigest.init(number:))
        )
    }
}
