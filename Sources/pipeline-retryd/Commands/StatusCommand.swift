import ArgumentParser
import Primitives
import RetryCore
import RetryDaemon
import Systemd

/// `status`.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Print what the running daemon watches and which retries are pending."
    )

    @OptionGroup var daemon: DaemonOption

    @Flag(help: "Print one JSON value.")
    var json = false

    func run() async throws {
        try await ControlSession(daemon).run(.status) { answer in
            guard let status = answer.status else { return }
            if json { Terminal.write(json: status.json) } else { Terminal.write(status.text) }
        }
    }
}
