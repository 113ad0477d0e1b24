import ArgumentParser
import Primitives
import RetryCore
import RetryDaemon
import Settings
import Systemd

/// `report`.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Print what retries brought: outcomes by week, minutes, causes, waits and rules.",
        discussion: """
            From the attempts that the running daemon keeps; 'history import' brings those of \
            before it ran. With --html one page is written that needs nothing else, with --json \
            the same figures are printed. Suggestions change nothing by themselves.
            """
    )

    @OptionGroup var scope: ScopeOptions
    @OptionGroup var daemon: DaemonOption

    @Option(help: ArgumentHelp("How far back (default: 30d).", valueName: "span"))
    var since: DurationArgument?

    @Option(
        help: ArgumentHelp(
            "The config file whose rules are looked for (default: the service's, if readable).",
            valueName: "file"
        )
    )
    var config: String?

    @Option(help: ArgumentHelp("Write the page into this file.", valueName: "file"))
    var html: String?

    @Flag(help: "Print one JSON value.")
    var json = false

    func validate() throws {
        guard html == nil || !json else {
            throw ValidationError("--html and --json exclude each other")
        }
    }

    func run() async throws {
        let retrying = try retryingRules()
        let until = LiveClock().wall
        let from = until + (.zero - (since?.duration ?? .seconds(30 * 86_400)))
        var report = HistoryReport(since: from, until: until)
        let session = ControlSession(daemon)
        let failed = AttemptRequest(scope: scope.scope, since: from, status: .failed)
        try await session.readAttempts(failed) { page in
            for attempt in page { report.add(attempt) }
        }
        // Sums are of all pipelines.
        if scope.scope == PauseScope() {
            try await session.readSums(SumRequest(since: from.day)) { page in
                for sum in page { report.add(sum) }
            }
        }
        let document = ReportDocument(report, scope: scope.scope, retrying: retrying)
        if let html {
            try Terminal.write(page: ReportPage(document).text, to: html)
        } else if json {
            Terminal.write(json: document.json)
        } else {
            Terminal.write(document.text)
        }
    }

    /// The rules that retry; nil: there is no file that can be read, and none was named.
    ///
    /// A scope says nothing about the rules of other pipelines.
    private func retryingRules() throws -> [RuleName]? {
        guard scope.scope == PauseScope() else { return [] }
        let path = config ?? ConfigOption.standard
        switch SettingsFile.read(
            path: path,
            environment: SettingsEnvironment(now: LiveClock().wall)
        ) {
        case .success(let settings): return settings.configuration.retryingRules
        case .failure(let errors):
            guard config != nil else { return nil }
            for error in errors.errors { Terminal.complain(error.description) }
            try ExitStatus.config.exit()
            return nil
        }
    }
}
