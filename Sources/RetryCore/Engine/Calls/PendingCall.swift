/// One call that the engine intends to make to AWS.
enum PendingCall: Hashable, Sendable {
    /// GetPipelineState.
    case state(PipelineKey)
    /// GetPipeline.
    case definition(PipelineKey)
    /// ListActionExecutions.
    case evidence(EpisodeKey)
    /// ListPipelineExecutions.
    case executions(PipelineKey)
    /// ListPipelines.
    case list(TargetName)
    /// RetryStageExecution.
    case retry(EpisodeKey)

    /// Every call that concerns a pipeline and none of its episodes.
    static func all(of key: PipelineKey) -> [PendingCall] {
        [.state(key), .definition(key), .executions(key)]
    }

    /// Whether it is GetPipeline.
    var isDefinition: Bool {
        switch self {
        case .definition: true
        case .state, .evidence, .executions, .list, .retry: false
        }
    }

    /// What dictionaries ask for: the hashes of the keys are there already.
    func _rawHashValue(seed: Int) -> Int {
        switch self {
        case .state(let key): key._rawHashValue(seed: seed)
        case .definition(let key): ~key._rawHashValue(seed: seed)
        case .executions(let key): key._rawHashValue(seed: seed) &* 3
        case .evidence(let key): key._rawHashValue(seed: seed)
        case .retry(let key): ~key._rawHashValue(seed: seed)
        case .list(let name): name._rawHashValue(seed: seed)
        }
    }

    var target: TargetName {
        switch self {
        case .state(let key), .definition(let key), .executions(let key): key.target
        case .evidence(let key), .retry(let key): key.pipeline.target
        case .list(let name): name
        }
    }
}
