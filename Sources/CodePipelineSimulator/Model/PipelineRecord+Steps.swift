/// What happens by itself when its time has come.
extension ServiceModel.PipelineRecord {
    /// Whether a step still means something; one that does not is dropped without effect.
    func isCurrent(_ step: Step, at time: ModelTime) -> Bool {
        switch step {
        case .finish(let execution, let run), .timeOut(let execution, let run):
            executions[execution].actionRuns[run].status == .inProgress
        case .nativeRetry(let execution, let stage), .nativeRollback(let execution, let stage):
            self[execution, stage].nativeDue == time
        case .admit, .outside: true
        }
    }

    /// Ends an action run and lets its stage go on.
    mutating func finish(
        _ execution: Int,
        run place: Int,
        as status: ServiceModel.ActionStatus,
        by person: String?,
        _ context: inout ModelContext
    ) {
        executions[execution].actionRuns[place].status = status
        executions[execution].actionRuns[place].updated = context.now
        executions[execution].actionRuns[place].updatedBy = person
        executions[execution].updated = context.now
        let run = executions[execution].actionRuns[place]
        let progress: ServiceModel.ActionProgress
        switch status {
        case .succeeded: progress = .succeeded(place)
        case .failed: progress = .failed(place)
        case .abandoned: progress = .abandoned(place)
        case .inProgress: progress = .running(place)
        }
        self[execution, run.stageIndex].progress[run.actionIndex] = progress
        drive(execution, run.stageIndex, &context)
    }

    /// An attempt ends as its script says.
    mutating func finishAsScripted(
        _ execution: Int,
        run place: Int,
        _ context: inout ModelContext
    ) {
        let attempt = executions[execution].actionRuns[place].attempt
        let isApproval = executions[execution].actionRuns[place].token != nil
        let person = context.person("reviewer")
        var summary = attempt.summary
        var status = ServiceModel.ActionStatus.succeeded
        switch attempt.result {
        case .succeed, .approve:
            if isApproval {
                summary = summary ?? "Approved by \(person)"
            }
        case .fail, .reject:
            status = .failed
            executions[execution].actionRuns[place].errorCode = attempt.code
            executions[execution].actionRuns[place].errorMessage = attempt.message
            if isApproval {
                summary = summary ?? "Rejected by \(person)"
            }
        case .hang:
            preconditionFailure("an attempt that hangs has no end on the agenda")
        }
        executions[execution].actionRuns[place].summary = summary
        finish(execution, run: place, as: status, by: isApproval ? person : nil, &context)
    }

    /// An action ran longer than its timeout.
    mutating func timeOut(_ execution: Int, run place: Int, _ context: inout ModelContext) {
        executions[execution].actionRuns[place].errorCode = "JobFailed"
        executions[execution].actionRuns[place].errorMessage = "The action timed out."
        finish(execution, run: place, as: .failed, by: nil, &context)
    }

    /// The one automatic retry of onFailure RETRY; nil when the stage has moved on since.
    mutating func retryNatively(
        _ execution: Int,
        _ stage: Int,
        _ context: inout ModelContext
    ) -> ServiceModel.RetryMode? {
        self[execution, stage].nativeDue = nil
        let definition = stageDefinition(execution, stage)
        guard self[execution, stage].status == .failed,
            executions[execution].version == version,
            case .retry(let mode) = definition.onFailure
        else {
            release(definition.name, &context)
            return nil
        }
        self[execution, stage].automaticRetries += 1
        self[execution, stage].latestTrigger = .automated
        restart(execution, stage, mode, &context)
        return mode
    }

    /// Sets the actions of a retry back and starts them.
    mutating func restart(
        _ execution: Int,
        _ stage: Int,
        _ mode: ServiceModel.RetryMode,
        _ context: inout ModelContext
    ) {
        executions[execution].isStopping = false
        self[execution, stage].nativeDue = nil
        self[execution, stage].status = .inProgress
        self[execution, stage].onSuccess = nil
        for action in self[execution, stage].progress.indices {
            let isLost = self[execution, stage].progress[action].isLost
            if mode == .allActions || isLost {
                self[execution, stage].progress[action] = .waiting
            }
        }
        setStatus(.inProgress, of: execution, at: context.now)
        drive(execution, stage, &context)
    }

    /// The rollback of onFailure ROLLBACK or of a success condition.
    mutating func rollBackNatively(
        _ execution: Int,
        _ stage: Int,
        _ context: inout ModelContext
    ) {
        self[execution, stage].nativeDue = nil
        let name = stageDefinition(execution, stage).name
        guard self[execution, stage].status == .failed, executions[execution].version == version,
            let record = recordIndex(name),
            let target = rollbackTarget(stage: name)
        else {
            release(name, &context)
            return
        }
        rollBack(
            record,
            to: target,
            trigger: "AutomatedRollback",
            detail: executions[execution].id,
            &context
        )
    }

    /// The newest standard execution of the current version that succeeded in a stage.
    func rollbackTarget(stage: String) -> Int? {
        guard let place = definition.stageIndex(stage) else { return nil }
        return executions.lastIndex {
            $0.type == .standard && $0.version == version && $0.runs[place]?.status == .succeeded
        }
    }

    /// Starts an execution of type ROLLBACK in a stage.
    @discardableResult
    mutating func rollBack(
        _ record: Int,
        to target: Int,
        trigger: String,
        detail: String,
        _ context: inout ModelContext
    ) -> Int {
        let execution = makeExecution(
            type: .rollback,
            trigger: trigger,
            detail: detail,
            target: executions[target].id,
            stage: record,
            &context
        )
        enter(execution, stage: record, &context)
        return execution
    }
}
