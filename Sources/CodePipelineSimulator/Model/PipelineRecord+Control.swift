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
        setStatus(.stopping, of: execution, behind: &context)
        if abandon {
            executions[execution].isAbandoning = true
            let delay = context.draw(.abandonTakes)
            if delay > .zero {
                context.agenda.add(
                    .abandon(execution: execution),
                    pipeline: index,
                    at: context.now + delay
                )
            } else {
                abandonRuns(execution, stage, context.now)
            }
        }
        drive(execution, stage, &context)
    }

    /// An abandoning stop ends what still runs.
    mutating func abandon(_ execution: Int, _ context: inout ModelContext) {
        let stage = executions[execution].stage
        abandonRuns(execution, stage, context.now)
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
            if executions[execution].actionRuns[place].token != nil {
                withdraw(execution, place)
            } else {
                executions[execution].actionRuns[place].changed = now
            }
        }
    }

    /// Takes a new version: pending executions end immediately, running ones after their actions;
    /// those of PARALLEL mode continue.
    mutating func update(
        _ definition: ServiceModel.Definition,
        _ context: inout ModelContext
    ) {
        let old = self.definition
        for execution in executions.indices
        where executions[execution].status.isActive && executions[execution].mode != .parallel {
            if executions[execution].isWaiting {
                executions[execution].isWaiting = false
                executions[execution].statusSummary = Self.updatedText
                setStatus(.cancelled, of: execution, at: context.now)
            } else {
                executions[execution].isCancelling = !withdrawApprovals(execution, context)
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

    /// triggerDetail: who started an execution; of a poll, the source that was polled.
    func detail(
        of trigger: String,
        by caller: ServiceModel.Caller,
        _ context: ModelContext
    ) -> String {
        guard trigger == "PollForSourceChanges", let source = definition.stages[0].actions.first
        else { return context.name(of: caller) }
        return source.name
    }

    /// Creates an execution that has failed before any stage; returns its id.
    mutating func failAtOnce(
        _ reason: String,
        _ trigger: String,
        _ context: inout ModelContext
    ) -> String {
        let number = makeExecution(
            type: .standard,
            trigger: trigger,
            detail: context.person("simulated"),
            stage: 0,
            &context
        )
        // It does not count for the script, which counts the executions that reach a stage.
        standardCount -= 1
        executions[number].statusSummary = reason
        setStatus(.failed, of: number, at: context.now)
        return executions[number].id
    }

    /// The status summary of an execution that an update has cancelled.
    static let updatedText = "Pipeline definition was updated"

    /// The summary of an approval that was withdrawn.
    static let withdrawnText = "The approval action has been canceled."

    /// Withdraws the open approvals of an execution; returns whether it is permanently stuck with
    /// one.
    ///
    /// The service never notices that a young approval was withdrawn.
    private mutating func withdrawApprovals(
        _ execution: Int,
        _ context: ModelContext
    ) -> Bool {
        let stage = executions[execution].stage
        var isStuck = false
        for action in self[execution, stage].progress.indices {
            guard case .running(let place) = self[execution, stage].progress[action] else {
                continue
            }
            let run = executions[execution].actionRuns[place]
            guard run.token != nil, run.isOpen else { continue }
            withdraw(execution, place)
            if context.now < run.started + context.timing.approvalSticks {
                isStuck = true
            } else {
                executions[execution].actionRuns[place].status = .failed
                executions[execution].actionRuns[place].updated = context.now
                self[execution, stage].progress[action] = .failed(place)
            }
        }
        return isStuck
    }

    /// Withdraws an approval: it can no longer be answered, and has no date.
    private mutating func withdraw(_ execution: Int, _ place: Int) {
        executions[execution].actionRuns[place].isWithdrawn = true
        executions[execution].actionRuns[place].summary = Self.withdrawnText
        executions[execution].actionRuns[place].changed = nil
        executions[execution].actionRuns[place].updatedBy = nil
    }

    /// Sets a status that GetPipelineExecution shows some time later.
    mutating func setStatus(
        _ status: ServiceModel.ExecutionStatus,
        of execution: Int,
        behind context: inout ModelContext
    ) {
        let before = executions[execution].shownStatus(at: context.now)
        setStatus(status, of: execution, at: context.now)
        let delay = context.draw(.executionLags)
        if delay > .zero { executions[execution].former = (before, context.now + delay) }
    }

    /// Sets a status; in PARALLEL mode, where no state shows it, it is seen some time later.
    mutating func setStatus(
        _ status: ServiceModel.ExecutionStatus,
        of execution: Int,
        _ context: inout ModelContext
    ) {
        if executions[execution].mode == .parallel {
            setStatus(status, of: execution, behind: &context)
        } else {
            setStatus(status, of: execution, at: context.now)
        }
    }

    /// An update ends the stage's own reaction to a failure: the definition has changed.
    private mutating func dropNative(
        _ stage: ServiceModel.StageRecord,
        _ context: inout ModelContext
    ) {
        guard let visit = stage.latest, run(visit)?.nativeDue != nil else { return }
        self[visit.execution, visit.stage].nativeDue = nil
        cancelConditions(visit.execution, visit.stage, context.now)
        release(stage.name, &context)
    }

    /// A stage keeps its shown state when a stage of its name existed before.
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
            // An action that was changed shows nothing any more.
            let before = old.stages[place].actions.firstIndex { $0 == action }
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

extension ServiceModel.Execution {
    /// The status that GetPipelineExecution shows.
    func shownStatus(at now: ModelTime) -> ServiceModel.ExecutionStatus {
        if let former, now < former.until { return former.status }
        return status
    }
}
