import Primitives
import RetryCore

/// Attempts and what came of them.
extension LedgerConnection {
    private static let selectGroup: SQLiteQuery = """
        SELECT \(FailureRow.columns) FROM \(FailureRow.joined) \
        WHERE \(HistoryRow.matchAction) AND execution = ?
        """
    private static let selectExecution: SQLiteQuery = """
        SELECT \(FailureRow.columns) FROM \(FailureRow.joined) \
        WHERE target = ? AND pipeline = ? AND execution = ? ORDER BY stage, name, started, attempt
        """
    private static let selectFloor: SQLiteQuery = "SELECT floor FROM history"
    private static let selectTrials: SQLiteQuery = """
        SELECT \(ActionAttempt.columns) FROM \(HistoryRow.joined) \
        WHERE status = 'failed' AND ended >= ? AND result IN ('recovered', 'same', 'other')
        """

    /// Stores a page; returns how many of its attempts are new.
    mutating func learn(_ page: LearnedPage, _ options: LedgerOptions) throws(LedgerError) -> Int {
        let isFull = try read { (database) throws(SQLiteError) in
            try Self.isFull(&database, options)
        }
        guard !isFull else { throw .noRoomForHistory }
        return try write { (database) throws(SQLiteError) in
            let floor = try database.first(WallTime.self, Self.selectFloor)
            let kept = page.attempts.filter { attempt in
                attempt.isStorable && floor.map { attempt.started >= $0 } ?? true
            }
            var new = 0
            for group in Dictionary(grouping: kept, by: \.group).sorted(by: { $0.key < $1.key }) {
                new += try Self.store(group.value, of: group.key, &database)
            }
            for execution in page.executions where execution.isStorable {
                guard floor.map({ execution.started >= $0 }) ?? true else { continue }
                let names = execution.key.pipeline
                try database.run(PastExecution.insertPipeline, names.target, names.pipeline)
                try database.run(PastExecution.replace, execution)
            }
            if let position = page.position, position.isStorable {
                try database.run(ImportPosition.replace, position)
            }
            return new
        }
    }

    /// Stores attempts of one action in one execution with the labels that follow from all that
    /// are known.
    private static func store(
        _ attempts: [ActionAttempt],
        of group: AttemptGroup,
        _ database: inout SQLiteDatabase
    ) throws(SQLiteError) -> Int {
        let known = try Self.attempts(of: group, &database)
        let intents = try database.rows(Intent.self, Intent.selectOf, group.episode)
        let chain = AttemptChain(known + attempts.map { $0.bounded() }, intents: intents).attempts
        let before = Set(known)
        if known.isEmpty { try database.run(ActionAttempt.insertAction, group.action) }
        for attempt in chain where !before.contains(attempt) {
            try database.run(ActionAttempt.replace, attempt)
            try FailureRow.write(attempt, &database)
        }
        return chain.count - known.count
    }

    private static func attempts(
        of group: AttemptGroup,
        _ database: inout SQLiteDatabase
    ) throws(SQLiteError) -> [ActionAttempt] {
        try database.rows(WholeAttempt.self, selectGroup, group.action, group.execution)
            .map(\.attempt)
    }

    /// Keeps what services said of attempts of an episode.
    mutating func learn(
        _ causes: [AttemptCause],
        of episode: EpisodeKey
    ) throws(LedgerError) {
        try write { (database) throws(SQLiteError) in
            for cause in causes {
                let action = ActionKey(
                    pipeline: episode.pipeline,
                    stage: episode.stage,
                    action: cause.action
                )
                let group = AttemptGroup(action: action, execution: episode.execution)
                let known = try Self.attempts(of: group, &database)
                guard var told = known.first(where: { $0.id == cause.attempt }),
                    told.causeFingerprint == nil
                else { continue }
                told.take(cause.root)
                _ = try Self.store([told], of: group, &database)
            }
        }
    }

    /// The attempts of one execution.
    mutating func attempts(of execution: ExecutionKey) throws(LedgerError) -> [ActionAttempt] {
        try read { (database) throws(SQLiteError) in
            try database.rows(
                WholeAttempt.self,
                Self.selectExecution,
                execution.pipeline.target,
                execution.pipeline.pipeline,
                execution.execution
            )
            .map(\.attempt)
        }
    }

    /// How far the import of a pipeline has come.
    mutating func position(of pipeline: PipelineKey) throws(LedgerError) -> ImportPosition {
        try read { (database) throws(SQLiteError) in
            let found = try database.first(
                ImportPosition.self,
                ImportPosition.select,
                pipeline.target,
                pipeline.pipeline
            )
            return found ?? ImportPosition(pipeline: pipeline)
        }
    }

    /// The retries since a day; those of attempts that are kept are summed up anew.
    mutating func sums(since day: Int64) throws(LedgerError) -> [DailySum] {
        try read { (database) throws(SQLiteError) in
            // About 270,000 years.
            let longest: Int64 = 100_000_000
            var found = try database.rows(DailySum.self, DailySum.selectSince, day)
            let since = WallTime(milliseconds: min(max(-longest, day), longest) * 86_400_000)
            try database.forEachRow(Self.selectTrials, since) { (row) throws(SQLiteError) in
                if let sum = DailySum(try row.next(ActionAttempt.self)) { found.append(sum) }
            }
            return DailySum.combined(found)
        }
    }
}

// MARK: Old attempts

/// The key of an attempt's row, and its start.
private struct OldAttempt: Storable {
    let attempt: ActionAttempt

    func bind(to parameters: inout SQLiteParameters) throws(SQLiteError) {
        try parameters.bind(attempt.action)
        try parameters.bind(attempt.execution)
        try parameters.bind(attempt.id)
    }

    init(from row: inout SQLiteRow) throws(SQLiteError) {
        attempt = try row.next()
    }
}

extension LedgerConnection {
    private static let selectOldest: SQLiteQuery = """
        SELECT \(ActionAttempt.columns) FROM \(HistoryRow.joined) WHERE started < ? \
        ORDER BY started LIMIT ?
        """
    private static let deleteAttempt: SQLiteQuery = """
        DELETE FROM attempts WHERE action_id = (SELECT id FROM actions \
        WHERE \(HistoryRow.matchAction)) AND execution = ? AND attempt = ?
        """
    private static let countChanges: SQLiteQuery = "SELECT changes()"
    private static let raiseFloor: SQLiteQuery = "UPDATE history SET floor = max(floor, ?)"

    /// Whether three quarters of the file's largest size are in use, which is all that history may
    /// have of it.
    static func isFull(
        _ database: inout SQLiteDatabase,
        _ options: LedgerOptions
    ) throws(SQLiteError) -> Bool {
        let pages = try database.first(Int.self, "PRAGMA page_count") ?? 0
        let free = try database.first(Int.self, "PRAGMA freelist_count") ?? 0
        return pages - free > options.maximumPages / 4 * 3
    }

    /// Deletes the oldest attempts that started before a time, and adds them to the sums; whether
    /// there may be more.
    ///
    /// What started before the last of them is never stored again, or it would count twice.
    static func takeAttempts(
        _ database: inout SQLiteDatabase,
        _ before: WallTime
    ) throws(SQLiteError) -> Bool {
        let old = try database.rows(OldAttempt.self, selectOldest, before, Retention.batch)
        guard let last = old.last else {
            try database.run(PastExecution.deleteOld, before, Retention.batch)
            return try database.first(Int.self, countChanges) == Retention.batch
        }
        for row in old {
            if let sum = DailySum(row.attempt) { try database.run(DailySum.add, sum) }
            try database.run(deleteAttempt, row)
            try FailureRow.delete(of: row.attempt, &database)
        }
        try database.run(raiseFloor, last.attempt.started + .milliseconds(1))
        return true
    }
}
