/// How an execution reaches a stage, runs it and leaves it.
extension ServiceModel.PipelineRecord {
    /// Creates an execution; the caller lets it arrive at, or enter, its first stage.
    mutating func makeExecution(
        type: ServiceModel.ExecutionType,
        trigger: String,
        detail: String,
        target: String? = nil,
        stage: Int,
        _ context: inout ModelContext
    ) -> Int {
        let number = executions.count
        let execution = ServiceModel.Execution(
            id: context.ids.uuid(),
            number: number,
            ordinal: standardCount,
            version: version,
            mode: definition.executionMode,
            type: type,
            trigger: trigger,
            triggerDetail: detail,
            rollbackTarget: target,
            started: context.now,
            appears: context.now + context.draw(.executionAppears),
            updated: context.now,
            stage: stage,
            runs: Array(repeating: nil, count: definition.stages.count)
        )
        if type == .standard {
            standardCount += 1
        }
        indexByID[execution.id] = number
        executions.append(execution)
        return number
    }

    /// An execution has arrived in front of a stage.
    mutating func arrive(_ execution: Int, at stage: Int, _ context: inout ModelContext) {
        executions[execution].stage = stage
        let name = stageDefinition(execution, stage).name
        guard executions[execution].mode != .parallel, let record = recordIndex(name) else {
            enter(execution, stage: stage, &context)
            return
        }
        executions[execution].isWaiting = true
        stages[record].inbound = stages[record].inbound.filter { isLiveInbound($0) }
        if executions[execution].mode == .superseded {
            supersede(in: record, by: execution, context.now)
        } else {
            stages[record].inbound.append(execution)
        }
        admit(record, &context)
    }

    /// Keeps the newest of the executions in front of a stage.
    private mutating func supersede(in record: Int, by arriving: Int, _ now: ModelTime) {
        let all = stages[record].inbound + [arriving]
        let newest = all.max() ?? arriving
        for other in all where other != newest {
            executions[other].isWaiting = false
            setStatus(.superseded, of: other, at: now)
        }
        stages[record].inbound = [newest]
    }

    /// Whether an inbound execution can still enter; stopped and cancelled ones are only shown.
    func isLiveInbound(_ execution: Int) -> Bool {
        executions[execution].isWaiting && executions[execution].status == .inProgress
    }

    /// Whether an execution holds the lock of a stage.
    func isLocked(_ record: Int) -> Bool {
        guard let visit = stages[record].latest, let run = run(visit) else { return false }
        return run.status.holdsLock || run.nativeDue != nil
    }

    /// Lets the next execution in if the gate is open and the stage is not locked.
    mutating func admit(_ record: Int, _ context: inout ModelContext) {
        guard stages[record].transition.isEnabled, !isLocked(record) else { return }
        guard let next = stages[record].inbound.first(where: { isLiveInbound($0) }) else { return }
        stages[record].inbound = stages[record].inbound.filter {
            $0 != next && isLiveInbound($0)
        }
        enter(next, stage: executions[next].stage, &context)
    }

    /// A stage is free again: the next execution enters after the hand-over time.
    mutating func release(_ stage: String, _ context: inout ModelContext) {
        guard context.timing.handover > .zero else {
            if let record = recordIndex(stage) {
                admit(record, &context)
            }
            return
        }
        context.agenda.add(
            .admit(stage: stage),
            pipeline: index,
            at: context.now + context.timing.handover
        )
    }

    /// An execution takes a stage.
    mutating func enter(_ execution: Int, stage: Int, _ context: inout ModelContext) {
        let definition = stageDefinition(execution, stage)
        executions[execution].isWaiting = false
        executions[execution].stage = stage
        executions[execution].runs[stage] = ServiceModel.StageRun(
            actions: definition.actions.count
        )
        if executions[execution].mode != .parallel, let record = recordIndex(definition.name) {
            stages[record].latest = ServiceModel.Visit(execution: execution, stage: stage)
            stages[record].showNothing()
        }
        if definition.beforeEntry != nil {
            evaluate(.beforeEntry, of: execution, stage, &context)
        } else {
            drive(execution, stage, &context)
        }
    }

    /// Starts everything that can start in a stage and ends the stage when nothing is left to do.
    mutating func drive(_ execution: Int, _ stage: Int, _ context: inout ModelContext) {
        let run = self[execution, stage]
        guard run.status.holdsLock else { return }
        if executions[execution].isStopping || executions[execution].isCancelling {
            if !run.hasRunning {
                halt(execution, stage, &context)
            }
            return
        }
        let actions = stageDefinition(execution, stage).actions
        let open = actions.indices.filter { !run.progress[$0].isSucceeded }
        guard let order = open.map({ actions[$0].runOrder }).min() else {
            succeed(execution, stage, &context)
            return
        }
        let group = open.filter { actions[$0].runOrder == order }
        for action in group where run.progress[action] == .waiting {
            startAction(execution, stage, action, &context)
        }
        let after = self[execution, stage]
        if !after.hasRunning {
            failByAction(execution, stage, &context)
        }
    }

    private mutating func startAction(
        _ execution: Int,
        _ stage: Int,
        _ action: Int,
        _ context: inout ModelContext
    ) {
        let stageName = stageDefinition(execution, stage).name
        let declared = stageDefinition(execution, stage).actions[action]
        let number = self[execution, stage].attempts[action]
        let attempt = script.attempt(
            of: declared,
            in: stageName,
            ordinal: executions[execution].ordinal,
            number: number,
            isRollback: executions[execution].type == .rollback
        )
        let place = executions[execution].actionRuns.count
        let id = context.ids.uuid()
        let isApproval = declared.category == .approval
        executions[execution].actionRuns.append(
            ServiceModel.ActionRun(
                start: ServiceModel.ActionStart(
                    id: id,
                    sequence: context.nextRun,
                    stage: stageName,
                    stageIndex: stage,
                    action: declared.name,
                    actionIndex: action,
                    attempt: attempt,
                    started: context.now,
                    token: isApproval ? id : nil,
                    externalID: declared.externalID(
                        of: id,
                        pipeline: name,
                        execution: executions[execution].id,
                        logs: context.arn("logs")
                    )
                ),
                updated: context.now,
                appears: context.now + context.draw(.runAppears),
                changed: isApproval ? nil : context.now
            )
        )
        context.nextRun += 1
        self[execution, stage].attempts[action] = number + 1
        self[execution, stage].progress[action] = .running(place)
        if executions[execution].mode != .parallel, let record = recordIndex(stageName),
            let shown = actionPlace(declared.name, in: record)
        {
            let run = ServiceModel.RunReference(execution: execution, run: place)
            stages[record].show(run, at: shown)
        }
        plan(execution, place, declared.timeout, &context)
    }

    /// Puts the end of an attempt, and its timeout, on the agenda.
    private mutating func plan(
        _ execution: Int,
        _ place: Int,
        _ timeout: Duration?,
        _ context: inout ModelContext
    ) {
        let attempt = executions[execution].actionRuns[place].attempt
        if attempt.result != .hang {
            context.agenda.add(
                .finish(execution: execution, run: place),
                pipeline: index,
                at: context.now + attempt.after
            )
        }
        if let timeout, attempt.result == .hang || attempt.after > timeout {
            context.agenda.add(
                .timeOut(execution: execution, run: place),
                pipeline: index,
                at: context.now + timeout
            )
        }
    }

    /// The position of an action in the current definition of a stage.
    func actionPlace(_ action: String, in record: Int) -> Int? {
        definition.stages[record].actions.firstIndex { $0.name == action }
    }

    /// All actions succeeded.
    private mutating func succeed(
        _ execution: Int,
        _ stage: Int,
        _ context: inout ModelContext
    ) {
        if stageDefinition(execution, stage).onSuccess != nil {
            evaluate(.onSuccess, of: execution, stage, &context)
        } else {
            leave(execution, stage, as: .succeeded, &context)
        }
    }

    /// The execution has finished a stage and continues.
    mutating func leave(
        _ execution: Int,
        _ stage: Int,
        as status: ServiceModel.StageStatus,
        _ context: inout ModelContext
    ) {
        self[execution, stage].status = status
        self[execution, stage].nativeDue = nil
        let name = stageDefinition(execution, stage).name
        let isLast = stage + 1 == definition(of: execution).stages.count
        if isLast || executions[execution].type == .rollback {
            setStatus(.succeeded, of: execution, &context)
        } else {
            setStatus(.inProgress, of: execution, at: context.now)
            arrive(execution, at: stage + 1, &context)
        }
        guard executions[execution].mode != .parallel else { return }
        release(name, &context)
    }

    /// An action failed: the stage's onFailure applies, once, and not in a rollback.
    private mutating func failByAction(
        _ execution: Int,
        _ stage: Int,
        _ context: inout ModelContext
    ) {
        var reaction: Step?
        if executions[execution].type == .standard {
            if stageDefinition(execution, stage).failureCondition != nil {
                self[execution, stage].status = .failed
                setStatus(.failed, of: execution, &context)
                evaluate(.onFailure, of: execution, stage, &context)
                return
            }
            switch stageDefinition(execution, stage).onFailure {
            case .retry where self[execution, stage].automaticRetries == 0:
                reaction = .nativeRetry(execution: execution, stage: stage)
            case .rollback where executions[execution].mode != .parallel:
                reaction = .nativeRollback(execution: execution, stage: stage)
            case .skip:
                leave(execution, stage, as: .skipped, &context)
                return
            case .retry, .rollback, .fail, nil: break
            }
        }
        fail(execution, stage, reaction: reaction, &context)
    }

    /// The stage failed; a reaction of the service's own keeps it locked until then.
    mutating func fail(
        _ execution: Int,
        _ stage: Int,
        reaction: Step?,
        _ context: inout ModelContext
    ) {
        self[execution, stage].status = .failed
        setStatus(.failed, of: execution, &context)
        if let reaction {
            planNative(reaction, &context)
        } else if executions[execution].mode != .parallel {
            release(stageDefinition(execution, stage).name, &context)
        }
    }

    private mutating func planNative(_ step: Step, _ context: inout ModelContext) {
        let due = context.now + context.timing.nativeWindow
        switch step {
        case .nativeRetry(let execution, let stage), .nativeRollback(let execution, let stage):
            self[execution, stage].nativeDue = due
        case .finish, .timeOut, .settle, .judge, .abandon, .admit, .outside: break
        }
        context.agenda.add(step, pipeline: index, at: due)
    }

    /// A stop or an update has waited for the last running action.
    mutating func halt(_ execution: Int, _ stage: Int, _ context: inout ModelContext) {
        let isStop = executions[execution].isStopping
        self[execution, stage].status = isStop ? .stopped : .cancelled
        cancelConditions(execution, stage, context.now)
        self[execution, stage].nativeDue = nil
        if isStop {
            setStatus(.stopped, of: execution, behind: &context)
        } else {
            executions[execution].statusSummary = Self.updatedText
            setStatus(.cancelled, of: execution, at: context.now)
        }
        executions[execution].isAbandoning = false
        guard executions[execution].mode != .parallel else { return }
        release(stageDefinition(execution, stage).name, &context)
    }
}
