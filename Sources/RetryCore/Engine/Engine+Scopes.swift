/// The names that a pause can mean, as far as they are known.
package struct ScopeNames: Hashable, Sendable {
    /// The targets of the file.
    package var targets: [TargetName]
    /// The pipelines that the scope's targets watch; nil while one of them has yet to be listed.
    package var pipelines: [PipelineName]?
    /// The stages of the scope's pipelines; nil when one of their definitions is not known.
    package var stages: [StageName]?

    /// Whether a scope names something that surely is not there.
    func lack(_ scope: PauseScope) -> Bool {
        scope.target.map { !targets.contains($0) } == true
            || scope.pipeline.map { pipelines?.contains($0) == false } == true
            || scope.stage.map { stages?.contains($0) == false } == true
    }
}

extension Engine {
    /// The names among which a scope's parts must be.
    package func names(in scope: PauseScope) -> ScopeNames {
        let chosen = configuration.targets.map(\.name).filter { scope.target ?? $0 == $0 }
        let isListed = chosen.allSatisfy { name in
            targets[name].map { !$0.needsList || $0.listed != nil } ?? true
        }
        let watched = pipelines.filter { scope.target ?? $0.key.target == $0.key.target }
        let meant = watched.filter { scope.pipeline ?? $0.key.pipeline == $0.key.pipeline }
        return ScopeNames(
            targets: configuration.targets.map(\.name),
            pipelines: isListed ? Set(watched.keys.map(\.pipeline)).sorted() : nil,
            stages: scope.stage == nil || !isListed ? nil : stages(of: Array(meant.values))
        )
    }

    private func stages(of watches: [PipelineWatch]) -> [StageName]? {
        var stages: Set<StageName> = []
        for watch in watches {
            guard let definition = watch.knownDefinition else { return nil }
            stages.formUnion(definition.stages.keys)
            stages.formUnion(watch.stages.keys)
        }
        return stages.sorted()
    }

    /// Whether one more pause has room, once those are dropped that can hold nothing any more.
    package func hasRoom(for scope: PauseScope) -> Bool {
        holds.pauses.hasRoom(for: scope)
            || holds.pauses.all.contains { names(in: $0.scope).lack($0.scope) }
    }

    /// Drops the pauses of what is not watched any more, when their number is at its bound.
    mutating func makeRoom(for scope: PauseScope) {
        guard !holds.pauses.hasRoom(for: scope) else { return }
        for pause in holds.pauses.all where names(in: pause.scope).lack(pause.scope) {
            end(pause, uid: nil)
        }
    }
}
