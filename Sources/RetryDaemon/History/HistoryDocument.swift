package import AttemptLedger
import Primitives
import RetryCore

/// Past episodes, newest first: what `history --json` prints.
package struct HistoryDocument: Hashable, Sendable, Codable {
    /// One past episode.
    package struct Episode: Hashable, Sendable, Codable {
        /// When it ended, or failed last where the daemon did not watch it; RFC 3339.
        package var at: String
        /// When it failed first, RFC 3339.
        package var failedAt: String
        /// The target.
        package var target: String
        /// The pipeline.
        package var pipeline: String
        /// The stage.
        package var stage: String
        /// The pipelineExecutionId.
        package var executionID: String
        /// How it ended.
        package var outcome: String
        /// Why; null: the daemon did not watch it, or nothing more is to be said.
        package var reason: String?
        /// The error, without its variable parts; null: nothing says why it failed.
        package var cause: String?
        /// The daemon's retries.
        package var ownRetries: Int
        /// Everybody else's.
        package var otherRetries: Int
        /// From the first failure to the success, or to the end, in seconds.
        package var seconds: Int64

        private enum CodingKeys: String, CodingKey {
            case at, target, pipeline, stage, outcome, reason, cause, seconds
            case failedAt = "failed_at"
            case executionID = "execution_id"
            case ownRetries = "own_retries"
            case otherRetries = "other_retries"
        }
    }

    /// Where the next answer goes on.
    package struct Position: Hashable, Sendable, Codable {
        /// Milliseconds since 1970.
        package var at: Int64
        /// The target.
        package var target: String
        /// The pipeline.
        package var pipeline: String
        /// The stage.
        package var stage: String
        /// The pipelineExecutionId.
        package var execution: String
    }

    /// The episodes.
    package var episodes: [Episode]
    /// Where the next answer goes on; null: there are no more.
    package var next: Position?

    /// Creates a document.
    package init(_ answer: HistoryAnswer) {
        episodes = answer.episodes.map(Episode.init)
        next = answer.next.map(Position.init)
    }

    /// The document as JSON, for people and jq.
    package var json: String { printedJSON }
}

extension HistoryDocument.Episode {
    fileprivate init(_ past: PastEpisode) {
        self.init(
            at: past.at.rfc3339,
            failedAt: past.failedAt.rfc3339,
            target: past.key.pipeline.target.text,
            pipeline: past.key.pipeline.pipeline.text,
            stage: past.key.stage.text,
            executionID: past.key.execution.text,
            outcome: past.end.rawValue,
            reason: past.reason?.rawValue,
            cause: past.cause?.text,
            ownRetries: past.ownRetries,
            otherRetries: past.otherRetries,
            seconds: past.duration.wholeMilliseconds / 1000
        )
    }

    /// The episode for people: three lines of 80 columns at most, but for long names.
    package var text: String {
        let day = at.prefix(10)
        let minute = at.dropFirst(11).prefix(5)
        // The retries are exhausted because they are: that says nothing more.
        let why = reason.flatMap { $0 == outcome ? nil : " (\($0))" } ?? ""
        let took = Duration.seconds(seconds).rounded.shortText
        let error = cause.map { ": \($0)" } ?? ""
        let lines = [
            "\(day) \(minute)Z  \(outcome)\(why), \(took)",
            "  \(target)/\(pipeline)/\(stage) \(executionID)",
            "  " + (retries + error).asOneLine.shortened(to: 78),
        ]
        return lines.map { $0.asOneLine + "\n" }.joined()
    }

    private var retries: String {
        switch (ownRetries, otherRetries) {
        case (0, 0): "no retry"
        case (0, let others): "\(Self.count(others)) by others"
        case (let own, 0): "\(Self.count(own)) by the daemon"
        case (let own, let others): "\(Self.count(own)) by the daemon, \(others) by others"
        }
    }

    private static func count(_ retries: Int) -> String {
        "\(retries) \(retries == 1 ? "retry" : "retries")"
    }
}

extension HistoryDocument.Position {
    fileprivate init(_ position: PastEpisode.Position) {
        self.init(
            at: position.at.milliseconds,
            target: position.key.pipeline.target.text,
            pipeline: position.key.pipeline.pipeline.text,
            stage: position.key.stage.text,
            execution: position.key.execution.text
        )
    }
}

extension PastEpisode.Position {
    /// Takes a client's.
    init(_ position: HistoryDocument.Position) {
        self.init(
            at: WallTime(milliseconds: position.at),
            key: EpisodeKey(
                pipeline: PipelineKey(
                    target: TargetName(position.target),
                    pipeline: PipelineName(position.pipeline)
                ),
                stage: StageName(position.stage),
                execution: ExecutionID(position.execution)
            )
        )
    }
}

extension Duration {
    /// Whole minutes from ten minutes on.
    fileprivate var rounded: Duration {
        self < .seconds(600) ? self : .seconds((wholeMilliseconds / 1000 + 30) / 60 * 60)
    }
}

extension String {
    /// The text in so many characters, with dots for what is left out.
    fileprivate func shortened(to count: Int) -> String {
        self.count <= count ? self : prefix(count - 3) + "..."
    }
}
