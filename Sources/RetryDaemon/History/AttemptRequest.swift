package import AttemptLedger
package import Primitives
package import RetryCore

/// Which attempts a client asks for; on the control socket.
package struct AttemptRequest: Hashable, Sendable, Codable {
    /// The target; null: all.
    package var target: String?
    /// The pipeline; null: all.
    package var pipeline: String?
    /// The stage; null: all.
    package var stage: String?
    /// Those that started at this time or later, in milliseconds since 1970.
    package var since: Int64
    /// Only those that stand so; null: all.
    package var status: String?
    /// Whether what was said of failures is asked for, too; null: it is not.
    package var whole: Bool?
    /// Where the answer before ended; null: the oldest are asked for.
    package var after: AttemptDocument.Position?

    /// Creates a request for the oldest.
    package init(
        scope: PauseScope,
        since: WallTime,
        status: AttemptStatus? = nil,
        isWhole: Bool = false
    ) {
        target = scope.target?.text
        pipeline = scope.pipeline?.text
        stage = scope.stage?.text
        self.since = since.milliseconds
        self.status = status?.rawValue
        whole = isWhole ? true : nil
        after = nil
    }

    /// The names that it is about.
    package var scope: PauseScope {
        PauseScope(
            target: target.map { TargetName($0) },
            pipeline: pipeline.map { PipelineName($0) },
            stage: stage.map { StageName($0) }
        )
    }

    /// The ledger's query; nil: it has a status that is none.
    package var query: AttemptQuery? {
        let known = status.flatMap(AttemptStatus.init(rawValue:))
        guard status == nil || known != nil else { return nil }
        var query = AttemptQuery(
            scope: scope,
            since: WallTime(milliseconds: since),
            status: known,
            after: after.map(AttemptQuery.Position.init)
        )
        query.isWhole = whole == true
        return query
    }
}
