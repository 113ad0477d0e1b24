import ArgumentParser
import Primitives
import RetryCore
import RetryDaemon
import Systemd

/// `history import`.
struct HistoryImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import the attempts that AWS keeps into the running daemon's ledger.",
        discussion: """
            AWS keeps every attempt of every action for up to twelve months, people's retries \
            included. The daemon reads them with two calls a second at most, beside its polls. If \
            the command is ended, the import goes on; if the daemon is ended, the same command \
            goes on where it stopped.
            """
    )

    @Option(help: ArgumentHelp("One target only.", valueName: "name"))
    var target: String?

    @Option(help: ArgumentHelp("One pipeline only.", valueName: "name"))
    var pipeline: String?

    @Option(help: ArgumentHelp("How far back (default: 365d).", valueName: "span"))
    var since: DurationArgument?

    @OptionGroup var daemon: DaemonOption

    /// What the daemon is asked for.
    var request: ImportRequest {
        ImportRequest(
            scope: PauseScope(
                target: target.map { TargetName($0) },
                pipeline: pipeline.map { PipelineName($0) }
            ),
            since: since?.duration ?? .seconds(365 * 86_400)
        )
    }

    func run() async throws {
        let session = ControlSession(daemon)
        var answer = try await session.answer(to: .importHistory(request))
        let isWatched = Terminal.isWatched
        var shownAt = -Double.infinity
        while let progress = answer.progress, !progress.isFinished {
            if isWatched {
                Terminal.show(progress.progress)
            } else if progress.elapsed - shownAt >= 10 {
                Terminal.complain(progress.progress)
                shownAt = progress.elapsed
            }
            try await Task.sleep(for: .seconds(1))
            answer = try await session.answer(to: .importProgress)
        }
        if isWatched { Terminal.show("") }
        guard let result = answer.progress else {
            answer.printLines()
            return try ExitStatus(answer.outcome).exit()
        }
        Terminal.write(result.sentence + "\n")
        if result.failed > 0 { try ExitStatus.unavailable.exit() }
    }
}
