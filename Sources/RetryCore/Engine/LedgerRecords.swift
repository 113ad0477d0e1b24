package import Primitives

/// One attempt to retry a stage, durable before it is sent (invariant I2).
package struct Intent: Hashable, Sendable {
    /// The episode that it belongs to.
    package var episode: EpisodeKey
    /// Its place among all intents of the episode, from 1; names it in the ledger.
    package var sequence: Int
    /// The number of the retry that it is, from 1; intents that did not count share one.
    package var number: Int
    /// The policy, which budgets count by.
    package var policy: PolicyName
    /// The rule that caused it; nil when the policy itself did.
    package var rule: RuleName?
    /// How the stage is retried.
    package var mode: RetryMode
    /// The state before: what settling and verifying compare with.
    package var before: StateMark
    /// When it was recorded, by AWS's clock.
    package var recordedAt: WallTime
    /// What became of it.
    package var state: IntentState

    /// Makes an intent of its parts.
    package init(
        episode: EpisodeKey,
        sequence: Int,
        number: Int,
        policy: PolicyName,
        rule: RuleName?,
        mode: RetryMode,
        before: StateMark,
        recordedAt: WallTime,
        state: IntentState
    ) {
        self.episode = episode
        self.sequence = sequence
        self.number = number
        self.policy = policy
        self.rule = rule
        self.mode = mode
        self.before = before
        self.recordedAt = recordedAt
        self.state = state
    }
}

/// What became of an intent; the raw values stand in the ledger.
package enum IntentState: String, Hashable, Sendable, CaseIterable {
    /// Recorded; whether it was sent is not known. Can go to every other state.
    case open
    /// AWS said yes; the state has not moved yet. Can go to `effective` or `withoutEffect`.
    case accepted
    /// No answer says whether AWS executed it. Can go to `effective` or `unsettled`.
    case unknown
    /// The state moved after it. Final.
    case effective
    /// AWS said yes and nothing moved in time. Final; counts.
    case withoutEffect = "without_effect"
    /// It stayed unknown; a lost request may still land. Final; counts.
    case unsettled
    /// AWS surely did not execute it. Final; does not count.
    case notExecuted = "not_executed"

    /// Whether it is one of the retries that limits count (invariant I1).
    package var counts: Bool {
        switch self {
        case .open, .accepted, .unknown, .effective, .withoutEffect, .unsettled: true
        case .notExecuted: false
        }
    }
}

/// How an episode ended; the raw values are those of `RETRYD_OUTCOME`.
package enum Outcome: String, Hashable, Sendable, CaseIterable {
    /// The stage succeeded after all.
    case recovered
    /// A limit ended it.
    case exhausted
    /// The policy, a guard or AWS says no: people or CodePipeline decide.
    case notRetried = "not_retried"
    /// Another execution took the stage.
    case superseded
    /// The stage or pipeline is no longer there.
    case removed
}

/// What the ledger keeps of one episode; the newest record of a key replaces the older.
package struct EpisodeRecord: Hashable, Sendable {
    /// The episode.
    package var key: EpisodeKey
    /// When its first failure happened, by AWS's clock.
    package var firstFailure: WallTime
    /// When it was first seen, by AWS's clock.
    package var firstSeen: WallTime
    /// How CodePipeline's counter of retries is explained.
    package var counts: RetryCounts
    /// How often in a row the newest fingerprint came.
    package var sameErrorRun: Int
    /// The newest fingerprint.
    package var lastFingerprint: Fingerprint?
    /// The state at the failure that was counted last into ``sameErrorRun``.
    package var lastFailure: StateMark?
    /// How it ended; nil while it lives.
    package var outcome: Outcome?
    /// Why it ended so.
    package var reason: Reason?
    /// When it ended, by AWS's clock.
    package var endedAt: WallTime?

    /// Makes the record of an episode that was just seen.
    package init(
        key: EpisodeKey,
        firstFailure: WallTime,
        firstSeen: WallTime,
        foreignRetries: Int
    ) {
        self.key = key
        self.firstFailure = firstFailure
        self.firstSeen = firstSeen
        counts = RetryCounts(foreign: foreignRetries)
        sameErrorRun = 0
        lastFingerprint = nil
        lastFailure = nil
        outcome = nil
        reason = nil
        endedAt = nil
    }
}

/// A hold that a person put on by command; it survives a restart.
package struct Pause: Hashable, Sendable {
    /// What it holds.
    package var scope: PauseScope
    /// The person's reason.
    package var reason: String
    /// The uid that asked, for the journal.
    package var uid: UInt32
    /// When it ends by itself, by AWS's clock (by the host's until an answer told AWS's); nil:
    /// with `resume`.
    package var until: WallTime?

    /// Makes a pause of its parts.
    package init(scope: PauseScope, reason: String, uid: UInt32, until: WallTime?) {
        self.scope = scope
        self.reason = reason
        self.uid = uid
        self.until = until
    }
}

/// What a pause holds; nil parts hold for all.
package struct PauseScope: Hashable, Sendable, CustomStringConvertible {
    /// One target only.
    package var target: TargetName?
    /// One pipeline name only.
    package var pipeline: PipelineName?
    /// One stage name only.
    package var stage: StageName?

    /// Makes a scope; without parts it is everything.
    package init(
        target: TargetName? = nil,
        pipeline: PipelineName? = nil,
        stage: StageName? = nil
    ) {
        self.target = target
        self.pipeline = pipeline
        self.stage = stage
    }

    /// Whether the scope holds an episode.
    package func contains(_ episode: EpisodeKey) -> Bool {
        (target.map { $0 == episode.pipeline.target } ?? true)
            && (pipeline.map { $0 == episode.pipeline.pipeline } ?? true)
            && (stage.map { $0 == episode.stage } ?? true)
    }

    package var description: String {
        let parts = [
            target.map { "target \($0)" }, pipeline.map { "pipeline \($0)" },
            stage.map { "stage \($0)" },
        ].compactMap { $0 }
        return parts.isEmpty ? "everything" : parts.joined(separator: ", ")
    }
}

/// One change of the ledger that need not be durable before the next effect.
package enum LedgerWrite: Hashable, Sendable {
    /// Puts an episode's newest record.
    case episode(EpisodeRecord)
    /// Puts what became of an intent.
    case intent(Intent)
    /// Puts a pause; one of the same scope is replaced.
    case pause(Pause)
    /// Takes the pause of a scope away.
    case resume(PauseScope)
}

/// One retry that draws on the budgets; all that a budget needs of an intent.
package struct SpentRetry: Hashable, Sendable {
    /// When it was recorded, by AWS's clock.
    package var at: WallTime
    /// The policy that it was made under.
    package var policy: PolicyName

    /// Makes one of its parts.
    package init(at: WallTime, policy: PolicyName) {
        self.at = at
        self.policy = policy
    }

    /// Takes what a budget needs of an intent.
    package init(_ intent: Intent) {
        self.init(at: intent.recordedAt, policy: intent.policy)
    }
}

/// What the ledger held at start.
package struct LedgerSnapshot: Hashable, Sendable {
    /// The open episodes; those that have ended are asked for one by one, and ignored here.
    package var episodes: [EpisodeRecord]
    /// The intents of those episodes.
    package var intents: [Intent]
    /// All other retries that a budget may count.
    package var spent: [SpentRetry]
    /// Pauses by command.
    package var pauses: [Pause]

    /// Makes a snapshot; all default to empty.
    package init(
        episodes: [EpisodeRecord] = [],
        intents: [Intent] = [],
        spent: [SpentRetry] = [],
        pauses: [Pause] = []
    ) {
        self.episodes = episodes
        self.intents = intents
        self.spent = spent
        self.pauses = pauses
    }
}

/// What the ledger knows of one episode.
package enum Recollection: Hashable, Sendable {
    /// Nothing: it is new.
    case new
    /// It ended so.
    case ended(Outcome)
    /// It is open; with its intents, by their sequence.
    case open(EpisodeRecord, [Intent])
    /// The ledger cannot be read; the text says why.
    case unreadable(String)
}
