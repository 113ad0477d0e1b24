import RetryCore

/// The newest list of pipelines that one process of the daemon received of each target.
struct Lists: Sendable {
    private var pending: [CallID: TargetName] = [:]
    private var shown: [TargetName: Set<PipelineName>] = [:]

    /// A list is requested.
    mutating func asked(_ call: CallID, of target: TargetName) { pending[call] = target }

    /// Takes an answer.
    mutating func record(_ event: Event) {
        guard case .pipelinesListed(let id, let answer) = event,
            let target = pending.removeValue(forKey: id)
        else { return }
        if case .read(let names, _) = answer { shown[target] = Set(names) }
    }

    /// Whether the newest list does not show a pipeline.
    func lack(_ key: PipelineKey) -> Bool {
        shown[key.target].map { !$0.contains(key.pipeline) } ?? false
    }
}
