import CodePipelineSimulator
import RetryCore

/// The laws for the end, when nothing goes wrong any more.
extension Oracle {
    /// The failed stages and open episodes that still wait for their outcome.
    func unfinished(_ model: ServiceModel, _ world: World) -> [EpisodeKey] {
        var open: Set<EpisodeKey> = []
        for place in cases.indices
        where cases.values[place].isSeen && cases.values[place].outcomes == 0 {
            open.insert(cases.keys[place])
        }
        var held: Set<EpisodeKey> = []
        for pipeline in world.allKeys {
            open.formUnion(unfinishedHistories(of: pipeline, world))
            guard let stages = world.truth(of: pipeline) else { continue }
            for (name, truth) in stages {
                guard let execution = truth.execution else { continue }
                let key = EpisodeKey(pipeline: pipeline, stage: name, execution: execution)
                if truth.status == .failed, cases[key]?.outcomes ?? 0 == 0 { open.insert(key) }
                // A stage that waits for a person has not failed for good.
                let hangs = truth.status == .inProgress || truth.status == .stopping
                if hangs || truth.isParallel { held.insert(key) }
            }
        }
        for key in open where cases[key]?.isOfHistory == true {
            // One that runs again, or waits for a person, has not failed for good.
            let now = world.places.now(key, world.configuration, model).own?.status
            if now == .inProgress || now == .stopping { held.insert(key) }
        }
        return open.subtracting(held).filter { !isHeld($0, world.configuration) }.sorted()
    }

    /// The holds that only a person ends.
    private func isHeld(_ key: EpisodeKey, _ configuration: Configuration) -> Bool {
        let target = configuration.targets.first { $0.name == key.pipeline.target }
        guard let policy = configuration.policy(of: key) else {
            return cases[key]?.isSeen != true
        }
        return policy.shadow || policy.paused || configuration.dryRun || target?.paused == true
    }
}

extension World {
    /// The current truth; nil for a missing pipeline.
    func truth(of key: PipelineKey) -> [StageName: StageTruth]? {
        let name = places.name(of: key, configuration)
        let revision = model.stateRevision(of: name)
        if let read = kept[Places.spot(key, name)]?.state(at: revision, of: model, wire) {
            return read.stages
        }
        do throws(ServiceError) {
            return try model.truth(of: name)
        } catch {
            return nil
        }
    }
}
