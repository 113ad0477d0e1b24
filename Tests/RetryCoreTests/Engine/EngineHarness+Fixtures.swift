import Primitives
import RetryCore

extension StageSnapshot {
    /// A stage whose single action failed in this way.
    static func failed(
        _ message: String,
        attempt: Int = 1,
        at time: WallTime,
        execution: ExecutionID = .first
    ) -> StageSnapshot {
        StageSnapshot(
            name: "Build",
            latest: StageExecution(id: execution, status: .failed),
            actions: [
                ActionSnapshot(
                    name: "Compile",
                    executionID: ActionExecutionID("a\(attempt)"),
                    status: .failed,
                    lastStatusChange: time,
                    code: "JobFailed",
                    message: message
                )
            ]
        )
    }

    mutating func startsAgain() {
        latest?.status = .inProgress
        counters.manual += 1
        for index in actions.indices {
            actions[index].status = .inProgress
            let id = actions[index].executionID?.text ?? "a"
            actions[index].executionID = ActionExecutionID(id + "'")
        }
    }

    mutating func failsAgain(_ message: String, at time: WallTime) {
        latest?.status = .failed
        for index in actions.indices {
            actions[index].status = .failed
            actions[index].message = message
            actions[index].lastStatusChange = time
        }
    }
}

extension Intent {
    /// An intent of the harness's episode, by the policy or one of its rules.
    static func web(
        _ number: Int = 1,
        _ state: IntentState = .open,
        policy: PolicyName = "default",
        rule: RuleName? = nil,
        before: StageBaseline = StageSnapshot(name: "Build").baseline,
        at time: WallTime
    ) -> Intent {
        Intent(
            episode: .web,
            sequence: number,
            number: number,
            policy: policy,
            rule: rule,
            mode: .failedActions,
            before: before,
            recordedAt: time,
            state: state
        )
    }
}

extension ReadAnswer<PipelineDefinition> {
    /// A definition that was read, whose one stage has no actions.
    static func definition(_ version: Int, _ mode: ExecutionMode = .superseded) -> ReadAnswer {
        .read(
            PipelineDefinition(
                version: version,
                executionMode: mode,
                stages: ["Build": StageDefinition(actions: [:])]
            ),
            at: nil
        )
    }
}

extension PipelineSnapshot {
    /// Equal exactly for equal snapshots, as far as a hash can tell.
    var digest: StateDigest {
        var hasher = Hasher()
        hash(into: &hasher)
        return StateDigest(high: UInt64(bitPattern: Int64(hasher.finalize())), low: 0)
    }
}

extension ExecutionID {
    static let first: ExecutionID = "11111111-1111-4111-8111-111111111111"
    static let second: ExecutionID = "22222222-2222-4222-8222-222222222222"
}

extension PipelineKey {
    static let web = PipelineKey(target: "prod", pipeline: "web")
}

extension EpisodeKey {
    static let web = EpisodeKey(pipeline: .web, stage: "Build", execution: .first)
}

extension StagePolicy {
    /// Three retries, 30 s apart, no jitter.
    static var plain: StagePolicy {
        var policy = StagePolicy.standard
        policy.backoff.kind = .fixed
        policy.backoff.jitter = .none
        return policy
    }
}

extension Configuration {
    static func watching(
        _ names: [PipelineName] = ["web"],
        _ policy: StagePolicy = .plain
    ) -> Configuration {
        Configuration(targets: [
            Target(
                name: "prod",
                region: "eu-west-1",
                rateGroup: "prod",
                pipelines: names.map {
                    PipelineEntry(selector: .name($0), policy: policy, stages: [:])
                }
            )
        ])
    }

    /// Every pipeline of the one target that ListPipelines shows.
    static var discovering: Configuration {
        var configuration = Configuration.watching([])
        configuration.targets[0].pipelines = [
            PipelineEntry(selector: .match(Glob("*"), except: []), policy: .plain, stages: [:])
        ]
        return configuration
    }
}

extension LedgerSnapshot {
    /// The record that a ledger with these rows has of an episode.
    func recall(_ key: EpisodeKey) -> Recollection {
        guard let record = episodes.last(where: { $0.key == key }) else { return .new }
        if let outcome = record.outcome { return .ended(outcome) }
        let own = intents.filter { $0.episode == key }
        return .open(record, own.sorted { $0.sequence < $1.sequence })
    }
}

extension EngineHarness {
    /// The pipeline `web` with one failed stage.
    static func failing(_ policy: StagePolicy = .plain) -> EngineHarness {
        var harness = EngineHarness(.watching(["web"], policy))
        harness.fail(["web"])
        return harness
    }
}
