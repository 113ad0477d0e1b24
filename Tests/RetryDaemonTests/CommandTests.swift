import ArgumentParser
import Primitives
import RetryCore
import RetryDaemon
import Systemd
import Testing
import RetryTestSupport

@testable import pipeline_retryd

@Suite
struct CommandTests {
    @Test
    func `run knows all its options`() throws {
        let arguments = [
            "run", "--config", "c.yaml", "--dry-run", "--once", "--log", "json", "--state-dir",
            "/s",
        ]
        let command = try #require(try PipelineRetryd.parseAsRoot(arguments) as? RunCommand)
        #expect(command.file.config == "c.yaml")
        #expect(command.dryRun)
        #expect(command.once)
        #expect(command.log == .json)
        #expect(command.stateDirectory == "/s")
    }

    @Test
    func `run has defaults for everything`() throws {
        let command = try #require(try PipelineRetryd.parseAsRoot(["run"]) as? RunCommand)
        #expect(command.file.config == "/etc/pipeline-retryd/config.yaml")
        #expect(!command.dryRun)
        #expect(!command.once)
        #expect(command.log == nil)
    }

    @Test
    func `explain knows all its options`() throws {
        let arguments = [
            "explain", "--config", "c", "--pipeline", "web", "--stage", "Deploy", "--target", "t",
            "--state", "s", "--definition", "d", "--executions", "e", "--retries", "2", "--at",
            "2026-11-23T01:00:00Z", "--json",
        ]
        let command = try #require(try PipelineRetryd.parseAsRoot(arguments) as? ExplainCommand)
        #expect(command.pipeline == "web")
        #expect(command.retries == 2)
        #expect(command.at?.time == WallTime(rfc3339: "2026-11-23T01:00:00Z"))
        #expect(command.json)
    }

    @Test
    func `pause knows its scope, its end and its reason`() throws {
        let arguments = [
            "pause", "--target", "t", "--pipeline", "p", "--stage", "s", "--for", "1h30m",
            "--reason", "why",
        ]
        let command = try #require(try PipelineRetryd.parseAsRoot(arguments) as? PauseCommand)
        #expect(command.scope.scope == PauseScope(target: "t", pipeline: "p", stage: "s"))
        #expect(command.span?.duration == .seconds(5400))
        #expect(command.reason == "why")
    }

    @Test
    func `history import knows its scope and how far back it goes`() throws {
        let arguments = [
            "history", "import", "--target", "t", "--pipeline", "p", "--since", "30d",
            "--state-dir", "/s",
        ]
        let command = try #require(
            try PipelineRetryd.parseAsRoot(arguments) as? HistoryImportCommand
        )
        let scope = PauseScope(target: "t", pipeline: "p")
        #expect(command.request == ImportRequest(scope: scope, since: .seconds(30 * 86_400)))
        #expect(command.daemon.stateDirectory == "/s")
        let bare = try PipelineRetryd.parseAsRoot(["history", "import"]) as? HistoryImportCommand
        let all = ImportRequest(scope: PauseScope(), since: .seconds(365 * 86_400))
        #expect(bare?.request == all)
    }

    @Test(arguments: [
        ["dance"], ["run", "--log", "paper"], ["run", "--nope"], ["run", "extra"], ["explain"],
        ["explain", "--pipeline", "p", "--at", "noon"],
        ["explain", "--pipeline", "p", "--retries", "-1"],
        ["explain", "--pipeline", "p", "--definition", "d"],
        ["pause"], ["pause", "--reason", ""], ["pause", "--reason", "x", "--for", "0s"],
        ["history", "import", "--since", "0d"], ["history", "import", "--stage", "s"],
        ["pause", "--reason", "x", "--for", "2"], ["pause", "--reason", "x", "--for", "9999d"],
    ])
    func `a wrong command line exits with 64`(_ arguments: [String]) {
        do {
            _ = try PipelineRetryd.parseAsRoot(arguments)
            Issue.record("\(arguments) was accepted")
        } catch {
            #expect(PipelineRetryd.exitCode(for: error).rawValue == 64)
        }
    }

    @Test(arguments: [
        ("90s", 90), ("5m", 300), ("2h", 7200), ("1d", 86_400), ("1d2h3m4s", 93_784),
    ])
    func `a span of time`(_ row: (String, Int)) {
        #expect(DurationArgument(argument: row.0)?.duration == .seconds(row.1))
    }

    @Test(arguments: ["", "5", "h", "5x", "-5m", "1.5h", "5 m", "٣m", "99999999999d"])
    func `not a span of time`(_ text: String) {
        #expect(DurationArgument(argument: text) == nil)
    }

    @Test(
        arguments: [
            ("2026-11-23T01:00:00Z", 1_795_395_600_000), ("1795395600", 1_795_395_600_000),
            ("1795395600.25", 1_795_395_600_250), ("0", 0),
        ] as [(String, Int64)]
    )
    func `a time`(_ row: (String, Int64)) {
        #expect(TimeArgument(argument: row.0)?.time == WallTime(milliseconds: row.1))
    }

    @Test(arguments: ["", "noon", "nan", "1e300", "2026-11-23"])
    func `not a time`(_ text: String) {
        #expect(TimeArgument(argument: text) == nil)
    }

    @Test
    func `every exit status of the program is in its help`() {
        let help = PipelineRetryd.helpMessage(columns: 500)
        for status in Status.allCases {
            #expect(help.contains("\(status.rawValue) "), "\(status)")
        }
    }

    @Test
    func `the help of each command stays as it is`() throws {
        let top: [any ParsableCommand.Type] = PipelineRetryd.configuration.subcommands
        var commands: [(name: String, type: any ParsableCommand.Type)] = [
            ("pipeline-retryd", PipelineRetryd.self)
        ]
        for command in top {
            let name = command.configuration.commandName ?? ""
            commands.append((name, command))
            commands += command.configuration.subcommands.map {
                ("\(name)-\($0.configuration.commandName ?? "")", $0)
            }
        }
        #expect(commands.count >= 11)
        for (name, command) in commands {
            let help = PipelineRetryd.helpMessage(for: command, columns: 100) + "\n"
            try Golden(path: "Tests/RetryDaemonTests/Golden/help-\(name).txt").check(help)
        }
    }

    @Test
    func `success ends a command quietly, all else with its number`() throws {
        try Status.success.exit()
        #expect(throws: ExitCode(78)) { try Status.config.exit() }
    }
}
