import ArgumentParser
import Primitives
import RetryCore
import RetryDaemon
import Systemd

/// `reload`.
struct ReloadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Make the running daemon read its config file again, and wait for the result.",
        discussion: """
            A valid file takes effect at once, and the changes are printed. A file with errors \
            changes nothing: every error is printed, and the exit status is 78.
            """
    )

    @OptionGroup var daemon: DaemonOption

    func run() async throws {
        try await ControlSession(daemon).run(.reload) { $0.printLines() }
    }
}
