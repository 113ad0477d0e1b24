import ArgumentParser
import AttemptLedger
import Primitives
import RetryCore
import RetryDaemon
import Systemd

/// `history`.
struct HistoryListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Print what became of past failures, the newest first.",
        discussion: """
            Those that the daemon watched are kept for 30 days; older ones, and those of before \
            it ran, are there once 'history import' has brought them.
            """
    )

    @OptionGroup var scope: ScopeOptions
    @OptionGroup var daemon: DaemonOption

    @Option(help: ArgumentHelp("How far back (default: 7d).", valueName: "span"))
    var since: DurationArgument?

    @Option(
        help: ArgumentHelp("Only those that ended so; may be repeated.", valueName: "outcome")
    )
    var outcome: [PastEpisode.End] = []

    @Flag(help: "Print one JSON value.")
    var json = false

    /// What the daemon is asked for.
    var request: HistoryRequest {
        HistoryRequest(
            scope: scope.scope,
            since: since?.duration ?? .seconds(7 * 86_400),
            ends: Set(outcome)
        )
    }

    func run() async throws {
        let session = ControlSession(daemon)
        var next = request
        var all: [HistoryDocument.Episode] = []
        while true {
            let answer = try await session.answer(to: .history(next))
            guard var page = answer.history else {
                answer.printLines()
                return try ExitStatus(answer.outcome).exit()
            }
            if json {
                all += page.episodes
            } else {
                Terminal.write(page.episodes.map(\.text).joined())
            }
            guard let position = page.next else {
                page.episodes = all
                if json { Terminal.write(json: page.json) }
                return
            }
            next.after = position
        }
    }
}
