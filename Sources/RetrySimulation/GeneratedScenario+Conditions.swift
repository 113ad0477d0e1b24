import CodePipelineSimulator

/// Stages that have conditions before entry and on failure.
extension GeneratedScenario {
    /// How many executions of a stage differ; later ones repeat the last.
    private static let judged = 24

    /// Gives stages conditions; CodePipeline's own retry cannot be combined with one on failure.
    ///
    /// The user guide has ROLLBACK alone for failures, the API all results. With FAIL the daemon
    /// may retry once the condition holds.
    mutating func addConditions(_ rng: inout SimulationRNG) {
        for index in pipelines.indices {
            for stage in pipelines[index].definition.stages.indices.dropFirst() {
                let name = pipelines[index].definition.stages[stage].name
                if rng.chance(0.4) {
                    pipelines[index].definition.stages[stage].beforeEntry =
                        rng.pick([.fail, .fail, .skip])
                    pipelines[index].script.beforeEntry[name] = outcomes(0.7, &rng)
                }
                if rng.chance(0.6) {
                    pipelines[index].definition.stages[stage].onFailure = nil
                    pipelines[index].definition.stages[stage].failureCondition =
                        rng.pick([.rollback, .fail, .fail, .skip])
                    pipelines[index].script.onFailure[name] = outcomes(0.6, &rng)
                }
            }
        }
        let spans: [ServiceModel.Span] = [
            .none, ServiceModel.Span(1000, 60_000), ServiceModel.Span(30_000, 600_000),
        ]
        conditionTakes = rng.pick(spans)
    }

    private func outcomes(_ share: Double, _ rng: inout SimulationRNG) -> [Bool] {
        (0..<GeneratedScenario.judged).map { _ in rng.chance(share) }
    }
}
