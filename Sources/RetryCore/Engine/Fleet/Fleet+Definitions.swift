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
        var accepted: PipelineDefinition?
        switch answer {
        case .read(let definition, _):
            learn(definition, of: key.target, &turn)
            let isRecreated = isRecreated(key, as: definition, turn.now)
            if isRecreated || watch.accepts(definition),
                hasShownStages(definition, of: watch, turn)
            {
                // A pipeline that was made again begins with version 1, and its definition of
                // before told nothing of this one's retries.
                if let known = watch.version, let read = definition.version, read < known {
                    parallel[key]?.definedAt = nil
                }
                watch.definition = .read(packed(definition))
                watch.isDenialReported = false
                if definition.executionMode == .parallel {
                    watch.version = definition.version
                    watch.created = watch.stageless?.created ?? watch.created
                }
                // Another answer without stages asks for the definition again: it may be late.
                watch.stageless = nil
                accepted = definition
                parallel[key]?.olderSince = nil
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
        if let accepted { follow(accepted, of: key, &turn) }
        for episode in episodes(of: key) { turn.deliver(episode, .definitionRead) }
    }

    /// Whether a PARALLEL pipeline was deleted and recreated, which begins with version 1 again.
    ///
    /// No answer of its polls shows that; an older definition than the known one is late at first,
    /// and believed when it lasts.
    private mutating func isRecreated(
        _ key: PipelineKey,
        as definition: PipelineDefinition,
        _ now: Instant
    ) -> Bool {
        guard let watch = pipelines[key], watch.isParallel, watch.stageless == nil,
            let known = watch.version, let read = definition.version, read < known,
            !definition.stages.isEmpty
        else { return false }
        let since = parallel[key]?.olderSince ?? now
        parallel[key]?.olderSince = since
        return now - since >= Timing.olderDefinition
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
}

extension TargetWatch {
    /// Takes the account that a definition names.
    mutating func learn(_ definition: PipelineDefinition) {
        account = definition.account ?? account
        lastAccount = account ?? lastAccount
        partition = definition.partition ?? partition
    }
}
