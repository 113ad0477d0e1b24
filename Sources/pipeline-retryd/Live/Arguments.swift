import ArgumentParser
import Primitives
import RetryCore
import Systemd

extension LogOption: ExpressibleByArgument {}

/// A time on the command line: RFC 3339, or seconds since 1970 as the AWS CLI prints them.
struct TimeArgument: ExpressibleByArgument {
    let time: WallTime

    init?(argument: String) {
        guard let time = WallTime(lenient: argument) else { return nil }
        self.time = time
    }
}

/// A duration on the command line, in the form of the config file: `90s`, `1h30m`, `2d`.
struct DurationArgument: ExpressibleByArgument {
    let duration: Duration

    init?(argument: String) {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        var seconds: Int64 = 0
        var digits = ""
        for character in argument {
            if character.isASCII, character.isNumber {
                digits.append(character)
                continue
            }
            guard let unit = units[character], digits.count <= 9, let number = Int64(digits)
            else { return nil }
            seconds += number * unit
            digits = ""
        }
        guard digits.isEmpty, seconds > 0, seconds <= 366 * 86_400 else { return nil }
        duration = .seconds(seconds)
    }
}

/// `--config`, which most commands take.
struct ConfigOption: ParsableArguments {
    @Option(name: [.long, .short], help: ArgumentHelp("The config file.", valueName: "file"))
    var config = "/etc/pipeline-retryd/config.yaml"
}

/// What `pause` and `resume` are about.
struct ScopeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("One target only.", valueName: "name"))
    var target: String?

    @Option(help: ArgumentHelp("One pipeline only.", valueName: "name"))
    var pipeline: String?

    @Option(help: ArgumentHelp("One stage only.", valueName: "name"))
    var stage: String?

    var scope: PauseScope {
        PauseScope(
            target: target.map { TargetName($0) },
            pipeline: pipeline.map { PipelineName($0) },
            stage: stage.map { StageName($0) }
        )
    }
}

/// Which daemon a command talks to.
struct DaemonOption: ParsableArguments {
    @Option(
        name: .customLong("state-dir"),
        help: ArgumentHelp(
            "The state directory of a daemon that systemd did not start.",
            valueName: "dir"
        )
    )
    var stateDirectory: String?
}
