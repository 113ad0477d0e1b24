import Primitives
import RetryCore
import YAML

extension PolicyKey {
    /// Every key, in the order in which `check` prints them.
    static let all: [PolicyKey] = [
        limit(
            "mode",
            \.modes,
            \.modes,
            \.modes,
            read: { $0.modes() },
            text: { $0.map(\.rawValue).joined(separator: ", then ") },
            json: { .strings($0.map(\.rawValue)) }
        ),
        limit(
            "max_retries",
            \.maxRetries,
            \.maxRetries,
            \.maxRetries,
            isInSchedule: true,
            read: { $0.integer(in: SettingsBounds.retries) },
            text: { String($0) },
            json: { .integer($0) }
        ),
        maxTotalRetries,
        backoff,
        limit(
            "give_up_after",
            \.giveUpAfter,
            \.giveUpAfter,
            \.giveUpAfter,
            read: { $0.duration() },
            text: { $0.shortText },
            json: { .string($0.shortText) }
        ),
        maxFailureAge,
        limit(
            "stop_after_same_error",
            \.stopAfterSameError,
            \.stopAfterSameError,
            \.stopAfterSameError,
            read: { $0.sameErrorLimit() },
            text: { $0.map { String($0) } ?? "off" },
            json: { $0.map { .integer($0) } ?? .null }
        ),
        choice("when_newer_waiting", \.whenNewerWaiting, \.whenNewerWaiting),
        choice("when_transition_disabled", \.whenTransitionDisabled, \.whenTransitionDisabled),
        choice("when_human_retried", \.whenHumanRetried, \.whenHumanRetried),
        choice("parallel", \.parallel, \.parallel),
        choice("when_approval_repeats", \.whenApprovalRepeats, \.whenApprovalRepeats),
        choice(
            "when_revision_failed_before",
            \.whenRevisionFailedBefore,
            \.whenRevisionFailedBefore
        ),
        choice("when_newer_revision_passed", \.whenNewerRevisionPassed, \.whenNewerRevisionPassed),
        entry(
            "success_gate",
            \.successGate,
            \.successGate,
            read: { $0.successGate() },
            text: { PolicyDescription.text($0) },
            json: { PolicyJSON.json($0) }
        ),
        flag("shadow", \.shadow, \.shadow),
        flag("paused", \.paused, \.paused),
        windows,
        budget,
        cost,
        rules,
        otherwise,
    ]

    /// By default as many as the policy or one of its rules allows.
    private static var maxTotalRetries: PolicyKey {
        PolicyKey(
            name: "max_total_retries",
            scope: .entry,
            isLimit: true,
            isLast: true,
            read: { section, draft in
                draft.maxTotalRetries = section.written("max_total_retries") {
                    $0.integer(in: SettingsBounds.retries)
                }
            },
            isWritten: { $0.maxTotalRetries != nil },
            resolve: { $1.maxTotalRetries = $0.total(of: $1) },
            text: { String($0.maxTotalRetries) },
            json: { .integer($0.policy.maxTotalRetries) }
        )
    }

    private static var maxFailureAge: PolicyKey {
        var row = entry(
            "max_failure_age",
            \.maxFailureAge,
            \.maxFailureAge,
            read: { $0.duration() },
            text: { $0.shortText },
            json: { .string($0.shortText) }
        )
        row.isLimit = true
        return row
    }

    /// Each of its keys is inherited separately.
    private static var backoff: PolicyKey {
        PolicyKey(
            name: "backoff",
            scope: .rule,
            isLimit: true,
            read: { $1.limits.backoff = $0["backoff"].flatMap { $0.backoff() } },
            isWritten: { $0.limits.backoff != nil },
            resolve: { $1.backoff = $0.backoff },
            text: { PolicyDescription.text($0.backoff) },
            json: { PolicyJSON.json($0.policy.backoff) },
            ofRule: OfRule(
                resolve: { $1.backoff = LimitsDraft.backoff($0) },
                text: nil,
                json: { PolicyJSON.json($0.backoff) },
                parts: { limits in
                    let backoff = limits.backoff
                    return [
                        backoff.kind.rawValue, backoff.initial.shortText, String(backoff.factor),
                        backoff.max.shortText, backoff.min.shortText, backoff.jitter.rawValue,
                    ]
                }
            )
        )
    }

    private static var windows: PolicyKey {
        PolicyKey(
            name: "windows",
            scope: .policy,
            resolve: { $1.windows = $0.policy?.windows.map(\.window) ?? [] },
            text: { policy in
                guard !policy.windows.isEmpty else { return "always" }
                return policy.windows.map(PolicyDescription.text).joined(separator: "; ")
            },
            json: { .strings($0.policy.windows.map(PolicyDescription.text)) }
        )
    }

    private static var budget: PolicyKey {
        PolicyKey(
            name: "budget",
            scope: .policy,
            resolve: { $1.budget = $0.policy?.budget },
            text: { PolicyDescription.text($0.budget) },
            json: { PolicyJSON.json($0.policy.budget) }
        )
    }

    private static var cost: PolicyKey {
        PolicyKey(
            name: "cost",
            scope: .policy,
            resolve: { $1.cost = $0.policy?.cost },
            text: { PolicyDescription.text($0.cost) },
            json: { PolicyJSON.json($0.policy.cost) }
        )
    }

    private static var rules: PolicyKey {
        PolicyKey(
            name: "rules",
            scope: .policy,
            resolve: { $1.rules = $0.rules },
            text: nil,
            json: { .array($0.rules) }
        )
    }

    /// Without rules, every failure is retried.
    private static var otherwise: PolicyKey {
        PolicyKey(
            name: "otherwise",
            scope: .entry,
            read: { section, draft in
                draft.otherwise = section.written("otherwise") { $0.choice(Otherwise.self) }
            },
            isWritten: { $0.otherwise != nil },
            resolve: { layers, policy in
                if let value = layers.nearest(\.otherwise) { policy.otherwise = value }
            },
            text: { policy in
                let noRules = "retry (no rules: every failure, failing tests too)"
                return policy.rules.isEmpty ? noRules : policy.otherwise.rawValue
            },
            json: { .string($0.policy.rules.isEmpty ? "retry" : $0.policy.otherwise.rawValue) }
        )
    }
}

// What a key is read into stands beside its row: a new key is these two lines and its value.

/// The keys that a policy, a pipeline entry or a stage entry sets; the others are inherited.
struct PolicyDraft {
    /// The position for errors of the whole.
    var position = SourcePosition.start
    var key = ""
    /// Whether the mapping writes no key of a policy.
    var isEmpty = true
    var limits = LimitsDraft()
    var maxTotalRetries: Located<Int>?
    var maxFailureAge: Located<Duration>?
    var whenNewerWaiting: Located<NewerWaiting>?
    var whenTransitionDisabled: Located<TransitionDisabled>?
    var whenHumanRetried: Located<HumanRetried>?
    var parallel: Located<ParallelMode>?
    var whenApprovalRepeats: Located<ApprovalRepeats>?
    var whenRevisionFailedBefore: Located<RevisionReaction>?
    var whenNewerRevisionPassed: Located<RevisionReaction>?
    /// `off` is a written nil.
    var successGate: Located<SuccessGate?>?
    var shadow: Located<Bool>?
    var paused: Located<Bool>?
    var otherwise: Located<Otherwise>?
}

/// The rule limits that one mapping of the file sets.
struct LimitsDraft {
    var modes: Located<[RetryMode]>?
    var maxRetries: Located<Int>?
    var backoff: BackoffDraft?
    var giveUpAfter: Located<Duration>?
    /// `off` is a written nil.
    var stopAfterSameError: Located<Int?>?
}
