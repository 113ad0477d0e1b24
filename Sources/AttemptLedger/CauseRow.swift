import Primitives
import RetryCore

/// A row of `causes`: what a service said of one attempt of an open episode.
///
/// The rows of an episode are written with it, and go with its end. A cause that cannot be read is
/// asked for again, so nothing depends on a row.
struct CauseRow {
    /// Version 4: the causes of open episodes.
    static let steps = [
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
        """
    ]

    /// The episode.
    let episode: EpisodeKey
    /// The cause.
    let cause: AttemptCause

    private static let columns =
        "\(EpisodeKey.columns), action, attempt, provider, \(StoredCause.columns)"
    private static let replace: SQLiteQuery = """
        INSERT OR REPLACE INTO causes (\(columns)) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    private static let selectOf: SQLiteQuery =
        "SELECT \(columns) FROM causes WHERE \(EpisodeKey.match) ORDER BY action"
    private static let deleteOf: SQLiteQuery = "DELETE FROM causes WHERE \(EpisodeKey.match)"

    /// Puts an episode's causes in the place of those that it had.
    static func write(
        _ causes: [AttemptCause],
        of key: EpisodeKey,
        _ database: inout SQLiteDatabase
    ) throws(SQLiteError) {
        try delete(of: key, &database)
        for cause in causes {
            try database.run(replace, CauseRow(episode: key, cause: cause))
        }
    }

    /// Deletes an episode's causes.
    static func delete(
        of key: EpisodeKey,
        _ database: inout SQLiteDatabase
    ) throws(SQLiteError) {
        try database.run(deleteOf, key)
    }

    /// An episode's causes, by action.
    static func causes(
        of key: EpisodeKey,
        _ database: inout SQLiteDatabase
    ) throws(SQLiteError) -> [AttemptCause] {
        try database.rows(CauseRow.self, selectOf, key).map(\.cause)
    }
}

extension CauseRow: Storable {
    func bind(to parameters: inout SQLiteParameters) throws(SQLiteError) {
        try parameters.bind(episode)
        try parameters.bind(cause.action)
        try parameters.bind(cause.attempt)
        try parameters.bind(StoredCause(root: cause.root))
    }

    init(from row: inout SQLiteRow) throws(SQLiteError) {
        episode = try row.next()
        let action = try row.next(ActionName.self)
        let attempt = try row.next(ActionExecutionID.self)
        guard let root = try row.next(StoredCause.self).root else { throw row.damage }
        cause = AttemptCause(action: action, attempt: attempt, root: root)
    }
}

/// The columns of a cause, after those of what it is of; all NULL when there is none.
struct StoredCause: Storable {
    /// The columns after `provider`.
    static let columns = """
        resource, phase, status, code, line, command, exit_status, deployment_code, url, \
        ran_user_code, has_stack, resource_type, stack_status, action_mode, change_set
        """

    /// The cause.
    let root: RootCause?

    /// Takes a cause.
    init(root: RootCause?) {
        self.root = root
    }

    func bind(to parameters: inout SQLiteParameters) throws(SQLiteError) {
        try parameters.bind(root?.provider)
        try parameters.bind(root?.resource)
        try parameters.bind(root?.phase)
        try parameters.bind(root?.status)
        try parameters.bind(root?.code)
        try parameters.bind(root?.line)
        try parameters.bind(root?.command)
        try parameters.bind(root?.exitStatus)
        try parameters.bind(root?.deploymentCode)
        try parameters.bind(root?.url)
        try parameters.bind(root?.ranUserCode)
        try parameters.bind(root?.stack != nil)
        try parameters.bind(root?.stack?.resourceType)
        try parameters.bind(root?.stack?.status)
        try parameters.bind(root?.stack?.actionMode)
        try parameters.bind(root?.stack?.changeSet?.rawValue)
    }

    init(from row: inout SQLiteRow) throws(SQLiteError) {
        let provider = try row.next(String?.self)
        var root = RootCause(
            provider: provider ?? "",
            resource: try row.next(),
            phase: try row.next(),
            status: try row.next(),
            code: try row.next(),
            line: try row.next(),
            command: try row.next(),
            exitStatus: try row.next()
        )
        root.deploymentCode = try row.next()
        root.url = try row.next()
        root.ranUserCode = try row.next()
        let hasStack = try row.next(Bool?.self) == true
        let stack = StackCause(
            resourceType: try row.next(),
            status: try row.next(),
            actionMode: try row.next(),
            changeSet: try row.next(String?.self).flatMap(StackCause.ChangeSet.init(rawValue:))
        )
        root.stack = hasStack ? stack : nil
        self.root = provider == nil ? nil : root
    }
}
