package import Primitives
package import RetryCore
import RootCauseClient

/// A question to `explain`.
package struct ExplainQuestion: Hashable, Sendable {
    /// The pipeline's name.
    package var pipeline: PipelineName
    /// The stage; nil: the first that failed.
    package var stage: StageName?
    /// The execution, of a pipeline in PARALLEL mode; nil: the newest that failed.
    package var execution: ExecutionID?
    /// The target; nil: the first in the file that takes the pipeline.
    package var target: TargetName?
    /// The retries that the daemon already made in the episode; nil: those that the stage's own
    /// counter shows, as for an episode that the ledger does not know.
    package var retries: Int?
    /// The time for which to decide.
    package var at: WallTime
    /// Spreads the jitter as the daemon of this host does.
    package var seed: UInt64

    /// Creates a question.
    package init(
        pipeline: PipelineName,
        stage: StageName?,
        execution: ExecutionID? = nil,
        target: TargetName?,
        retries: Int?,
        at: WallTime,
        seed: UInt64
    ) {
        self.pipeline = pipeline
        self.stage = stage
        self.execution = execution
        self.target = target
        self.retries = retries
        self.at = at
        self.seed = seed
    }
}

/// Finds the policy and puts the question to the same function as the daemon.
package struct Explainer: Sendable {
    let configuration: Configuration
    private let patterns: any PatternEvaluating

    /// Creates an explainer.
    package init(_ configuration: Configuration, patterns: any PatternEvaluating) {
        self.configuration = configuration
        self.patterns = patterns
    }

    /// Whether and how causes are read.
    package var causes: CauseSettings { configuration.causes }

    /// The target and entry that take the pipeline, first match first; nil: none does.
    package func entry(for question: ExplainQuestion) -> (target: Target, entry: PipelineEntry)? {
        for target in configuration.targets {
            if let expected = question.target, target.name != expected { continue }
            for entry in target.pipelines where entry.selector.takes(question.pipeline) {
                return (target, entry)
            }
        }
        return nil
    }

    /// Explains what the daemon would do.
    package func explain(_ question: ExplainQuestion, _ facts: ExplainFacts) -> Explanation {
        var explanation = reasoning(question, facts)
        explanation.notes = facts.notes + explanation.notes + notes(question, facts)
        if let key = explanation.episode, let daemon = facts.daemon {
            explanation.notes += daemon.notes(on: key)
        }
        return explanation
    }

    /// What services are to be asked about the failed actions; empty where nothing failed, no
    /// service can be asked, or `root_cause` is off.
    package func causeRequests(
        _ question: ExplainQuestion,
        _ facts: ExplainFacts
    ) -> [CauseRequest] {
        guard configuration.causes.isEnabled, let (target, entry) = entry(for: question),
            let stage = facts.stage(question), let latest = stage.latest, latest.status == .failed
        else { return [] }
        let key = EpisodeKey(
            pipeline: PipelineKey(target: target.name, pipeline: question.pipeline),
            stage: stage.name,
            execution: latest.id
        )
        let situation = situation(question, facts, target, entry, stage, key)
        return StageFacts(situation).failed.compactMap { $0.causeRequest(region: target.region) }
    }

    private func reasoning(_ question: ExplainQuestion, _ facts: ExplainFacts) -> Explanation {
        guard let (target, entry) = entry(for: question) else {
            return Explanation(question, nil, .leave(.notWatched))
        }
        guard let stage = facts.stage(question), let latest = stage.latest else {
            return Explanation(question, nil, nil)
        }
        let key = EpisodeKey(
            pipeline: PipelineKey(target: target.name, pipeline: question.pipeline),
            stage: stage.name,
            execution: latest.id
        )
        switch latest.status {
        case .failed: break
        case .cancelled, .inProgress, .stopped, .stopping, .succeeded, .skipped:
            return Explanation(question, key, nil)
        case .unknown: return Explanation(question, key, .leave(.unknownStatus))
        }
        var situation = situation(question, facts, target, entry, stage, key)
        for query in PolicyQuestions.queries(for: situation) {
            situation.findings[query] = patterns.find(query)
        }
        var explanation = Explanation(
            question,
            key,
            PolicyEvaluator.decide(situation),
            situation.policy
        )
        if let cause = facts.cause, situation.causes.isEmpty {
            let provider = cause.provider.isEmpty ? "a log" : cause.provider
            explanation.notes = ["the files of --cause are of \(provider), and no failed action is"]
        }
        return explanation
    }

    private func situation(
        _ question: ExplainQuestion,
        _ facts: ExplainFacts,
        _ target: Target,
        _ entry: PipelineEntry,
        _ stage: StageSnapshot,
        _ key: EpisodeKey
    ) -> Situation {
        let policy = entry.policy(of: stage.name)
        let retries = question.retries ?? stage.counters.manual
        var byRule: [RuleName?: Int] = [:]
        if retries > 0 {
            byRule[nil] = retries
            for name in policy.rules.flatMap(\.spokenNames) { byRule[name] = retries }
        }
        var situation = Situation(
            episode: key,
            policy: policy,
            stage: stage,
            currentVersion: facts.snapshot.version,
            definition: facts.definition,
            evidence: facts.evidence(of: key.execution, for: stage),
            history: EpisodeHistory(
                firstFailure: question.at,
                firstSeen: question.at,
                retries: retries,
                retriesByRule: byRule,
                counts: RetryCounts(own: retries)
            ),
            holds: HoldFacts(
                pausedByCommand: facts.daemon?.pause(of: key)?.reason,
                targetPaused: target.paused,
                dryRun: configuration.dryRun,
                overallBudget: configuration.budget
            ),
            now: question.at,
            seed: question.seed
        )
        let stageFacts = StageFacts(situation)
        situation.history.firstFailure = stageFacts.failedAt ?? question.at
        // A failure that the daemon still tracks was not too old when it was first seen.
        if facts.daemon?.episode(of: key) != nil, let failedAt = stageFacts.failedAt {
            situation.history.firstSeen = min(failedAt, question.at)
        }
        if let cause = facts.cause,
            let action = facts.subject(of: cause, among: stageFacts.failed)
        {
            situation.causes[action.name] = ActionCause(cause)
        }
        situation.causes.merge(facts.causes) { _, live in live }
        situation.history.lastFingerprint = stageFacts.fingerprint(of: key)
        situation.history.sameErrorRun = retries + 1
        return situation
    }
}

extension PipelineEntry.Selector {
    /// Whether the entry takes a pipeline.
    func takes(_ pipeline: PipelineName) -> Bool {
        switch self {
        case .name(let name): name == pipeline
        case .match(let glob, let except):
            glob.matches(pipeline.text) && !except.contains { $0.matches(pipeline.text) }
        }
    }
}
