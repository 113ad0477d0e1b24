import ArgumentParser
import Primitives
import RetryCore
import RetryDaemon
import Systemd

/// `resume`.
struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract:
            "Lift the pause that has exactly the given scope; without a scope, lift every pause.",
        discussion: "Held retries are released one after the other."
    )

    @OptionGroup var scope: ScopeOptions
    @OptionGroup var daemon: DaemonOption

    func run() async throws {
        try await ControlSession(daemon).run(.resume(scope.scope)) { $0.printLines() }
    }
}
