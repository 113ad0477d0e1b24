import Primitives
import RetryCore

/// Everything that the ledger has learned, page by page.
extension LedgerConnection {
    /// In the order of ``AttemptQuery/Position``: the index gives the starts, and what started at
    /// one time is sorted.
    private static let order = "started, attempt, target, pipeline, stage, name, execution"
    /// Takes the time, the position, the scope, the status and the largest number of rows.
    private static let conditions = """
        WHERE started >= ? AND (\(order)) > (?, ?, ?, ?, ?, ?, ?) \
        AND target = coalesce(?, target) AND pipeline = coalesce(?, pipeline) \
        AND stage = coalesce(?, stage) AND status = coalesce(?, status) \
        ORDER BY \(order) LIMIT ?
        """
    /// SQLite keeps the order of tables in a cross join: all pipelines are read by the index over
    /// the starts, and one pipeline by the primary key, which begins with its actions.
    private static let selectByStart: SQLiteQuery = """
        SELECT \(ActionAttempt.columns) FROM attempts INDEXED BY attempts_by_start \
        CROSS JOIN actions ON actions.id = attempts.action_id \(conditions)
        """
    private static let selectByAction: SQLiteQuery = """
        SELECT \(ActionAttempt.columns) FROM actions \
        CROSS JOIN attempts ON attempts.action_id = actions.id \(conditions)
        """

    private static let selectFailure: SQLiteQuery = """
        SELECT \(FailureRow.columns) FROM \(FailureRow.joined) \
        WHERE \(HistoryRow.matchAction) AND execution = ? AND attempt = ?
        """

    /// The next attempts that a query asks for.
    mutating func attempts(_ query: AttemptQuery) throws(LedgerError) -> AttemptAnswer {
        var answer = try bareAttempts(query)
        guard query.isWhole else { return answer }
        return try read { (database) throws(SQLiteError) in
            for index in answer.attempts.indices where answer.attempts[index].status == .failed {
                let failed = answer.attempts[index]
                let whole = try database.first(
                    WholeAttempt.self,
                    Self.selectFailure,
                    failed.action,
                    failed.execution,
                    failed.id
                )
                answer.attempts[index].failure = whole?.attempt.failure
                guard failed.retry == nil else { continue }
                let evidence = try Self.revision(PrecedentQuestion(of: failed), &database)
                answer.elsewhere[failed.id] = evidence?.elsewhere
            }
            return answer
        }
    }

    private mutating func bareAttempts(
        _ query: AttemptQuery
    ) throws(LedgerError) -> AttemptAnswer {
        try read { (database) throws(SQLiteError) in
            let after = query.after ?? .first
            let found = try database.rows(
                ActionAttempt.self,
                query.scope.pipeline == nil ? Self.selectByStart : Self.selectByAction,
                max(query.since, after.started),
                after,
                query.scope,
                query.status?.rawValue,
                query.limit
            )
            return query.answer(found)
        }
    }

    /// The next sums of attempts that are not kept that a query asks for.
    mutating func sums(_ query: SumQuery) throws(LedgerError) -> SumAnswer {
        try read { (database) throws(SQLiteError) in
            let after =
                query.after
                ?? DailySum.Key(
                    day: .min,
                    fingerprint: Fingerprint(reduced: ""),
                    rule: nil
                )
            let found = try database.rows(
                DailySum.self,
                DailySum.selectAfter,
                query.since,
                after,
                SumQuery.page
            )
            return query.answer(found)
        }
    }
}

extension AttemptQuery.Position {
    /// What every attempt comes after.
    fileprivate static let first = AttemptQuery.Position(
        started: WallTime(milliseconds: .min),
        id: "",
        group: AttemptGroup(
            action: ActionKey(
                pipeline: PipelineKey(target: "", pipeline: ""),
                stage: "",
                action: ""
            ),
            execution: ""
        )
    )
}

extension AttemptQuery.Position: Storable {
    func bind(to parameters: inout SQLiteParameters) throws(SQLiteError) {
        try parameters.bind(started)
        try parameters.bind(id)
        try parameters.bind(group.action)
        try parameters.bind(group.execution)
    }

    init(from row: inout SQLiteRow) throws(SQLiteError) {
        let started = try row.next(WallTime.self)
        let id = try row.next(ActionExecutionID.self)
        let group = AttemptGroup(action: try row.next(), execution: try row.next())
        self.init(started: started, id: id, group: group)
    }
}
