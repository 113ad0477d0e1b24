/// One call that the engine intends to make to AWS.
enum PendingCall: Hashable, Sendable {
    /// The poll: GetPipelineState, or ListPipelineExecutions of a PARALLEL pipeline.
    case state(PipelineKey)
    /// GetPipeline.
    case definition(PipelineKey)
    /// ListActionExecutions.
    case evidence(EpisodeKey)
    /// ListPipelineExecutions.
    case executions(PipelineKey)
    /// GetPipelineExecution and ListActionExecutions of one execution.
    case execution(ExecutionKey)
    /// ListPipelines.
    case list(TargetName)
    /// RetryStageExecution.
    case retry(EpisodeKey)

    /// Every call that concerns a pipeline and none of its episodes and executions.
    static func all(of key: PipelineKey) -> [PendingCall] {
        [.state(key), .definition(key), .executions(key)]
    }

    /// Whether it is GetPipeline.
    var isDefinition: Bool {
        switch self {
        case .definition: true
        case .state, .evidence, .executions, .execution, .list, .retry: false
        }
    }

    /// What dictionaries ask for: the hashes of the keys are there already.
    func _rawHashValue(seed: Int) -> Int {
        switch self {
        case .state(let key): key._rawHashValue(seed: seed)
        case .definition(let key): ~key._rawHashValue(seed: seed)
        case .executions(let key): key._rawHashValue(seed: seed) &* 3
        case .execution(let key): key._rawHashValue(seed: seed)
        case .evidence(let key): key._rawHashValue(seed: seed)
        case .retry(let key): ~key._rawHashValue(seed: seed)
        case .list(let name): name._rawHashValue(seed: seed)
        }
    }

    /// What shows an episode's stage: the poll of its pipeline, or the read of its execution.
    static func showing(_ key: EpisodeKey, isParallel: Bool) -> PendingCall {
        isParallel ? .execution(ExecutionKey(key)) : .state(key.pipeline)
    }

    var target: TargetName {
        switch self {
        case .state(let key), .definition(let key), .executions(let key): key.target
        case .execution(let key): key.pipeline.target
        case .evidence(let key), .retry(let key): key.pipeline.target
        case .list(let name): name
        }
    }
}
