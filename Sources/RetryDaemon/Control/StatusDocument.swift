import FoundationEssentials
import RetryCore

/// What `status --json` prints.
package struct StatusDocument: Hashable, Sendable, Codable {
    /// The config file in force.
    package struct Config: Hashable, Sendable, Codable {
        /// Its path.
        package var path: String
        /// When it was loaded, RFC 3339.
        package var loadedAt: String?
        /// Whether nothing is ever retried.
        package var dryRun: Bool
        /// The faults of a newer file that was refused.
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
        /// How many of them can not be watched at present.
        package var lost: Int
        /// Why calls fail; null when they work.
        package var trouble: String?
        /// Requests per second that are allowed at present.
        package var rate: Double
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
        /// When the decided retry is due, RFC 3339.
        package var due: String?
        /// Why it waits.
        package var reason: String?

        private enum CodingKeys: String, CodingKey {
            case target, pipeline, stage, phase, retries, due, reason
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
        /// The uid that asked.
        package var uid: UInt32
        /// When it ends by itself, RFC 3339.
        package var until: String?
    }

    /// The config file.
    package var config: Config
    /// The targets in the file's order.
    package var targets: [Target]
    /// The live episodes.
    package var episodes: [Episode]
    /// Pauses by command.
    package var pauses: [Hold]
    /// Calls under way.
    package var callsInFlight: Int
    /// Why the ledger takes no writes; null when it does.
    package var ledgerTrouble: String?
    /// The line that `systemctl status` shows.
    package var line: String

    private enum CodingKeys: String, CodingKey {
        case config, targets, episodes, pauses, line
        case callsInFlight = "calls_in_flight"
        case ledgerTrouble = "ledger_trouble"
    }

    /// Makes the document; nil when the daemon ends.
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
                lost: target.lost,
                trouble: target.trouble,
                rate: target.rate
            )
        }
        episodes = engine.episodes.map(Episode.init)
        pauses = engine.pauses.map(Hold.init)
        callsInFlight = engine.callsInFlight
        ledgerTrouble = engine.ledgerTrouble
        line = engine.line
    }

    /// The document as JSON, for people and jq.
    package var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        do {
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        } catch {
            preconditionFailure("a status of texts and numbers has no JSON: \(error)")
        }
    }
}

extension StatusDocument.Episode {
    fileprivate init(_ episode: EpisodeStatus) {
        self.init(
            target: episode.key.pipeline.target.text,
            pipeline: episode.key.pipeline.pipeline.text,
            stage: episode.key.stage.text,
            executionID: episode.key.execution.text,
            phase: episode.phase,
            retries: episode.retries,
            due: episode.due?.rfc3339,
            reason: episode.reason?.rawValue
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
