import RetryCore

/// The pipelines of the benchmark, as its server and its peers name and shape them.
enum BenchNames {
    static let target: TargetName = "bench"
    static let execution: ExecutionID = "8f0c4d52-1111-4000-8000-00000000e001"

    /// `pipeline-00007`: all of one length.
    static func name(_ index: Int) -> PipelineName {
        let digits = "\(index)"
        let zeros = String(repeating: "0", count: max(0, 5 - digits.count))
        return PipelineName("pipeline-" + zeros + digits)
    }

    static func key(_ index: Int) -> PipelineKey {
        PipelineKey(target: target, pipeline: name(index))
    }

    static func stage(_ index: Int) -> StageName { StageName("Stage-0\(index)") }

    static func action(_ stage: Int, _ index: Int) -> ActionName {
        ActionName("Action-0\(stage)-\(index)")
    }

    /// 8 stages, 20 actions.
    static let actionCounts = [3, 3, 3, 3, 2, 2, 2, 2]
}
