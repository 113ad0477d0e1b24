import ArgumentParser
import Primitives
import RetryCore
import RetryDaemon
import Settings

/// `backtest`.
struct BacktestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backtest",
        abstract: "Print what a config file would have done about past failures.",
        discussion: """
            The attempts that the running daemon keeps are replayed, the oldest first, through \
            the same policy engine as the daemon's, under a clock that jumps from one failure \
            to the next. 'history import' brings those of before it ran. Each decision is \
            compared with what came next. Nothing is retried.
            """
    )

    @Option(help: ArgumentHelp("The config file that is tried.", valueName: "file"))
    var config: String

    @Option(help: ArgumentHelp("Compare it with this one.", valueName: "file"))
    var against: String?

    @Option(help: ArgumentHelp("How far back (default: 90d).", valueName: "span"))
    var since: DurationArgument?

    @Option(
        help: ArgumentHelp(
            "Exit with 1 when it holds, such as 'missed>0' or 'wasted>0.5'; may be repeated.",
            valueName: "condition"
        )
    )
    var failIf: [String] = []

    @OptionGroup var scope: ScopeOptions
    @OptionGroup var daemon: DaemonOption

    @Option(help: ArgumentHelp("Write the result as a page into this file.", valueName: "file"))
    var html: String?

    @Flag(help: "Print one JSON value.")
    var json = false

    func validate() throws {
        guard html == nil || !json else {
            throw ValidationError("--html and --json exclude each other")
        }
        _ = try conditions()
    }

    private func conditions() throws -> [FailCondition] {
        do {
            return try failIf.map { text throws(FailCondition.Problem) in try FailCondition(text) }
        } catch {
            throw ValidationError("--fail-if: \(error)")
        }
    }

    func run() async throws {
        let candidate = try read(config)
        let other = try against.map(read)
        let until = LiveClock().wall
        let from = until + (.zero - (since?.duration ?? .seconds(90 * 86_400)))
        var failures: [PastFailure] = []
        let request = AttemptRequest(
            scope: scope.scope,
            since: from,
            status: .failed,
            isWhole: true
        )
        try await ControlSession(daemon).readFailures(request) { failures += $0 }
        let steps = ReplayStep.steps(of: failures)
        let mine = replay(candidate, steps)
        let theirs = other.map { replay($0, steps) }
        let document = BacktestDocument(
            span: from...until,
            steps,
            candidate: (mine, config),
            other: theirs.map { ($0, against ?? "") },
            conditions: try conditions()
        )
        if let html {
            try Terminal.write(page: BacktestPage(document).text, to: html)
        } else if json {
            Terminal.write(json: document.json)
        } else {
            Terminal.write(document.text)
        }
        if !document.failed.isEmpty { try ExitStatus.conditionHolds.exit() }
    }

    private func replay(_ configuration: Configuration, _ steps: [ReplayStep]) -> PolicyReplay {
        let patterns = PatternMatcher()
        var replay = PolicyReplay(configuration) { patterns.find($0) }
        for step in steps { replay.take(step) }
        return replay
    }

    private func read(_ path: String) throws -> Configuration {
        switch SettingsFile.read(
            path: path,
            environment: SettingsEnvironment(now: LiveClock().wall)
        ) {
        case .success(let settings): return settings.configuration
        case .failure(let errors):
            for error in errors.errors { Terminal.complain(error.description) }
            try ExitStatus.config.exit()
            throw ExitCode(ExitStatus.config.rawValue)
        }
    }
}
