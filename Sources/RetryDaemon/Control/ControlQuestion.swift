import FoundationEssentials
import Primitives
package import RetryCore

/// A request of a command to the running daemon; JSON on the control socket.
package enum ControlQuestion: Hashable, Sendable {
    /// Read the config file again.
    case reload
    /// Report the current status.
    case status
    /// Hold everything in the scope, for this long or until `resume`.
    case pause(PauseScope, reason: String, for: Duration?)
    /// Lift the pause of the scope, or all of them for everything.
    case resume(PauseScope)
}

/// The daemon's answer.
package struct ControlAnswer: Hashable, Sendable, Codable {
    /// The outcome of the request; the raw values are part of the wire format.
    package enum Outcome: String, Hashable, Sendable, Codable, CaseIterable {
        /// It is done.
        case done
        /// It is done, but a restart forgets it, since the ledger is not writable.
        case volatile
        /// The config file has errors; the old one stays active.
        case refused
        /// The daemon ends.
        case stopping
        /// The question names something that is not there, or is no question at all.
        case invalid
    }

    /// The outcome of the request.
    package var outcome: Outcome
    /// The text of the answer, one element per line.
    package var lines: [String]
    /// The current status, for `status`.
    package var status: StatusDocument?

    /// Creates an answer.
    package init(_ outcome: Outcome, lines: [String] = [], status: StatusDocument? = nil) {
        self.outcome = outcome
        self.lines = lines
        self.status = status
    }

    /// The answer's bytes on the wire.
    package var bytes: [UInt8] { ControlCoding.encode(self) }

    /// Reads an answer; nil when the bytes are not one.
    package init?(bytes: [UInt8]) {
        do {
            self = try JSONDecoder().decode(ControlAnswer.self, from: Data(bytes))
        } catch {
            return nil
        }
    }
}

extension ControlQuestion {
    /// The commands by their names on the wire; another one is no question.
    package enum Command: String, Hashable, Sendable, Codable, CaseIterable {
        /// Read the config file again.
        case reload
        /// Report the current status.
        case status
        /// Hold a scope.
        case pause
        /// Lift a pause.
        case resume
    }

    /// The command that it is.
    package var command: Command {
        switch self {
        case .reload: .reload
        case .status: .status
        case .pause: .pause
        case .resume: .resume
        }
    }

    /// The question's form on the wire.
    fileprivate struct Form: Codable {
        var command: Command
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
        case .reload: form = Form(command: .reload)
        case .status: form = Form(command: .status)
        case .pause(let scope, let reason, let span):
            form = Form(command: .pause, scope)
            form.reason = reason
            form.forSeconds = span.map { $0.wholeMilliseconds / 1000 }
        case .resume(let scope): form = Form(command: .resume, scope)
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
        case .reload: return .reload
        case .status: return .status
        case .resume: return .resume(scope)
        case .pause:
            guard let reason, !reason.isEmpty else { return nil }
            let span = forSeconds.map { Duration.saturating(seconds: Double($0)) }
            guard span.map({ $0 > .zero }) ?? true else { return nil }
            return .pause(scope, reason: reason.bounded(.failure), for: span)
        }
    }

    fileprivate init(command: ControlQuestion.Command, _ scope: PauseScope) {
        self.init(
            command: command,
            target: scope.target?.text,
            pipeline: scope.pipeline?.text,
            stage: scope.stage?.text
        )
    }
}

/// JSON as in the wire format: keys in order.
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
