import Primitives
import RetryCore

/// The document that `status --json` prints.
package struct StatusDocument: Hashable, Sendable, Codable {
    /// The active config file.
    package struct Config: Hashable, Sendable, Codable {
        /// Its path.
        package var path: String
        /// When it was loaded, RFC 3339.
        package var loadedAt: String?
        /// Whether nothing is ever retried.
        package var dryRun: Bool
        /// The errors of a newer file that was rejected.
        package var refused: [String]

        private enum CodingKeys: String, CodingKey {
            case path, refused
            case loadedAt = "loaded_at"
            case dryRun = "dry_run"
        }
    }

    /// One target.
    package struct Target: Hashable, Sendable, Codable {
        /// Its name.
        package var name: String
        /// Its Region.
        package var region: String
        /// How many pipelines are watched.
        package var pipelines: Int
        /// How many of them cannot be watched at present.
        package var lost: Int
        /// Their names, at most ``mostNames``.
        package var lostPipelines: [String]
        /// Why calls fail; null when they work.
        package var problem: String?
        /// Requests per second that are allowed at present.
        package var rate: Double

        /// How many names are listed.
        package static let mostNames = 20

        private enum CodingKeys: String, CodingKey {
            case name, region, pipelines, lost, rate
            case lostPipelines = "lost_pipelines"
            case problem = "trouble"
        }
    }

    /// One live episode.
    package struct Episode: Hashable, Sendable, Codable {
        /// The target.
        package var target: String
        /// The pipeline.
        package var pipeline: String
        /// The stage.
        package var stage: String
        /// The pipelineExecutionId.
        package var executionID: String
        /// The phase, as docs/STATES.md has it.
        package var phase: String
        /// The retries that count.
        package var retries: Int
        /// The most that there can be; null before a retry was decided.
        package var maxRetries: Int?
        /// The rule that decided on the newest retry; null: none did, or the policy itself.
        package var rule: String?
        /// When the decided retry is due, RFC 3339.
        package var due: String?
        /// Why it waits.
        package var reason: String?
        /// What the service of a failed action says; null: nothing was read.
        package var cause: String?

        private enum CodingKeys: String, CodingKey {
            case target, pipeline, stage, phase, retries, rule, due, reason, cause
            case executionID = "execution_id"
            case maxRetries = "max_retries"
        }
    }

    /// A stage that is still Failed and is not retried any more.
    package struct Ended: Hashable, Sendable, Codable {
        /// The target.
        package var target: String
        /// The pipeline.
        package var pipeline: String
        /// The stage.
        package var stage: String
        /// The pipelineExecutionId.
        package var executionID: String
        /// exhausted or not_retried; null: it ended before the daemon started.
        package var outcome: String?
        /// Why.
        package var reason: String?

        private enum CodingKeys: String, CodingKey {
            case target, pipeline, stage, outcome, reason
            case executionID = "execution_id"
        }
    }

    /// One pause by command.
    package struct Hold: Hashable, Sendable, Codable {
        /// The target; null: all.
        package var target: String?
        /// The pipeline; null: all.
        package var pipeline: String?
        /// The stage; null: all.
        package var stage: String?
        /// The person's reason.
        package var reason: String
        /// The uid that requested it.
        package var uid: UInt32
        /// When it expires, RFC 3339.
        package var until: String?
    }

    /// The config file.
    package var config: Config
    /// The targets in the file's order.
    package var targets: [Target]
    /// The live episodes.
    package var episodes: [Episode]
    /// The stages that are still Failed and are not retried any more, at most ``mostEnded``.
    package var ended: [Ended]
    /// How many of these there are.
    package var endedCount: Int
    /// Pauses by command.
    package var pauses: [Hold]
    /// Calls to AWS since the start.
    package var calls: Int
    /// Calls under way.
    package var callsInFlight: Int
    /// Why the ledger is not writable; null when it is.
    package var ledgerError: String?
    /// The line that `systemctl status` shows.
    package var line: String

    /// How many stages that are not retried any more are listed.
    package static let mostEnded = 500

    private enum CodingKeys: String, CodingKey {
        case config, targets, episodes, ended, pauses, calls, line
        case endedCount = "ended_count"
        case callsInFlight = "calls_in_flight"
        case ledgerError = "ledger_trouble"
    }

    /// Creates the document; nil when the daemon is stopping.
    package init?(_ answer: StatusAnswer) {
        guard let engine = answer.engine else { return nil }
        config = Config(
            path: answer.path,
            loadedAt: answer.loadedAt?.rfc3339,
            dryRun: answer.isDryRun,
            refused: answer.refused
        )
        targets = engine.targets.map { target in
            Target(
                name: target.name.text,
                region: target.region,
                pipelines: target.pipelines,
                lost: target.lost.count,
                lostPipelines: target.lost.prefix(Target.mostNames).map(\.text),
                problem: target.degradation,
                rate: target.rate
            )
        }
        episodes = engine.episodes.map(Episode.init)
        ended = engine.ended.prefix(StatusDocument.mostEnded).map(Ended.init)
        endedCount = engine.ended.count
        pauses = engine.pauses.map(Hold.init)
        calls = answer.calls
        callsInFlight = engine.callsInFlight
        ledgerError = engine.ledgerError
        line = answer.isDryRun ? "dry run: \(engine.line)" : engine.line
    }

    /// The document as JSON, for people and jq.
    package var json: String { printedJSON }
}

extension StatusDocument.Episode {
    fileprivate init(_ episode: EpisodeStatus) {
        self.init(
            target: episode.key.pipeline.target.text,
            pipeline: episode.key.pipeline.pipeline.text,
            stage: episode.key.stage.text,
            executionID: episode.key.execution.text,
            phase: episode.phase.rawValue,
            retries: episode.retries,
            maxRetries: episode.limit,
            rule: episode.rule?.text,
            due: episode.due?.rfc3339,
            reason: episode.reason?.rawValue,
            cause: episode.cause?.sentence
        )
    }
}

extension StatusDocument.Ended {
    fileprivate init(_ ended: EndedStatus) {
        self.init(
            target: ended.key.pipeline.target.text,
            pipeline: ended.key.pipeline.pipeline.text,
            stage: ended.key.stage.text,
            executionID: ended.key.execution.text,
            outcome: ended.outcome?.rawValue,
            reason: ended.reason?.rawValue
        )
    }
}

extension StatusDocument.Hold {
    fileprivate init(_ pause: Pause) {
        self.init(
            target: pause.scope.target?.text,
            pipeline: pause.scope.pipeline?.text,
            stage: pause.scope.stage?.text,
            reason: pause.reason,
            uid: pause.uid,
            until: pause.until?.rfc3339
        )
    }
}
