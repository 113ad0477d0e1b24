import ArgumentParser
import Primitives
import RetryCore
import RetryDaemon
import Systemd

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
