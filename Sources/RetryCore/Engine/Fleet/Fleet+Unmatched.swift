/// What the file names and AWS does not show: most likely misspelt, and otherwise without a trace.
extension Fleet {
    /// Says once of each pattern of a target that no pipeline has such a name.
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

    /// Says once of a pipeline that the file names which stages of its entry it has not.
    ///
    /// An entry with a pattern sets stages that only some of its pipelines need have.
    mutating func judgeStages(of key: PipelineKey, _ turn: inout FleetTurn) {
        guard let watch = pipelines[key], case .name = watch.entry.selector else { return }
        guard let definition = watch.knownDefinition else { return }
        let known = definition.stages.keys.sorted()
        let unmatched = Set(watch.entry.stages.keys).subtracting(known)
        let new = unmatched.subtracting(watch.unmatched).sorted()
        if !new.isEmpty { turn.report(.stagesUnmatched(context(of: key), new, has: known)) }
        pipelines[key]?.unmatched = unmatched
    }
}
