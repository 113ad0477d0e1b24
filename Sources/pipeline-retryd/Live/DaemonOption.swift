import ArgumentParser
import Primitives
import RetryCore
import Systemd

/// Which daemon a command talks to.
struct DaemonOption: ParsableArguments {
    @Option(
        name: .customLong("state-dir"),
        help: ArgumentHelp(
            "The state directory of a daemon that was not started by systemd.",
            valueName: "dir"
        )
    )
    var stateDirectory: String?
}
