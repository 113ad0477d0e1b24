/// The names that a pause can mean.
extension Fleet {
    /// The valid names for each part of a scope.
    func names(in scope: PauseScope, _ all: [TargetName]) -> ScopeNames {
        let chosen = all.filter { scope.target ?? $0 == $0 }
        let isListed = chosen.allSatisfy { name in
            targets[name].map { !$0.needsList || $0.listed != nil } ?? true
        }
        let watched = pipelines.filter { scope.target ?? $0.key.target == $0.key.target }
        let meant = watched.filter { scope.pipeline ?? $0.key.pipeline == $0.key.pipeline }
        return ScopeNames(
            targets: all,
            pipelines: isListed ? Set(watched.keys.map(\.pipeline)).sorted() : nil,
            stages: scope.stage == nil || !isListed ? nil : stages(of: Array(meant.values))
        )
    }

    /// The watched pipelines of a scope, in order.
    func keys(in scope: PauseScope) -> [PipelineKey] {
        pipelines.keys.filter {
            scope.target ?? $0.target == $0.target && scope.pipeline ?? $0.pipeline == $0.pipeline
        }
        .sorted()
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
}
