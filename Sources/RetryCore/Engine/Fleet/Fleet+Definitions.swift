import Primitives

/// The definitions that GetPipeline returns.
extension Fleet {
    /// Takes the answer; the definition becomes known or known to be denied, or stays as it was.
    mutating func definitionRead(
        _ key: PipelineKey,
        _ answer: ReadAnswer<PipelineDefinition>,
        _ turn: inout FleetTurn
    ) {
        guard var watch = pipelines[key] else { return }
        var mode: ExecutionMode?
        switch answer {
        case .read(let definition, _):
            learn(definition, of: key.target, &turn)
            if watch.accepts(definition), hasShownStages(definition, of: watch, turn) {
                watch.definition = .read(packed(definition))
                watch.isDenialReported = false
                if let suspected = watch.stageless, definition.executionMode == .parallel {
                    watch.version = definition.version
                    watch.created = suspected.created ?? watch.created
                }
                // Another answer without stages asks for the definition again: it may be late.
                watch.stageless = nil
                mode = definition.executionMode
            }
        case .failed(let failure):
            if failure.kind == .accessDenied {
                watch.definition = .denied
                watch.deniedUntil = turn.now + Timing.accessDenied
            }
        }
        pipelines[key] = watch
        // Other errors are transient: an episode that waits for the definition asks again at its
        // own deadline.
        guard watch.definition != .unread else { return }
        judgeStages(of: key, &turn)
        if mode == .parallel { unsupported(key, &turn) }
        for episode in watch.stages.values.sorted() { turn.deliver(episode, .definitionRead) }
    }

    /// Whether a definition has the stages that the state of the same version showed.
    func hasShownStages(
        _ new: PipelineDefinition,
        of watch: PipelineWatch,
        _ turn: FleetTurn
    ) -> Bool {
        watch.stages.allSatisfy { stage, episode in
            new.stages[stage] != nil || turn.episodes.live[episode]?.edition?.version != new.version
        }
    }

    /// The packed form, shared by all pipelines whose definitions differ only in the name.
    mutating func packed(_ definition: PipelineDefinition) -> PackedDefinition {
        if definitions.count > 2 * pipelines.count + 64 {
            definitions = Set(
                pipelines.values.compactMap { watch in
                    switch watch.definition {
                    case .read(let packed): packed
                    case .unread, .denied: nil
                    }
                }
            )
        }
        return definitions.insert(PackedDefinition(definition)).memberAfterInsert
    }

    /// A PARALLEL pipeline has no reliable state: it is not acted on, reported once.
    mutating func unsupported(_ key: PipelineKey, _ turn: inout FleetTurn) {
        guard let watch = pipelines[key], !watch.isUnsupported else { return }
        pipelines[key]?.isUnsupported = true
        pipelines[key]?.executions.recheck = nil
        executionReads.remove(key)
        turn.report(.pipelineUnsupported(context(of: key)))
        turn.add(.dropRecalls(key))
        for episode in watch.stages.values.sorted() { turn.add(.forget(episode)) }
    }
}

extension TargetWatch {
    /// Takes the account that a definition names.
    mutating func learn(_ definition: PipelineDefinition) {
        account = definition.account ?? account
        lastAccount = account ?? lastAccount
        partition = definition.partition ?? partition
    }
}
