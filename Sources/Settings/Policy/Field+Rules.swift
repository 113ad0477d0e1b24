import RetryCore

extension Field {
    /// `rules`: the rules in order, without invalid ones.
    func rules() -> [RuleDraft] {
        guard let items = items(expected: "a list of rules") else { return [] }
        return items.compactMap { $0.rule() }
    }

    private func rule() -> RuleDraft? {
        guard let section = section(SettingsKeys.rule) else { return nil }
        let isNever = section.retry()
        let limits = section.limits()
        guard let source = section.ruleSource() else { return nil }
        return RuleDraft(
            source: source,
            isNever: isNever,
            limits: limits,
            position: position,
            key: key
        )
    }
}

extension Section {
    /// Whether the rule has `retry: never`; it cannot limit what it forbids.
    fileprivate func retry() -> Bool {
        guard let field = self["retry"] else { return false }
        guard field.isWord("never") else {
            field.mismatch(expected: "never, or no such key")
            return false
        }
        refuse(SettingsKeys.limits, beside: "retry: never", expected: "one of the two")
        return true
    }

    /// The source of the rule: `use`, or `name` and `when`.
    fileprivate func ruleSource() -> RuleDraft.Source? {
        if let field = self["use"] {
            refuse(["name", "when"], beside: "use", expected: "one of the two")
            let names = BuiltInRules.names
            guard let name = field.text(expected: names.listed(with: "or")) else { return nil }
            guard names.contains(name) else {
                field.reject(
                    "is \"\(ErrorLog.shown(name))\"",
                    expected: names.listed(with: "or"),
                    suggestion: Suggestion.nearest(to: name, among: names)
                )
                return nil
            }
            return .builtIn(name)
        }
        guard self["name"] != nil || self["when"] != nil else {
            lacks(["name", "when", "use"], expected: "name and when, or use")
            return nil
        }
        let name = required("name", expected: "a unique name for the rule")
            .flatMap { $0.freeName("a rule's name") }
        let condition = required("when", expected: "the conditions of the rule; {} for any failure")
            .flatMap { $0.condition() }
        guard let name, let condition else { return nil }
        return .own(RuleName(name), condition)
    }
}

extension Field {
    /// `when`: the conditions on a failed action.
    fileprivate func condition() -> RuleCondition? {
        guard let section = section(SettingsKeys.when) else { return nil }
        let texts: (Field) -> String? = { $0.text(expected: "text", most: 1024) }
        return RuleCondition(
            stages: section.alternatives("stage") { $0.glob() },
            actions: section.alternatives("action") { $0.glob() },
            categories: section.alternatives("category", texts),
            providers: section.alternatives("provider", texts),
            codes: section.alternatives("code", texts),
            contains: section.alternatives("contains", texts),
            matches: section.alternatives("matches") { $0.pattern() },
            cause: CauseQuestion(
                phases: section.alternatives("phase", texts),
                statuses: section.alternatives("status", texts),
                codes: section.alternatives("cause_code", texts),
                resourceTypes: section.alternatives("resource_type", texts),
                ran: section["ran"].flatMap { $0.boolean() },
                log: section.alternatives("log") { $0.pattern() }
            )
        )
    }

    /// A regular expression that compiles.
    private func pattern() -> Pattern? {
        let expected = "a PCRE2 regular expression"
        guard let text = text(expected: expected, most: 1024) else { return nil }
        do {
            _ = try CompiledPattern(text)
            return Pattern(text)
        } catch {
            let before = text.utf8.prefix(error.offset)
            let offset = String(decoding: before, as: UTF8.self).unicodeScalars.count
            reject("does not compile at offset \(offset): \(error.problem)", expected: expected)
            return nil
        }
    }
}

extension Section {
    /// The values of a key of `when`: one, or a list of which any may match.
    fileprivate func alternatives<Value>(_ name: String, _ read: (Field) -> Value?) -> [Value] {
        guard let items = self[name]?.itemsOrOne(expected: "text or a list of texts") else {
            return []
        }
        return items.compactMap(read)
    }
}
