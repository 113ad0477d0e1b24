import ArgumentParser
import Primitives
import RetryCore
import Systemd

/// `--config`, which most commands take.
struct ConfigOption: ParsableArguments {
    @Option(name: [.long, .short], help: ArgumentHelp("The config file.", valueName: "file"))
    var config = ConfigOption.standard

    /// The service's config file.
    static let standard = "/etc/pipeline-retryd/config.yaml"
}
