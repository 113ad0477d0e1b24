import ArgumentParser
import Primitives
import RetryCore
import RetryDaemon
import Systemd

/// `status`.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Print what the running daemon watches and waits for."
    )

    @OptionGroup var daemon: DaemonOption

    @Flag(help: "Print one JSON value.")
    var json = false

    func run() async throws {
        try await ControlSession(daemon).run(.status) { answer in
            guard let status = answer.status else { return }
            if json { Terminal.say(json: status.json) } else { Terminal.say(status.text) }
        }
    }
}

/// `reload`.
struct ReloadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Let the running daemon read its config file anew, and wait.",
        discussion: """
            A valid file is in force at once, and what changed is printed. A file with faults \
            changes nothing: every fault is printed, and the exit status is 78.
            """
    )

    @OptionGroup var daemon: DaemonOption

    func run() async throws {
        try await ControlSession(daemon).run(.reload) { $0.printLines() }
    }
}

/// `pause`.
struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Hold retries of the running daemon; without a scope all of them.",
        discussion: "Pipelines go on being watched. A pause survives a restart."
    )

    @OptionGroup var scope: ScopeOptions
    @OptionGroup var daemon: DaemonOption

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("How long, such as 2h (default: until resume).", valueName: "span")
    )
    var span: DurationArgument?

    @Option(help: ArgumentHelp("Why, for the journal and for others.", valueName: "text"))
    var reason: String

    func validate() throws {
        guard !reason.isEmpty else { throw ValidationError("--reason must not be empty.") }
    }

    func run() async throws {
        let question = ControlQuestion.pause(
            scope.scope,
            reason: reason,
            for: span?.duration
        )
        try await ControlSession(daemon).run(question) { $0.printLines() }
    }
}

/// `resume`.
struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Lift the pause of the same scope; without a scope all of them.",
        discussion: "Held retries are released one after the other."
    )

    @OptionGroup var scope: ScopeOptions
    @OptionGroup var daemon: DaemonOption

    func run() async throws {
        try await ControlSession(daemon).run(.resume(scope.scope)) { $0.printLines() }
    }
}

extension ControlAnswer {
    /// Prints what was done, and on standard error what was not.
    fileprivate func printLines() {
        for line in lines {
            if outcome == .done {
                Terminal.say(line.asOneLine + "\n")
            } else {
                Terminal.complain(line)
            }
        }
    }
}

/// One question to the running daemon.
struct ControlSession {
    private let sockets: [String]

    init(_ daemon: DaemonOption) {
        sockets = Places(environment: LiveHostVariables.read())
            .sockets(given: daemon.stateDirectory)
    }

    /// Asks, prints, and ends with the status that the answer calls for.
    ///
    /// Where nobody listens the next place is tried; any other trouble is the answer.
    func run(_ question: ControlQuestion, _ show: (ControlAnswer) -> Void) async throws {
        switch await ask(question) {
        case .success(let (socket, bytes)):
            guard let answer = ControlAnswer(bytes: bytes) else {
                Terminal.complain("\(socket): the answer cannot be read; is the daemon newer?")
                return try ExitStatus.unavailable.exit()
            }
            show(answer)
            return try ExitStatus(answer.outcome).exit()
        case .failure(let trouble):
            Terminal.complain("pipeline-retryd: \(trouble)")
            try ExitStatus(trouble).exit()
        }
    }

    /// What the daemon says of itself, for a command that can do without it.
    func status() async -> Result<StatusDocument, ControlSocketError> {
        switch await ask(.status) {
        case .success(let (socket, bytes)):
            guard let status = ControlAnswer(bytes: bytes)?.status else {
                return .failure(.closedEarly(path: socket))
            }
            return .success(status)
        case .failure(let trouble): return .failure(trouble)
        }
    }

    private func ask(
        _ question: ControlQuestion
    ) async -> Result<(socket: String, bytes: [UInt8]), ControlSocketError> {
        for socket in sockets {
            switch await ask(question, at: socket) {
            case .success(let bytes): return .success((socket, bytes))
            case .failure(.notRunning): continue
            case .failure(let error): return .failure(error)
            }
        }
        return .failure(.notRunning(path: sockets.first ?? "control.sock"))
    }

    private func ask(
        _ question: ControlQuestion,
        at socket: String
    ) async -> Result<[UInt8], ControlSocketError> {
        do throws(ControlSocketError) {
            return .success(
                try await ControlClient.ask(question.bytes, at: socket, within: .seconds(60))
            )
        } catch {
            return .failure(error)
        }
    }
}
