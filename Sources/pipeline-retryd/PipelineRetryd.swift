import ArgumentParser
import RetryDaemon

/// The program: every command is one type below.
@main
struct PipelineRetryd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pipeline-retryd",
        abstract: "Retries failed stages of AWS CodePipeline pipelines, by policy.",
        discussion: """
            'run' is the daemon. 'check' and 'explain' say what it would do. 'status', 'reload', \
            'pause', 'resume', 'history' (or 'history list'), 'history import', 'report' and \
            'backtest' talk to a running daemon.

            Exit status: 0 done; 1 a condition of --fail-if holds; 64 wrong usage; 65 unreadable \
            input; 69 unavailable; 70 internal error; 73 state directory or report not writable; \
            75 another instance holds the state; 77 not permitted; 78 errors in the config file.
            """,
        version: ProgramVersion.text,
        subcommands: [
            RunCommand.self, CheckCommand.self, ExplainCommand.self, StatusCommand.self,
            ReloadCommand.self, PauseCommand.self, ResumeCommand.self, HistoryCommand.self,
            ReportCommand.self, BacktestCommand.self, VersionCommand.self,
        ]
    )
}

/// `version`.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Print the version."
    )

    func run() {
        Terminal.write("pipeline-retryd \(ProgramVersion.text)\n")
    }
}

extension ExitStatus {
    /// Ends the command with this status; success just returns.
    func exit() throws {
        guard self != .success else { return }
        throw ExitCode(rawValue)
    }
}
