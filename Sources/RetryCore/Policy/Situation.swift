package import Primitives

/// Everything that a decision on one failed stage rests on.
package struct Situation: Hashable, Sendable {
    /// The failed stage execution.
    package var episode: EpisodeKey
    /// The stage's policy.
    package var policy: StagePolicy
    /// The stage as the newest poll shows it.
    package var stage: StageSnapshot
    /// The definition's current version, from the poll.
    package var currentVersion: Int?
    /// The definition; nil when it is denied or cannot be read.
    package var definition: PipelineDefinition?
    /// What ran in this execution.
    package var evidence: Evidence
    /// The ledger's knowledge of the episode.
    package var history: EpisodeHistory
    /// The answers to the pattern questions of ``PolicyQuestions``.
    package var findings: [PatternQuery: PatternFinding]
    /// The current holds.
    package var holds: HoldFacts
    /// The time by AWS's clock.
    package var now: WallTime
    /// Seeds the jitter together with the episode's names and the retry's number.
    package var seed: UInt64
    /// Whether AWS refused a retry in this PARALLEL pipeline within the last day.
    package var isParallelRefused = false
    /// Whether checks that pass say what they found; nobody reads it of the engine's decisions.
    package var isExplained = true
    /// What services say of failed actions; an action of which nothing was read is not in it.
    package var causes: [ActionName: ActionCause] = [:]
    /// What the past says of the failure; nil: it was not asked, or gave no answer.
    package var precedents: Precedents?
    /// The reading of stage, evidence and definition, when the caller already has it; nil: it is
    /// computed when needed.
    var reading: FailureReading?

    /// Creates a situation.
    package init(
        episode: EpisodeKey,
        policy: StagePolicy,
        stage: StageSnapshot,
        currentVersion: Int?,
        definition: PipelineDefinition?,
        evidence: Evidence,
        history: EpisodeHistory,
        findings: [PatternQuery: PatternFinding] = [:],
        holds: HoldFacts = HoldFacts(),
        now: WallTime,
        seed: UInt64 = 0
    ) {
        self.episode = episode
        self.policy = policy
        self.stage = stage
        self.currentVersion = currentVersion
        self.definition = definition
        self.evidence = evidence
        self.history = history
        self.findings = findings
        self.holds = holds
        self.now = now
        self.seed = seed
    }
}

extension Situation {
    /// Retries that CodePipeline counts and neither the ledger nor an unknown answer of ours
    /// explains: people's, another daemon's, or our own that a lost or restored ledger forgot.
    ///
    /// They are spent, no matter who made them: the limit belongs to the stage execution
    /// (invariant I1).
    package var unexplainedRetries: Int {
        history.counts.unexplained(of: stage.counters.manual)
    }

    /// The retries that count against the total.
    package var spentRetries: Int {
        max(0, history.retries) + unexplainedRetries
    }

    /// The retries that count against one rule, or under nil against the policy itself.
    ///
    /// It is unknown which rule the retries of others belong to: they count against each.
    package func spentRetries(by rule: RuleName?) -> Int {
        let own = max(0, history.retriesByRule[rule] ?? 0)
        let foreign = rule == nil ? 0 : max(0, history.counts.foreign)
        return own + foreign + unexplainedRetries
    }
}

/// The ledger's knowledge of one episode.
package struct EpisodeHistory: Hashable, Sendable {
    /// When the episode's first failure happened, by AWS's clock.
    package var firstFailure: WallTime
    /// When it was first seen, by AWS's clock.
    package var firstSeen: WallTime
    /// The retries that count against the total: every durable intent except those that certainly
    /// were not executed.
    package var retries: Int
    /// The same by the rule that caused them; the policy itself counts under nil.
    package var retriesByRule: [RuleName?: Int]
    /// How CodePipeline's counter of retries is explained; ``retries`` includes those of others
    /// from before we first saw the stage.
    package var counts: RetryCounts
    /// The definition's versions that earlier reads of the history named.
    package var ranVersions: Set<Int>
    /// How many times in a row the newest fingerprint has occurred, itself included; 0 before the
    /// first.
    package var sameErrorRun: Int
    /// The newest fingerprint.
    package var lastFingerprint: Fingerprint?

    /// Creates a history; counters default to none.
    package init(
        firstFailure: WallTime,
        firstSeen: WallTime,
        retries: Int = 0,
        retriesByRule: [RuleName?: Int] = [:],
        counts: RetryCounts = RetryCounts(),
        ranVersions: Set<Int> = [],
        sameErrorRun: Int = 0,
        lastFingerprint: Fingerprint? = nil
    ) {
        self.firstFailure = firstFailure
        self.firstSeen = firstSeen
        self.retries = retries
        self.retriesByRule = retriesByRule
        self.counts = counts
        self.ranVersions = ranVersions
        self.sameErrorRun = sameErrorRun
        self.lastFingerprint = lastFingerprint
    }
}

/// The holds on one episode at one time.
package struct HoldFacts: Hashable, Sendable {
    /// A person paused this target, policy, pipeline or stage by command; the text is the reason.
    package var pausedByCommand: String?
    /// The file pauses the target.
    package var targetPaused: Bool
    /// `dry_run`.
    package var dryRun: Bool
    /// The times of the retries under this policy's budget, oldest first.
    package var policyRetries: [WallTime]
    /// The times of the retries over everything, oldest first.
    package var allRetries: [WallTime]
    /// The budget over everything.
    package var overallBudget: Budget?
    /// An outage hold is on for this fingerprint, until this time at least; nil: none, or this
    /// episode is the probe.
    package var outageHoldUntil: WallTime?
    /// What retries cost, and what they may.
    package var costs = CostFacts()

    /// Creates holds; by default nothing holds.
    package init(
        pausedByCommand: String? = nil,
        targetPaused: Bool = false,
        dryRun: Bool = false,
        policyRetries: [WallTime] = [],
        allRetries: [WallTime] = [],
        overallBudget: Budget? = nil,
        outageHoldUntil: WallTime? = nil
    ) {
        self.pausedByCommand = pausedByCommand
        self.targetPaused = targetPaused
        self.dryRun = dryRun
        self.policyRetries = policyRetries
        self.allRetries = allRetries
        self.overallBudget = overallBudget
        self.outageHoldUntil = outageHoldUntil
    }
}
