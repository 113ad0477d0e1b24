import ArgumentParser
import RetryDaemon
import Settings

/// `check`: is the config file valid, and what does it mean.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the config file and print what it means.",
        discussion: """
            Prints the policy of every pipeline and stage, the worst-case schedule of retries, \
            and the IAM policy that the file needs. Calls nobody. Faults go to standard error, \
            a line each, as file:line:column: key: problem.
            """
    )

    @OptionGroup var file: ConfigOption

    @Flag(help: "Print one JSON value.")
    var json = false

    func run() throws {
        let environment = SettingsEnvironment(now: LiveClock().wall)
        switch SettingsFile.read(path: file.config, environment: environment) {
        case .success(let settings):
            let report = CheckReport(settings)
            if json { Terminal.say(json: report.json.text) } else { Terminal.say(report.text) }
        case .failure(let faults):
            if json {
                Terminal.say(json: faults.json.text)
            } else {
                for fault in faults.faults { Terminal.complain(fault.description) }
            }
            try ExitStatus.config.exit()
        }
    }
}
