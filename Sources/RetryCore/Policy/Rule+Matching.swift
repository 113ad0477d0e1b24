/// The result of the rules for one failed action.
struct ActionVerdict: Hashable, Sendable {
    /// Which rule matched and its action.
    enum Spoken: Hashable, Sendable {
        /// A rule has `never`.
        case never(RuleName)
        /// A rule could not be evaluated.
        case notEvaluable(RuleName)
        /// No rule matches and the policy's default is never.
        case unmatched
        /// Retry within these limits; nil stands for the policy itself.
        case retry(RuleName?, RuleLimits)
    }

    let action: FailedAction
    let spoken: Spoken
    let trials: [RuleTrial]
}

extension StagePolicy {
    /// The policy's own limits, for retries without a rule.
    package var limits: RuleLimits {
        RuleLimits(
            modes: modes,
            maxRetries: maxRetries,
            backoff: backoff,
            giveUpAfter: giveUpAfter,
            stopAfterSameError: stopAfterSameError
        )
    }

    /// Tries the rules in order on one failed action; the first match decides.
    func verdict(
        on action: FailedAction,
        stage: StageName,
        findings: [PatternQuery: PatternFinding]
    ) -> ActionVerdict {
        var trials: [RuleTrial] = []
        for rule in rules {
            let result = rule.when.holds(of: action, stage: stage, findings: findings)
            let name = result == .matches ? rule.name(for: action) : rule.name
            trials.append(RuleTrial(action: action.name, rule: name, result: result))
            switch result {
            case .differs: continue
            case .notEvaluable:
                let spoken = ActionVerdict.Spoken.notEvaluable(rule.name)
                return ActionVerdict(action: action, spoken: spoken, trials: trials)
            case .matches:
                let spoken = rule.spoken(of: action)
                return ActionVerdict(action: action, spoken: spoken, trials: trials)
            }
        }
        let isNotRetried = !rules.isEmpty && otherwise == .never
        let spoken = isNotRetried ? ActionVerdict.Spoken.unmatched : .retry(nil, limits)
        return ActionVerdict(action: action, spoken: spoken, trials: trials)
    }
}

extension Rule {
    fileprivate func spoken(of failed: FailedAction) -> ActionVerdict.Spoken {
        switch action {
        case .never: .never(name(for: failed))
        case .retry(let limits): .retry(name(for: failed), limits)
        }
    }

    /// The name that counts: a built-in rule speaks under the name of the piece of knowledge.
    fileprivate func name(for failed: FailedAction) -> RuleName {
        guard when.known != nil, let finding = failed.finding else { return name }
        return RuleName(finding.row)
    }
}

extension RuleCondition {
    /// Whether all conditions hold for a failed action; the first that does not is named.
    func holds(
        of action: FailedAction,
        stage: StageName,
        findings: [PatternQuery: PatternFinding]
    ) -> RuleTrial.Result {
        let cheap = holdsBesidePatterns(of: action, stage: stage)
        guard cheap == .matches else { return cheap }
        for search in searches(about: action) {
            let result = search.result(findings)
            guard result == .matches else { return result }
        }
        return .matches
    }

    /// Every question that the patterns ask about one failed action.
    func queries(about action: FailedAction) -> [PatternQuery] {
        searches(about: action).flatMap(\.queries)
    }

    /// Whether it has patterns.
    var asksPatterns: Bool { !matches.isEmpty || !cause.log.isEmpty }

    private func searches(about action: FailedAction) -> [PatternSearch] {
        let log = action.told?.log ?? ""
        return [
            PatternSearch(
                patterns: matches,
                texts: action.texts,
                failure: "neither message nor summary matches",
                absence: "there is no message or summary"
            ),
            PatternSearch(
                patterns: cause.log,
                texts: log.isEmpty ? [] : [log],
                failure: "the log does not match",
                absence: "no log was read"
            ),
        ]
        .filter { !$0.patterns.isEmpty }
    }

    /// The same as ``holds(of:stage:findings:)`` for everything but patterns.
    func holdsBesidePatterns(of action: FailedAction, stage: StageName) -> RuleTrial.Result {
        if let result = globs(stages, "stage", stage.text) { return result }
        if let result = globs(actions, "action", action.name.text) { return result }
        if let result = words(categories, "category", action.category?.text, canBeUnread: true) {
            return result
        }
        if let result = words(providers, "provider", action.provider, canBeUnread: true) {
            return result
        }
        if let result = words(codes, "code", action.code, canBeUnread: false) { return result }
        if let result = asked(of: action) { return result }
        if let result = knowledge(of: action) { return result }
        guard !contains.isEmpty else { return .matches }
        guard !action.texts.isEmpty else { return .differs("there is no message or summary") }
        let isThere = contains.contains { literal in
            action.texts.contains { $0.holds(literal) }
        }
        return isThere
            ? .matches : .differs("neither message nor summary contains \(quoted(contains))")
    }

    /// What of the cause is asked and does not hold; what is not known is a fact, as without the
    /// cause.
    private func asked(of action: FailedAction) -> RuleTrial.Result? {
        guard cause != CauseQuestion() else { return nil }
        let known = action.cause
        let values = [known.phase, known.status, known.code, known.stack?.resourceType]
        for (list, value) in zip(cause.words, values) {
            if let result = words(list.words, list.key, value, canBeUnread: false) { return result }
        }
        guard let ran = cause.ran, ran != known.ranUserCode else { return nil }
        switch known.ranUserCode {
        case true?: return .differs("the action's own work began")
        case false?: return .differs("the action's own work did not begin")
        case nil: return .differs("it is not known whether the action's own work began")
        }
    }

    private func knowledge(of action: FailedAction) -> RuleTrial.Result? {
        guard let known, !known.holds(action.finding) else { return nil }
        guard let finding = action.finding else { return .differs("the failure is not known") }
        return .differs("it is known as \(finding.row), \(finding.kind.rawValue)")
    }

    private func globs(_ globs: [Glob], _ key: String, _ value: String) -> RuleTrial.Result? {
        guard !globs.isEmpty, !globs.contains(where: { $0.matches(value) }) else { return nil }
        return .differs("\(key) is \(value), not \(globs.map(\.text).joined(separator: ", "))")
    }

    /// An absent code is a fact; an absent category or provider is something not read.
    private func words(
        _ expected: [String],
        _ key: String,
        _ value: String?,
        canBeUnread: Bool
    ) -> RuleTrial.Result? {
        guard !expected.isEmpty else { return nil }
        let list = expected.joined(separator: ", ")
        guard let value else {
            return canBeUnread
                ? .notEvaluable("the action's \(key) is not known") : .differs("there is no \(key)")
        }
        return expected.contains(value) ? nil : .differs("\(key) is \(value), not \(list)")
    }

    private func quoted(_ literals: [String]) -> String {
        literals.map { $0.contains("\"") ? "'\($0)'" : "\"\($0)\"" }.joined(separator: ", ")
    }
}

/// Patterns of which one must match one of some texts.
private struct PatternSearch {
    let patterns: [Pattern]
    let texts: [String]
    /// What is said where none matches, before the patterns.
    let failure: String
    /// What is said where there is no text.
    let absence: String

    var queries: [PatternQuery] {
        patterns.flatMap { pattern in texts.map { PatternQuery(pattern: pattern, text: $0) } }
    }

    func result(_ findings: [PatternQuery: PatternFinding]) -> RuleTrial.Result {
        guard !texts.isEmpty else { return .differs(absence) }
        var unknown: Pattern?
        for query in queries {
            switch findings[query] {
            case .matches: return .matches
            case .differs: continue
            case .pastBound, nil: unknown = unknown ?? query.pattern
            }
        }
        guard let unknown else {
            let list = patterns.map { "/\($0.text)/" }.joined(separator: ", ")
            return .differs("\(failure) \(list)")
        }
        return .notEvaluable("the pattern /\(unknown.text)/ could not be evaluated")
    }
}

extension String {
    /// Whether `literal` occurs in it, byte for byte.
    ///
    /// The search looks for the literal's first byte and compares from there; both are short.
    fileprivate func holds(_ literal: String) -> Bool {
        let expected = Array(literal.utf8)
        guard let first = expected.first else { return true }
        var rest = Substring(self).utf8
        while let start = rest.firstIndex(of: first) {
            rest = rest[start...]
            guard rest.count >= expected.count else { return false }
            if rest.starts(with: expected) { return true }
            rest = rest.dropFirst()
        }
        return false
    }
}

/// The questions to be answered before a decision.
package enum PolicyQuestions {
    /// The pattern questions of a situation, each once, in the order in which rules ask them.
    ///
    /// Only rules whose other conditions hold ask, and no rule after one that matches without
    /// patterns does. A text has at most 5,000 (message) or 2,048 (summary) characters, 2,048
    /// (root line) or 60,000 bytes (log).
    package static func queries(for situation: Situation) -> [PatternQuery] {
        guard situation.policy.rules.contains(where: \.when.asksPatterns) else {
            return []
        }
        var seen: Set<PatternQuery> = []
        var queries: [PatternQuery] = []
        for action in situation.read.facts.failed {
            for rule in situation.policy.rules {
                let other = rule.when.holdsBesidePatterns(
                    of: action,
                    stage: situation.episode.stage
                )
                guard other == .matches else { continue }
                guard rule.when.asksPatterns else { break }
                queries += rule.when.queries(about: action).filter { seen.insert($0).inserted }
            }
        }
        return queries
    }
}

extension Situation {
    /// The pattern questions that have no answer yet.
    var unanswered: [PatternQuery] {
        PolicyQuestions.queries(for: self).filter { findings[$0] == nil }
    }
}
