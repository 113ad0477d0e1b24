package import AttemptLedger
package import Primitives
package import RetryCore

/// Which past episodes a client asks for; on the control socket.
package struct HistoryRequest: Hashable, Sendable, Codable {
    /// The target; null: all.
    package var target: String?
    /// The pipeline; null: all.
    package var pipeline: String?
    /// The stage; null: all.
    package var stage: String?
    /// How far back, in seconds.
    package var seconds: Int64
    /// Only those that ended so; empty: all.
    package var outcomes: [String]
    /// Where the answer before ended; null: the newest are asked for.
    package var after: HistoryDocument.Position?

    private enum CodingKeys: String, CodingKey {
        case target, pipeline, stage, outcomes, after
        case seconds = "since_seconds"
    }

    /// Creates a request for the newest.
    package init(scope: PauseScope, since: Duration, ends: Set<PastEpisode.End>) {
        target = scope.target?.text
        pipeline = scope.pipeline?.text
        stage = scope.stage?.text
        seconds = since.wholeMilliseconds / 1000
        outcomes = ends.map(\.rawValue).sorted()
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

    /// The ledger's query at a time of day; nil: it has an outcome or a time that is none.
    package func query(at now: WallTime) -> HistoryQuery? {
        let ends = outcomes.compactMap(PastEpisode.End.init(rawValue:))
        guard ends.count == outcomes.count, seconds > 0 else { return nil }
        return HistoryQuery(
            scope: scope,
            since: now + (.zero - .saturating(seconds: Double(seconds))),
            ends: Set(ends),
            after: after.map(PastEpisode.Position.init)
        )
    }
}
