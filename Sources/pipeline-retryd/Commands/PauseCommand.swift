import ArgumentParser
import Primitives
import RetryCore
import RetryDaemon
import Systemd

/// `pause`.
struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Pause retries of the running daemon; without a scope, all of them.",
        discussion: "Pipelines are still watched. A pause survives a restart."
    )

    @OptionGroup var scope: ScopeOptions
    @OptionGroup var daemon: DaemonOption

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("How long, such as 2h (default: until resumed).", valueName: "span")
    )
    var span: DurationArgument?

    @Option(help: ArgumentHelp("The reason, for the journal and for status.", valueName: "text"))
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
