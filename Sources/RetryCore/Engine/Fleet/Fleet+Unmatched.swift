/// Names in the configuration that AWS does not show: most likely misspelt, and otherwise
/// unnoticed.
extension Fleet {
    /// Reports once for each pattern of a target that it matches no pipeline.
    mutating func judgePatterns(of name: TargetName, _ turn: inout FleetTurn) {
        guard let watch = targets[name] else { return }
        let taken = Set(
            pipelines.filter { $0.key.target == name }.map(\.value.entry.selector)
        )
        var unmatched: Set<Glob> = []
        for entry in watch.target.pipelines {
            guard case .match(let glob, _) = entry.selector, !taken.contains(entry.selector) else {
                continue
            }
            if unmatched.insert(glob).inserted, !watch.unmatched.contains(glob) {
                turn.report(.patternUnmatched(watch.context, glob))
            }
        }
        targets[name]?.unmatched = unmatched
    }

    /// Reports once, for a pipeline that is named exactly, which stages of its entry it does not
    /// have.
    mutating func judgeStages(of key: PipelineKey, _ turn: inout FleetTurn) {
        guard let watch = pipelines[key], case .name = watch.entry.selector else { return }
        guard !watch.entry.stages.isEmpty || !watch.unmatched.isEmpty else { return }
        guard let definition = watch.knownDefinition else { return }
        let known = definition.stages.keys.sorted()
        let unmatched = Set(watch.entry.stages.keys).subtracting(known)
        let new = unmatched.subtracting(watch.unmatched).sorted()
        if !new.isEmpty { turn.report(.stagesUnmatched(context(of: key), new, has: known)) }
        pipelines[key]?.unmatched = unmatched
    }
}
