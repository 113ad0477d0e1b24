package import RetryCore
import Settings

extension Explainer {
    /// Refuses a target that the config file does not have, and a stage that the pipeline does not.
    ///
    /// - Throws: ``ExplainError`` with the existing names, and the one that was most likely meant.
    package func check(
        _ question: ExplainQuestion,
        _ facts: ExplainFacts
    ) throws(ExplainError) {
        let targets = configuration.targets.map(\.name.text)
        if let target = question.target?.text, !targets.contains(target) {
            throw ExplainError(
                "the config file has no target \"\(target)\"; it has "
                    + "\(Explainer.list(targets))\(meant(target, targets))",
                isOfUsage: true
            )
        }
        let stages = facts.snapshot.stages.map(\.name.text)
        if let stage = question.stage?.text, !stages.isEmpty, !stages.contains(stage) {
            throw ExplainError(
                "pipeline \(question.pipeline) has no stage \"\(stage)\"; "
                    + "it has \(Explainer.list(stages))\(meant(stage, stages))",
                isOfUsage: true
            )
        }
    }

    /// Whether the policy in question names a stage, in a rule or by stage settings of its own; `*`
    /// names none.
    package func names(_ stage: StageName, for question: ExplainQuestion) -> Bool {
        guard let entry = entry(for: question)?.entry else { return false }
        if entry.stages[stage] != nil { return true }
        return entry.policy.rules.flatMap(\.when.stages).contains { glob in
            glob != Glob("*") && glob.matches(stage.text)
        }
    }

    /// Notes for the reader in addition to the reasoning.
    func notes(_ question: ExplainQuestion, _ facts: ExplainFacts) -> [String] {
        guard entry(for: question) != nil else { return [unwatched(question)] }
        guard let stage = facts.stage(question) else { return [] }
        var notes: [String] = []
        let others = facts.snapshot.stages
            .filter { $0.latest?.status == .failed && $0.name != stage.name }.map(\.name.text)
        if question.stage == nil, !others.isEmpty {
            notes.append(
                "also failed: \(Explainer.list(others)); --stage NAME explains another stage"
            )
        }
        let failedAt = stage.actions.filter { $0.status == .failed }.compactMap(\.lastStatusChange)
        if stage.latest?.status == .failed, let latest = failedAt.max(), latest > question.at {
            notes.append(
                "the stage failed at \(latest), after the time of the decision "
                    + "(\(question.at)); --at sets that time"
            )
        }
        return notes
    }

    /// Which entries there are, and which was most likely meant.
    private func unwatched(_ question: ExplainQuestion) -> String {
        let targets = configuration.targets.filter { target in
            question.target.map { $0 == target.name } ?? true
        }
        let name = question.pipeline.text
        let entries = targets.flatMap(\.pipelines).map(\.selector)
        let names = entries.compactMap { selector -> String? in
            if case .name(let name) = selector { name.text } else { nil }
        }
        for case .match(let glob, let except) in entries where glob.matches(name) {
            guard let left = except.first(where: { $0.matches(name) }) else { continue }
            return "match \"\(glob)\" would select it, but except \"\(left)\" excludes it"
        }
        let shown = entries.map { selector in
            switch selector {
            case .name(let name): "name \(name)"
            case .match(let glob, _): "match \(glob)"
            }
        }
        let place = question.target.map { "target \($0)" } ?? "the config file"
        return "\(place) has the entries \(Explainer.list(shown))\(meant(name, names))"
    }

    private func meant(_ name: String, _ known: [String]) -> String {
        Suggestion.nearest(to: name, among: known).map { "; did you mean \"\($0)\"?" } ?? ""
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(10).joined(separator: ", ")
        return names.count > 10 ? "\(shown) and \(names.count - 10) more" : shown
    }
}
