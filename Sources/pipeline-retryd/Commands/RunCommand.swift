import ArgumentParser
import RetryDaemon
import Systemd

/// `run`: the daemon.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Watch pipelines and retry failed stages until stopped.",
        discussion: """
            SIGHUP reads the config file again. SIGTERM and SIGINT stop: no new call is made, and \
            the daemon waits up to 20 s for the answer to a retry that is in flight; a second \
            signal stops at once.
            """
    )

    @OptionGroup var file: ConfigOption

    @Flag(help: "Report what would be retried; never retry.")
    var dryRun = false

    @Flag(help: "Poll each pipeline once, act on what is due now, and exit.")
    var once = false

    @Option(
        help: ArgumentHelp(
            "Where entries go (default: the journal under systemd, else the terminal).",
            valueName: "output"
        )
    )
    var log: LogOption?

    @Option(
        name: .customLong("state-dir"),
        help: ArgumentHelp("The state directory, unless $STATE_DIRECTORY is set.", valueName: "dir")
    )
    var stateDirectory: String?

    func run() async throws {
        try await RunSession(self).run().exit()
    }
}
