import CodePipelineSimulator
import RetryCore

/// People who rename pipelines, stages and actions.
extension World {
    mutating func actOnNames() {
        guard shapeRNG.chance(plan.chance(.rename, 0.2)) else { return }
        let names = model.pipelineNames.filter { Places.isAtHome($0) }
        guard let name = names.isEmpty ? nil : shapeRNG.pick(names) else { return }
        switch shapeRNG.number(0...9) {
        case 0...2: renamePipeline(name)
        case 3...5: renamePart(of: name, isAction: true)
        case _: renamePart(of: name, isAction: false)
        }
    }

    /// CodePipeline cannot rename a pipeline: another one is made like it, and this one is deleted.
    private mutating func renamePipeline(_ name: String) {
        let index = scenario.pipelines.firstIndex { $0.definition.name == name }
        let former = PipelineName(name)
        let pipeline = PipelineName("\(name)r")
        guard let index, !model.pipelineNames.contains(pipeline.text) else { return }
        do throws(ServiceError) {
            var definition = try model.definition(of: name)
            definition.name = pipeline.text
            trace.note("\(name) is \(pipeline) now", at: clock.time)
            model.deletePipeline(name, at: clock.modelTime)
            places.add(pipeline, beside: former)
            add(definition, scenario.pipelines[index].script)
            createdAt[pipeline] = clock.modelTime
        } catch {
            return trace.note("\(error.code)", at: clock.time)
        }
        let targets = Set(allKeys.filter { $0.pipeline == former }.map(\.target))
        let known = Set(allKeys)
        otherKeys += targets.sorted().map { PipelineKey(target: $0, pipeline: pipeline) }
            .filter { !known.contains($0) }
        noteCreation(of: pipeline.text)
        if shapeRNG.chance(0.7) { follow(former, to: pipeline) }
    }

    /// The config file follows, where it names the pipeline.
    private mutating func follow(_ former: PipelineName, to name: PipelineName) {
        var new = configuration
        for target in new.targets.indices {
            for entry in new.targets[target].pipelines.indices
            where new.targets[target].pipelines[entry].selector == .name(former) {
                new.targets[target].pipelines[entry].selector = .name(name)
            }
        }
        if new != configuration { change("the config file names \(name)", to: new) }
    }

    /// A stage that has failed, if there is one, or one of its actions gets another name, or its
    /// old one again.
    private mutating func renamePart(of name: String, isAction: Bool) {
        do throws(ServiceError) {
            var definition = try model.definition(of: name)
            let truth = try model.truth(of: name)
            let places = definition.stages.indices.dropFirst().filter { place in
                truth[StageName(definition.stages[place].name)]?.status == .failed
            }
            let place = places.isEmpty ? definition.stages.count - 1 : shapeRNG.pick(places)
            let stage = definition.stages[place]
            let action = isAction ? shapeRNG.number(0...stage.actions.count - 1) : nil
            let old = action.map { stage.actions[$0].name } ?? stage.name
            let new = old.hasSuffix("R") ? String(old.dropLast()) : old + "R"
            let names = isAction ? stage.actions.map(\.name) : definition.stages.map(\.name)
            guard !names.contains(new) else { return }
            if let action {
                definition.stages[place].actions[action].name = new
            } else {
                definition.stages[place].name = new
            }
            let kind = isAction ? "action" : "stage"
            trace.note("\(name): \(kind) \(old) is \(new) now", at: clock.time)
            try model.updatePipeline(definition, caller: .human, at: clock.modelTime)
        } catch {
            trace.note("\(error.code)", at: clock.time)
        }
    }
}
