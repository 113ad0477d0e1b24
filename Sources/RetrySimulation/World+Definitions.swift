import CodePipelineSimulator
import RetryCore

/// People who rebuild pipelines.
extension World {
    mutating func actOnDefinitions() {
        let names = model.pipelineNames.filter { Places.isAtHome($0) }
        guard let name = names.isEmpty ? nil : laterRNG.pick(names) else { return }
        if laterRNG.chance(plan.chance(.restructure, 0.15)) { restructure(name) }
        if names.count > 1, laterRNG.chance(plan.chance(.deletion, 0.08)) { delete(name) }
    }

    /// Deletes a pipeline; another one of its name is created later.
    private mutating func delete(_ name: String) {
        trace.note("\(name) is deleted", at: clock.time)
        model.deletePipeline(name, at: clock.modelTime)
        let index = scenario.pipelines.firstIndex { $0.definition.name == name }
        guard let index else { return }
        timetable.add(.creation(index), at: clock.time + laterRNG.span(1000...1_800_000))
    }

    private mutating func restructure(_ name: String) {
        do throws(ServiceError) {
            var definition = try model.definition(of: name)
            let change = change(&definition)
            trace.note("\(name): \(change)", at: clock.time)
            try model.updatePipeline(definition, caller: .human, at: clock.modelTime)
        } catch {
            // The pipeline no longer exists: nothing changes.
            trace.note("\(error.code)", at: clock.time)
        }
    }

    /// Changes a definition in one way; returns a description.
    private mutating func change(_ definition: inout ServiceModel.Definition) -> String {
        let last = definition.stages.count - 1
        switch laterRNG.number(0...4) {
        case 0:
            let isParallel = isAllParallel || parallelRNG.chance(0.4)
            let other: ServiceModel.ExecutionMode = isParallel ? .parallel : .queued
            definition.executionMode = definition.executionMode == other ? .superseded : other
            return "runs \(definition.executionMode.rawValue)"
        case 1 where last > 1:
            return "loses the stage \(definition.stages.removeLast().name)"
        case 2:
            definition.stages[last].name += "2"
            return "has a stage \(definition.stages[last].name) now"
        case 3 where last < 3:
            var stage = definition.stages[last]
            stage.name = "Stage\(last)"
            definition.stages.append(stage)
            return "gets the stage \(stage.name)"
        case _:
            definition.stages[last].actions[0].provider = "Jenkins"
            definition.stages[last].failureCondition = nil
            definition.stages[last].onFailure = laterRNG.pick([nil, .rollback, .skip, .fail])
            return "does something else in \(definition.stages[last].name)"
        }
    }
}
