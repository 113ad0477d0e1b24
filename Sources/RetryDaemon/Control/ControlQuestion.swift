import FoundationEssentials
import Primitives
package import RetryCore

/// What a command asks the running daemon; JSON on the control socket.
package enum ControlQuestion: Hashable, Sendable {
    /// Read the config file anew.
    case reload
    /// Say how things stand.
    case status
    /// Hold what is in the scope, for so long or until `resume`.
    case pause(PauseScope, reason: String, for: Duration?)
    /// Lift the pause of the scope, or all of them for everything.
    case resume(PauseScope)
}

/// What the daemon answers.
package struct ControlAnswer: Hashable, Sendable, Codable {
    /// What became of the question; the raw values stand on the wire.
    package enum Outcome: String, Hashable, Sendable, Codable, CaseIterable {
        /// It is done.
        case done
        /// It is done, but a restart forgets it, since the ledger takes no writes.
        case volatile
        /// The config file has faults; the old one stays in force.
        case refused
        /// The daemon ends.
        case stopping
        /// The question names something that is not there, or is no question at all.
        case invalid
    }

    /// What became of the question.
    package var outcome: Outcome
    /// What there is to say, a line each.
    package var lines: [String]
    /// How things stand, for `status`.
    package var status: StatusDocument?

    /// Makes an answer.
    package init(_ outcome: Outcome, lines: [String] = [], status: StatusDocument? = nil) {
        self.outcome = outcome
        self.lines = lines
        self.status = status
    }

    /// The answer's bytes on the wire.
    package var bytes: [UInt8] { ControlCoding.encode(self) }

    /// Reads an answer; nil when the bytes are none.
    package init?(bytes: [UInt8]) {
        do {
            self = try JSONDecoder().decode(ControlAnswer.self, from: Data(bytes))
        } catch {
            return nil
        }
    }
}

extension ControlQuestion {
    /// The question's form on the wire.
    fileprivate struct Form: Codable {
        var command: String
        var target: String?
        var pipeline: String?
        var stage: String?
        var reason: String?
        var forSeconds: Int64?

        enum CodingKeys: String, CodingKey {
            case command, target, pipeline, stage, reason
            case forSeconds = "for_seconds"
        }

        var scope: PauseScope {
            PauseScope(
                target: target.map { TargetName($0) },
                pipeline: pipeline.map { PipelineName($0) },
                stage: stage.map { StageName($0) }
            )
        }
    }

    /// The question's bytes on the wire.
    package var bytes: [UInt8] {
        var form: Form
        switch self {
        case .reload: form = Form(command: "reload")
        case .status: form = Form(command: "status")
        case .pause(let scope, let reason, let span):
            form = Form(command: "pause", scope)
            form.reason = reason
            form.forSeconds = span.map { $0.wholeMilliseconds / 1000 }
        case .resume(let scope): form = Form(command: "resume", scope)
        }
        return ControlCoding.encode(form)
    }

    /// Reads a question; nil when the bytes are none that this version knows.
    package init?(bytes: [UInt8]) {
        guard let form = Form(bytes: bytes), let question = form.question else { return nil }
        self = question
    }
}

extension ControlQuestion.Form {
    fileprivate init?(bytes: [UInt8]) {
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(bytes))
        } catch {
            return nil
        }
    }

    fileprivate var question: ControlQuestion? {
        switch command {
        case "reload": return .reload
        case "status": return .status
        case "resume": return .resume(scope)
        case "pause":
            guard let reason, !reason.isEmpty else { return nil }
            let span = forSeconds.map { Duration.saturating(seconds: Double($0)) }
            guard span.map({ $0 > .zero }) ?? true else { return nil }
            return .pause(scope, reason: reason.bounded(.failure), for: span)
        case _: return nil
        }
    }

    fileprivate init(command: String, _ scope: PauseScope) {
        self.init(
            command: command,
            target: scope.target?.text,
            pipeline: scope.pipeline?.text,
            stage: scope.stage?.text
        )
    }
}

/// JSON as it stands on the wire: keys in order.
enum ControlCoding {
    static func encode(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(value))
        } catch {
            preconditionFailure("a message of texts and whole numbers has no JSON: \(error)")
        }
    }
}
