import Primitives
import RetryCore
import YAML

/// The bounds of the numbers in the config file.
enum SettingsBounds {
    /// `max_retries` and `max_total_retries`; there is no "unlimited".
    static let retries = 0...1000
    /// `success_gate.window`: fewer trials never close a gate.
    static let trials = SuccessGate.fewestTrials...1000
    /// `success_gate.explore`.
    static let explore = 1...1000
    /// `cost.minutes`.
    static let minutes = 10_000_000
    /// `cost.money`.
    static let money = 1_000_000.0
    /// One of `prices`: what a minute may cost.
    static let price = 1000.0
    /// The length of a list of modes.
    static let modes = 50
}

extension Section {
    /// The limits that a rule may write.
    func limits() -> LimitsDraft {
        var draft = PolicyDraft()
        for key in PolicyKey.all where key.ofRule != nil { key.read(self, &draft) }
        return draft.limits
    }

    /// All that a stage entry may write.
    func policyDraft() -> PolicyDraft {
        var draft = PolicyDraft(position: position, key: key)
        // Most entries of a long list name a pipeline and nothing else.
        guard has(PolicyKey.allNames) else { return draft }
        draft.isEmpty = false
        for key in PolicyKey.all { key.read(self, &draft) }
        return draft
    }
}

extension Field {
    /// `mode`: one mode, or a list of them by attempt.
    func modes() -> [RetryMode]? {
        let expected = "FAILED_ACTIONS, ALL_ACTIONS or a list of them"
        guard case .sequence = node.content else {
            guard scalarText != nil else {
                mismatch(expected: expected)
                return nil
            }
            return mode().map { [$0] }
        }
        guard let items = items(expected: expected) else { return nil }
        guard items.count <= SettingsBounds.modes else {
            reject("is a list of \(items.count)", expected: "\(SettingsBounds.modes) at most")
            return nil
        }
        let modes = items.map { $0.mode() }
        let known = modes.compactMap { $0 }
        return known.count == modes.count ? known : nil
    }

    private func mode() -> RetryMode? {
        if let text = scalarText, RetryMode(rawValue: text) == nil,
            let meant = RetryMode(rawValue: text.uppercased())
        {
            reject(
                "is \(ErrorLog.shown(text))",
                expected: "FAILED_ACTIONS or ALL_ACTIONS",
                suggestion: meant.rawValue
            )
            return nil
        }
        return choice(RetryMode.self)
    }

    /// `stop_after_same_error`: a count from 2, or `off` to override an outer value.
    func sameErrorLimit() -> Int?? {
        if isWord("off") { return .some(nil) }
        guard let count = integer(in: 2...1000, "off or a whole number") else { return nil }
        return .some(count)
    }

    /// `success_gate`: its keys, or `off` to override an outer value.
    func successGate() -> SuccessGate?? {
        if isWord("off") { return .some(nil) }
        guard let section = section(SettingsKeys.successGate) else { return nil }
        let standard = SuccessGate()
        let window = TrialWindow(
            size: section["window"].flatMap { $0.integer(in: SettingsBounds.trials) }
                ?? standard.window.size,
            maxAge: section["max_age"].flatMap { $0.duration() } ?? standard.window.maxAge
        )
        return .some(
            SuccessGate(
                minimum: section["min"].flatMap { $0.number(from: 0, to: 1, isAbove: true) }
                    ?? standard.minimum,
                window: window,
                explore: section["explore"].flatMap { $0.integer(in: SettingsBounds.explore) }
                    ?? standard.explore
            )
        )
    }

    /// `backoff`; unset keys are inherited, each separately.
    func backoff() -> BackoffDraft? {
        guard let section = section(SettingsKeys.backoff) else { return nil }
        let draft = BackoffDraft(
            kind: section.written("kind") { $0.choice(Backoff.Kind.self) },
            initial: section.written("initial") { $0.duration() },
            factor: section.written("factor") { $0.number(from: 1, to: 100) },
            max: section.written("max") { $0.duration() },
            min: section.written("min") { $0.duration() },
            jitter: section.written("jitter") { $0.choice(Backoff.Jitter.self) }
        )
        section.compare(draft)
        return draft
    }

    /// `budget`.
    func budget() -> Budget? {
        guard let section = section(SettingsKeys.budget) else { return nil }
        let example = "a value such as { retries: 20, per: 1h }"
        let retries = section.required("retries", expected: example)
            .flatMap { $0.integer(in: 1...1_000_000) }
        let per = section.required("per", expected: example).flatMap { $0.duration() }
        guard let retries, let per else { return nil }
        return Budget(retries: retries, per: per)
    }
}

extension Section {
    /// Reports contradictory waits of one `backoff`.
    fileprivate func compare(_ draft: BackoffDraft) {
        if let least = draft.min, let most = draft.max, least.value > most.value {
            log.add(
                at: least.position,
                least.key,
                "is \(least.value.shortText), above max",
                expected: "\(most.value.shortText) at most"
            )
        }
        if let first = draft.initial, let most = draft.max, first.value > most.value {
            log.add(
                at: first.position,
                first.key,
                "is \(first.value.shortText), above max",
                expected: "\(most.value.shortText) at most"
            )
        }
        if let factor = draft.factor, let kind = draft.kind, kind.value != .exponential {
            log.add(
                at: factor.position,
                factor.key,
                "cannot be combined with kind: \(kind.value.rawValue)",
                expected: "kind: exponential, or no factor"
            )
        }
    }
}
