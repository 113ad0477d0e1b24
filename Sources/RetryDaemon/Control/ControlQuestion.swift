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
    /// Import the history that AWS keeps; one import at a time.
    case importHistory(ImportRequest)
    /// Report how far the newest import has come.
    case importProgress
    /// Report what became of past failures.
    case history(HistoryRequest)
    /// Report a page of attempts.
    case attempts(AttemptRequest)
    /// Report a page of the sums of attempts that are not kept any more.
    case sums(SumRequest)
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
    /// How far an import has come, for the questions about one.
    package var progress: ImportDocument?
    /// Past episodes, for `history`.
    package var history: HistoryDocument?
    /// A page of attempts, for `attempts`.
    package var attempts: AttemptDocument?
    /// A page of sums, for `sums`.
    package var sums: SumDocument?

    /// Creates an answer.
    package init(
        _ outcome: Outcome,
        lines: [String] = [],
        status: StatusDocument? = nil,
        progress: ImportDocument? = nil,
        history: HistoryDocument? = nil,
        attempts: AttemptDocument? = nil,
        sums: SumDocument? = nil
    ) {
        self.outcome = outcome
        self.lines = lines
        self.status = status
        self.progress = progress
        self.history = history
        self.attempts = attempts
        self.sums = sums
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
        /// Import history.
        case importHistory = "import_history"
        /// Report how far an import has come.
        case importProgress = "import_progress"
        /// Report what became of past failures.
        case history
        /// Report a page of attempts.
        case attempts
        /// Report a page of sums.
        case sums
    }

    /// The command that it is.
    package var command: Command {
        switch self {
        case .reload: .reload
        case .status: .status
        case .pause: .pause
        case .resume: .resume
        case .importHistory: .importHistory
        case .importProgress: .importProgress
        case .history: .history
        case .attempts: .attempts
        case .sums: .sums
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
        var sinceSeconds: Int64?
        var history: HistoryRequest?
        var attempts: AttemptRequest?
        var sums: SumRequest?

        enum CodingKeys: String, CodingKey {
            case command, target, pipeline, stage, reason, history, attempts, sums
            case forSeconds = "for_seconds"
            case sinceSeconds = "since_seconds"
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
        case .importHistory(let request):
            form = Form(command: .importHistory, request.scope)
            form.sinceSeconds = request.since.wholeMilliseconds / 1000
        case .importProgress: form = Form(command: .importProgress)
        case .history(let request):
            form = Form(command: .history)
            form.history = request
        case .attempts(let request):
            form = Form(command: .attempts)
            form.attempts = request
        case .sums(let request):
            form = Form(command: .sums)
            form.sums = request
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
        case .importProgress: return .importProgress
        case .history: return history.map { .history($0) }
        case .attempts: return attempts.map { .attempts($0) }
        case .sums: return sums.map { .sums($0) }
        case .importHistory:
            guard let sinceSeconds, sinceSeconds > 0, stage == nil else { return nil }
            let since = Duration.saturating(seconds: Double(sinceSeconds))
            return .importHistory(ImportRequest(scope: scope, since: since))
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
