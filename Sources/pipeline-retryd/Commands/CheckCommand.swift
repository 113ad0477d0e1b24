import ArgumentParser
import RetryDaemon
import Settings

/// `check`: whether the config file is valid, and its effect.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the config file and print what it means.",
        discussion: """
            Prints the policy of every pipeline and stage, the worst-case schedule of retries, \
            and the IAM policy that the file needs. Makes no calls. Errors go to standard error, \
            one per line, as file:line:column: key: problem.
            """
    )

    @OptionGroup var file: ConfigOption

    @Flag(help: "Print the IAM policies alone.")
    var iam = false

    @Flag(help: "Print one JSON value.")
    var json = false

    func run() throws {
        let environment = SettingsEnvironment(now: LiveClock().wall)
        switch SettingsFile.read(path: file.config, environment: environment) {
        case .success(let settings):
            let report = CheckReport(settings)
            if json {
                Terminal.write(json: iam ? report.iamJSON.text : report.json.text)
            } else {
                Terminal.write(iam ? report.iamText : report.text)
            }
        case .failure(let errors):
            if json {
                Terminal.write(json: errors.json.text)
            } else {
                for error in errors.errors { Terminal.complain(error.description) }
            }
            try ExitStatus.config.exit()
        }
    }
}
