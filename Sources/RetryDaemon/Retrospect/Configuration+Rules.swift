package import RetryCore

extension Configuration {
    /// The names of the file's own rules that retry, in its order; built-in ones are not among
    /// them, since nobody wrote them for a cause of their own.
    package var retryingRules: [RuleName] {
        var names: [RuleName] = []
        for entry in targets.flatMap(\.pipelines) {
            let stages = entry.stages.sorted { $0.key < $1.key }.map(\.value)
            for rule in ([entry.policy] + stages).flatMap(\.rules) {
                guard case .retry = rule.action, rule.when.known == nil, !names.contains(rule.name)
                else { continue }
                names.append(rule.name)
            }
        }
        return names
    }
}
