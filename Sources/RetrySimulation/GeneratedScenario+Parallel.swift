import CodePipelineSimulator
import RetryCore

/// What only PARALLEL pipelines have.
extension GeneratedScenario {
    /// How many runs such a pipeline has at once when it begins, where all are such.
    private static let runs = [1, 1, 2, 2, 3, 3, 5, 5, 8, 8, 50]
    /// The same beside others: a seed with many of them takes as long as ten.
    private static let fewRuns = [1, 1, 2, 2, 3]

    /// Gives the config files their `parallel`, and may switch every pipeline to that mode.
    mutating func addParallel(_ seed: UInt64, everywhere: Bool) {
        var rng = SimulationRNG(seed: seed, "parallel")
        if everywhere {
            for index in pipelines.indices {
                pipelines[index].definition.executionMode = .parallel
            }
        }
        // AWS's own answer is not recorded.
        if rng.chance(0.1) { parallelRetry = rng.pick([.notRetryable, .conflict]) }
        for index in configurations.indices {
            for target in configurations[index].targets.indices {
                configurations[index].targets[target].observe(&rng)
            }
        }
    }

    /// After how many milliseconds the runs of a PARALLEL pipeline start.
    static func starts(_ rng: inout SimulationRNG, everywhere: Bool) -> [Int64] {
        (0..<rng.pick(everywhere ? runs : fewRuns)).map { _ in rng.span(0...120_000) }
    }
}

extension Target {
    /// Lets some policies only observe PARALLEL pipelines.
    fileprivate mutating func observe(_ rng: inout SimulationRNG) {
        for entry in pipelines.indices where rng.chance(0.1) {
            pipelines[entry].policy.parallel = .observe
        }
    }
}
