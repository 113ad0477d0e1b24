import ArgumentParser
import Primitives
import RetryCore
import Systemd

/// The scope of `pause` and `resume`.
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
