import RetryCore

/// The changes of a reload in the rules of one policy.
///
/// A rule that only inherits changes of the policy's own keys is counted, not listed: a family of
/// built-in rules would list one change twenty times.
struct RuleDiff {
    private let old: StagePolicy
    private let new: StagePolicy

    init(_ old: StagePolicy, _ new: StagePolicy) {
        self.old = old
        self.new = new
    }

    /// The lines, in the order of the rules.
    func lines(prefix: String) -> [String] {
        let before = Dictionary(old.rules.map { ($0.name, $0) }) { first, _ in first }
        let after = Dictionary(new.rules.map { ($0.name, $0) }) { first, _ in first }
        let names = old.rules.map(\.name) + new.rules.map(\.name).filter { before[$0] == nil }
        var lines: [String] = []
        var heirs = 0
        for name in names {
            let (was, will) = (before[name], after[name])
            if let was, let will, text(was, old) == text(will, new), was.when == will.when {
                continue
            } else if let was, let will, inherits(was, will) {
                heirs += 1
            } else {
                lines.append("\(prefix)rules.\(name): \(change(was, will))")
            }
        }
        guard heirs > 0 else { return lines }
        let count = heirs == 1 ? "1 rule inherits" : "\(heirs) rules inherit"
        return lines + ["\(prefix)rules: \(count) this"]
    }

    private func text(_ rule: Rule, _ policy: StagePolicy) -> String {
        PolicyDescription(policy).then(rule)
    }

    private func change(_ was: Rule?, _ will: Rule?) -> String {
        let conditions = [was, will].map { $0.map { PolicyDescription.text($0.when) } }
        let actions = [was.map { text($0, old) }, will.map { text($0, new) }]
        if let was, let will, was.when == will.when {
            return "\(text(was, old)) -> \(text(will, new))"
        }
        if conditions[0] == conditions[1], actions[0] == actions[1] {
            // The text of a long condition is cut.
            return "\(conditions[0] ?? ""): other conditions"
        }
        let sides = zip(conditions, actions).map { condition, action in
            condition.flatMap { condition in action.map { "\(condition): \($0)" } } ?? "none"
        }
        return sides.joined(separator: " -> ")
    }

    /// Whether everything that changed in the limits of a rule is the policy's own change.
    private func inherits(_ was: Rule, _ will: Rule) -> Bool {
        guard was.when == will.when, let before = was.limits, let after = will.limits else {
            return false
        }
        let rule = zip(RuleDiff.parts(before), RuleDiff.parts(after))
        let policy = zip(RuleDiff.parts(old.limits), RuleDiff.parts(new.limits))
        return zip(rule, policy).allSatisfy { rule, policy in
            rule.0 == rule.1 || (rule.0 == policy.0 && rule.1 == policy.1)
        }
    }

    private static func parts(_ limits: RuleLimits) -> [String] {
        PolicyKey.ofRules.flatMap { $0.key.parts(limits) }
    }
}
