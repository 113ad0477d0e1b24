/// Stop, update and approval in one pipeline.
extension ServiceModel.PipelineRecord {
    /// Stops an execution that runs or waits.
    mutating func stop(
        _ execution: Int,
        abandon: Bool,
        reason: String?,
        _ context: inout ModelContext
    ) {
        executions[execution].stopReason = reason
        if executions[execution].isWaiting {
            // It stays visible in front of the stage, as Stopped, until another one arrives.
            executions[execution].isWaiting = false
            setStatus(.stopped, of: execution, at: context.now)
            return
        }
        let stage = executions[execution].stage
        executions[execution].isStopping = true
        self[execution, stage].status = .stopping
        setStatus(.stopping, of: execution, at: context.now)
        if abandon {
            abandonRuns(execution, stage, context.now)
        }
        drive(execution, stage, &context)
    }

    private mutating func abandonRuns(_ execution: Int, _ stage: Int, _ now: ModelTime) {
        for action in self[execution, stage].progress.indices {
            guard case .running(let place) = self[execution, stage].progress[action] else {
                continue
            }
            self[execution, stage].progress[action] = .abandoned(place)
            executions[execution].actionRuns[place].status = .abandoned
            executions[execution].actionRuns[place].updated = now
        }
    }

    /// Takes a new version: pending executions end at once, running ones after their actions;
    /// those of PARALLEL mode run on.
    mutating func update(
        _ definition: ServiceModel.Definition,
        _ context: inout ModelContext
    ) {
        let old = self.definition
        for execution in executions.indices
        where executions[execution].status.isActive && executions[execution].mode != .parallel {
            if executions[execution].isWaiting {
                executions[execution].isWaiting = false
                setStatus(.cancelled, of: execution, at: context.now)
            } else {
                executions[execution].isCancelling = true
            }
        }
        definitions.append(definition)
        updated = context.now
        let former = stages
        stages = definition.stages.map { stage in
            Self.carryOver(stage, from: former, old)
        }
        for execution in executions.indices
        where executions[execution].isCancelling && executions[execution].status.isActive {
            drive(execution, executions[execution].stage, &context)
        }
        for stage in stages {
            dropNative(stage, &context)
        }
    }

    /// An update ends the stage's own reaction to a failure: the definition has changed.
    private mutating func dropNative(
        _ stage: ServiceModel.StageRecord,
        _ context: inout ModelContext
    ) {
        guard let visit = stage.latest, run(visit)?.nativeDue != nil else { return }
        self[visit.execution, visit.stage].nativeDue = nil
        release(stage.name, &context)
    }

    /// A stage keeps what it shows when a stage of its name was there before.
    private static func carryOver(
        _ stage: ServiceModel.Stage,
        from former: [ServiceModel.StageRecord],
        _ old: ServiceModel.Definition
    ) -> ServiceModel.StageRecord {
        var record = ServiceModel.StageRecord(
            name: stage.name,
            actions: Array(repeating: nil, count: stage.actions.count)
        )
        guard let place = former.firstIndex(where: { $0.name == stage.name }) else {
            return record
        }
        record.latest = former[place].latest
        record.inbound = former[place].inbound
        record.transition = former[place].transition
        for (index, action) in stage.actions.enumerated() {
            let before = old.stages[place].actions.firstIndex { $0.name == action.name }
            record.actions[index] = before.flatMap { former[place].actions[$0] }
        }
        return record
    }

    /// The approval that a token belongs to, the newest execution first.
    func approval(
        stage: String,
        action: String,
        token: String
    ) -> ServiceModel.RunReference? {
        for execution in executions.indices.reversed() {
            let place = executions[execution].actionRuns.lastIndex {
                $0.token == token && $0.stage == stage && $0.action == action
            }
            if let place {
                return ServiceModel.RunReference(execution: execution, run: place)
            }
        }
        return nil
    }
}
