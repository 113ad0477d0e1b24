import RetryCore
import YAML

/// The whole file as written, before anything is inherited.
struct FileDraft {
    var position = SourcePosition.start
    var aws = AWSDraft()
    var poll = PollSettings()
    /// Where `max_rate` is written, or `poll`; nil where neither is.
    var pollPosition: SourcePosition?
    /// An `active_interval` that is longer than `interval`.
    var slowActive: Located<Duration>?
    var dryRun = false
    var rootCause = CauseSettings()
    var budget: Budget?
    var cost: CostCeiling?
    var prices = ActionPrices()
    var outageHold: Located<OutageHold>?
    var policies: [NamedPolicyDraft] = []
    /// The names of all policies, including invalid ones, so that a reference to one is no error.
    var policyNames: Set<PolicyName> = ["default"]
    var targets: [TargetDraft] = []
}

/// One target as written.
struct TargetDraft {
    let name: TargetName
    let position: SourcePosition
    let key: String
    let aws: AWSDraft
    let isPaused: Bool
    let pipelines: [EntryDraft]
}

/// One entry under `pipelines` as written.
struct EntryDraft {
    let selector: PipelineEntry.Selector
    let policy: Located<PolicyName>?
    let overrides: PolicyDraft
    let stages: [StageDraft]
    let position: SourcePosition
    let key: String
}

/// One stage entry as written.
struct StageDraft {
    let name: StageName
    /// The keys that it sets; nil = `never`.
    let overrides: PolicyDraft?
}
