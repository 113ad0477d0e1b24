import RetryCore
import Settings

/// From the answer that shows a failed stage to the decision to retry, with the evidence answered
/// at once and the patterns really matched.
struct DecisionBench {
    private let pipelines: Int
    private let samples: Int

    init(_ options: BenchOptions) throws(BenchError) {
        pipelines = try options.number("pipelines", default: 1000)
        samples = min(pipelines, try options.number("samples", default: 500))
    }

    func run() throws(BenchError) -> Figures {
        // A rate at which no call waits: only the decision is measured.
        var rig = Rig(pipelines: pipelines, policy: try DecisionBench.policy(), rate: 100_000)
        try rig.run(.seconds(65))
        let matcher = PatternMatcher()
        var took: [Double] = []
        var seen: Set<PipelineKey> = []
        var queue: [Effect] = []
        while took.count < samples {
            if queue.isEmpty { queue = try rig.advance() }
            guard !queue.isEmpty else { continue }
            let effect = queue.removeFirst()
            // A pipeline that failed is healthy at its second poll, and ends its episode.
            guard case .readState(let id, let key, _) = effect, seen.insert(key).inserted else {
                queue += try rig.settle(effect)
                continue
            }
            let decision = try decide(id, key, &rig, matcher)
            took.append(decision.microseconds)
            queue += decision.others
        }
        took.sort()
        var figures = Figures()
        figures.set("pipelines", pipelines)
        figures.set("decisions", took.count)
        try figures.set("median_us", took[took.count / 2])
        try figures.set("p99_us", took[min(took.count - 1, took.count * 99 / 100)])
        return figures
    }

    /// The standard policy with the built-in rules.
    private static func policy() throws(BenchError) -> StagePolicy {
        var policy = StagePolicy.standard
        let limits = RuleLimits(
            modes: policy.modes,
            maxRetries: policy.maxRetries,
            backoff: policy.backoff,
            giveUpAfter: policy.giveUpAfter,
            stopAfterSameError: policy.stopAfterSameError
        )
        guard let rules = BuiltInRules.rules(named: "aws-transient", inheriting: limits) else {
            throw BenchError("there are no rules aws-transient")
        }
        let queueFull = Pattern("Cannot have more than [1-9][0-9]* builds in queue")
        let pattern = RuleCondition(matches: [queueFull])
        policy.rules = [Rule(name: "queue full", when: pattern, action: .retry(limits))] + rules
        return policy
    }

    /// From a Failed answer to the effect with the decision; and the other calls meanwhile.
    private func decide(
        _ id: CallID,
        _ key: PipelineKey,
        _ rig: inout Rig,
        _ matcher: PatternMatcher
    ) throws(BenchError) -> (microseconds: Double, others: [Effect]) {
        let failed = rig.failed
        let rows = failed.stages[1].actions.map { action in
            ActionRow(
                stage: failed.stages[1].name,
                action: action,
                category: "Build",
                provider: "CodeBuild",
                started: rig.wall,
                pipelineVersion: 7
            )
        }
        let watch = try Stopwatch()
        var queue = rig.feed(.stateRead(id, .state(failed, at: rig.wall)))
        var others: [Effect] = []
        while !queue.isEmpty {
            let effect = queue.removeFirst()
            switch effect {
            case .report(.retryScheduled): return (watch.seconds * 1e6, others + queue)
            case .readEvidence(let id, _, _):
                queue += rig.feed(.evidenceRead(id, .read(rows, at: rig.wall)))
            case .matchPatterns(let id, let queries):
                let findings = queries.map { ($0, matcher.find($0)) }
                let found = Dictionary(uniqueKeysWithValues: findings)
                queue += rig.feed(.patternsMatched(id, found))
            case .recall(let id, _): queue += rig.feed(.recalled(id, .new))
            case .readState, .readDefinition, .listExecutions, .readExecution, .listPipelines,
                .readCauses, .readPrecedents,
                .recordIntent, .retry, .record, .report:
                others.append(effect)
            }
        }
        throw BenchError("no retry was scheduled for \(key)")
    }
}

extension Rig {
    /// Answers reads as for healthy pipelines, and ignores everything else.
    fileprivate mutating func settle(_ effect: Effect) throws(BenchError) -> [Effect] {
        switch effect {
        case .readState, .readDefinition, .listExecutions: try answer(effect)
        case .readEvidence, .readExecution, .listPipelines, .readCauses, .readPrecedents,
            .matchPatterns, .recall,
            .recordIntent,
            .retry,
            .record, .report:
            []
        }
    }

    /// The healthy pipeline with a stage that failed just now.
    fileprivate var failed: PipelineSnapshot {
        var snapshot = healthy
        snapshot.stages[1].latest?.status = .failed
        snapshot.stages[1].actions[2].status = .failed
        snapshot.stages[1].actions[2].lastStatusChange = wall
        snapshot.stages[1].actions[2].code = "JobFailed"
        snapshot.stages[1].actions[2].message =
            "Error calling startBuild: Cannot have more than 1 builds in queue for the account"
        return snapshot
    }
}
