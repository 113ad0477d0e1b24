package import Primitives

/// Asks a configuration what it would have done about failures of the past: the same evaluator as
/// the daemon's, under a clock that goes from one failure to the next.
///
/// What CodePipeline's definition and other executions would have added is not in attempts:
/// onFailure, transitions, waiting executions and outages hold nothing here.
package struct PolicyReplay {
    /// What was decided about one step.
    package struct Decided: Hashable, Sendable {
        /// The decision.
        package var decision: ReplayResult.Decision
        /// Why there is no retry; nil: there is one.
        package var reason: Reason?
        /// The rule that decided; nil: none did.
        package var rule: RuleName?
        /// When the retry would have been sent; nil: there is none.
        package var sentAt: WallTime?
        /// What the retry would have cost, or was expected to; nil: there is none.
        package var cost: RetryCost?
    }

    /// The configuration.
    let configuration: Configuration
    /// Evaluates a pattern.
    let find: (PatternQuery) -> PatternFinding
    /// The tally so far.
    package private(set) var tally = ReplayTally()
    /// What was decided, step by step.
    package private(set) var decisions: [Decided] = []
    var episodes: [EpisodeKey: ReplayedEpisode] = [:]
    var memory = ReplayMemory()
    private var budgets = RetryBudgets([])

    /// Creates a replay; patterns are evaluated outside.
    package init(
        _ configuration: Configuration,
        find: @escaping (PatternQuery) -> PatternFinding
    ) {
        self.configuration = configuration
        self.find = find
    }

    /// Replays a step; they must come in their order.
    package mutating func take(_ step: ReplayStep) {
        memory.advance(to: step.failedAt)
        let decided = decide(step)
        decisions.append(decided)
        for failure in step.failures {
            tally.add(failure, decided, at: configuration.prices)
            memory.add(failure.attempt)
        }
        let isLast = step.failures.allSatisfy { $0.attempt.retry == nil }
        // Nothing comes after it.
        guard !isLast else { return episodes[step.episode] = nil }
        var episode = episodes[step.episode] ?? ReplayedEpisode(step)
        episode.take(step, decided)
        episodes[step.episode] = episode
    }

    private mutating func decide(_ step: ReplayStep) -> Decided {
        let ended = episodes[step.episode]?.end
        if let ended { return Decided(decision: ended.decision, reason: ended.reason) }
        guard let entry = configuration.entry(of: step.episode.pipeline) else {
            return Decided(decision: .leave, reason: .notWatched)
        }
        var policy = entry.policy(of: step.episode.stage)
        // What only reports would retry, or waits for a person, is judged as if it did.
        policy.shadow = false
        policy.paused = false
        var episode = episodes[step.episode] ?? ReplayedEpisode(step)
        episode.count(step.situation(policy, episode.history, at: step.failedAt).read.fingerprint)
        episodes[step.episode] = episode
        var now = step.failedAt
        for _ in 0..<PolicyReplay.mostHolds {
            let decision = decision(on: step, policy, at: now)
            switch decision.verdict {
            case .retry(let plan), .wouldRetry(let plan):
                return send(plan, step, policy, at: max(plan.due, now))
            case .hold(let reason, let until, let plan?) where reason.lifts && until > now:
                guard until <= plan.giveUpAt else {
                    return Decided(decision: .leave, reason: .gaveUpAfter, rule: plan.rule)
                }
                now = until
            case .hold(let reason, _, _), .wait(let reason, _), .leave(let reason),
                .exhausted(let reason):
                let rule = decision.rules.last { $0.result == .matches }?.rule
                return Decided(
                    decision: reason.isGuard ? .guarded : .leave,
                    reason: reason,
                    rule: rule
                )
            }
        }
        return Decided(decision: .leave, reason: .budgetSpent)
    }

    /// A failure is held again so often at most: each time a budget has no room or a window opens.
    private static let mostHolds = 50

    private mutating func send(
        _ plan: RetryPlan,
        _ step: ReplayStep,
        _ policy: StagePolicy,
        at time: WallTime
    ) -> Decided {
        let cost = step.cost(at: configuration.prices) ?? plan.cost
        let intent = Intent(
            episode: step.episode,
            sequence: step.retries + 1,
            number: plan.number,
            policy: policy.name,
            rule: plan.rule,
            mode: plan.mode,
            before: StageBaseline(
                manualRetries: step.retries,
                actionExecutions: [],
                lastStatusChange: nil
            ),
            recordedAt: time,
            state: .effective,
            cost: cost
        )
        budgets.spend(intent, memory: configuration.budgetMemory)
        return Decided(decision: .retry, rule: plan.rule, sentAt: time, cost: cost)
    }

    private func decision(
        on step: ReplayStep,
        _ policy: StagePolicy,
        at now: WallTime
    ) -> Decision {
        let history = (episodes[step.episode] ?? ReplayedEpisode(step)).history
        var situation = step.situation(policy, history, at: now)
        situation.holds = HoldFacts(
            policyRetries: budgets.retries(under: policy.name).sorted(),
            allRetries: budgets.all.sorted(),
            overallBudget: configuration.budget
        )
        if policy.cost != nil || configuration.cost != nil {
            situation.holds.costs = CostFacts(
                prices: configuration.prices,
                overall: configuration.cost,
                spent: budgets.retries
            )
        }
        situation.causes = configuration.causes.isEnabled ? step.causes : [:]
        for query in PolicyQuestions.queries(for: situation) {
            situation.findings[query] = find(query)
        }
        situation.reading = FailureReading(situation)
        let decision = PolicyEvaluator.decide(situation)
        guard let question = PrecedentQuestion(situation, decision) else { return decision }
        situation.precedents = Precedents(
            gate: memory.gate(question),
            medians: memory.medians(question)
        )
        return PolicyEvaluator.decide(situation)
    }
}

extension Reason {
    /// Whether a guard gives it, rather than the policy.
    fileprivate var isGuard: Bool {
        switch self {
        case .rollbackExecution, .approvalRejected, .approvalFailed, .abandoned, .conditionFailed,
            .rollsBack, .skips, .definitionChanged, .parallelMode, .parallelRefused, .modeChanged,
            .noFailedAction, .unknownStatus, .changeSetConsumed, .stackNotUpdatable, .artifactGone,
            .approvalWouldRepeat, .knownBadRevision, .newerRevisionPassed, .providerRetries,
            .notEvaluable, .definitionUnavailable, .tooOld, .nativeRetryPending,
            .actionsInProgress, .newerExecutionWaiting, .transitionDisabled, .humanRetried,
            .stopped, .cancelled, .duplicateTarget:
            true
        case .lowSuccess, .costSpent, .notWatched, .stageNever, .ruleNever, .noRuleMatched,
            .exhausted,
            .ruleExhausted, .gaveUpAfter, .sameError, .windowClosed, .budgetSpent, .outageHold,
            .paused, .shadow, .busy, .executionLimit, .notRetryable, .invalidRequest,
            .accessDenied, .throttled, .credentials, .unreachable, .ledgerUnavailable:
            false
        }
    }

    /// Whether a hold for it lifts by time alone.
    fileprivate var lifts: Bool { self == .windowClosed || self == .budgetSpent }
}

extension Configuration {
    /// The entry that takes a pipeline; nil: nothing watches it.
    fileprivate func entry(of key: PipelineKey) -> PipelineEntry? {
        targets.first { $0.name == key.target }?.pipelines.first { $0.takes(key.pipeline) }
    }
}
