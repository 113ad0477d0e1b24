/// The names that a pause can mean, as far as they are known.
package struct ScopeNames: Hashable, Sendable {
    /// The targets of the file.
    package var targets: [TargetName]
    /// The pipelines that the scope's targets watch; nil while one of them has yet to be listed.
    package var pipelines: [PipelineName]?
    /// The stages of the scope's pipelines; nil when one of their definitions is not known.
    package var stages: [StageName]?

    /// Whether a scope names something that certainly does not exist.
    func lack(_ scope: PauseScope) -> Bool {
        scope.target.map { !targets.contains($0) } == true
            || scope.pipeline.map { pipelines?.contains($0) == false } == true
            || scope.stage.map { stages?.contains($0) == false } == true
    }
}
