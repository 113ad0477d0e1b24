/// The steps that happen by themselves when they are due.
extension ServiceModel.PipelineRecord {
    /// Whether a step still applies; one that does not is dropped without effect.
    ///
    /// Without a call of its own, a look at the agenda copies no record.
    @inline(__always)
    func isCurrent(_ step: Step, at time: ModelTime) -> Bool {
        switch step {
        case .finish(let execution, let run), .timeOut(let execution, let run):
            executions[execution].actionRuns[run].isOpen
        case .settle(let execution, let run):
            executions[execution].actionRuns[run].status == .inProgress
                && executions[execution].actionRuns[run].ending != nil
        case .abandon(let execution): executions[execution].isAbandoning
        case .nativeRetry(let execution, let stage), .nativeRollback(let execution, let stage):
            self[execution, stage].nativeDue == time
        case .judge(let place, let execution, let stage):
            self[execution, stage][place].map { $0.status == .inProgress && $0.due == time }
                == true
        case .admit, .outside: true
        }
    }

    /// Ends an action run; an approval's stage continues some time later.
    ///
    /// An answer dates the run in the state. An approval that failed by itself has no date.
    mutating func end(
        _ execution: Int,
        run place: Int,
        as status: ServiceModel.ActionStatus,
        by person: String?,
        _ context: inout ModelContext
    ) {
        guard executions[execution].actionRuns[place].token != nil else {
            finish(execution, run: place, as: status, &context)
            return
        }
        executions[execution].actionRuns[place].updatedBy = person
        if person != nil { executions[execution].actionRuns[place].changed = context.now }
        let delay = context.draw(.approvalSettles)
        guard delay > .zero else {
            finish(execution, run: place, as: status, &context)
            return
        }
        executions[execution].actionRuns[place].ending = status
        context.agenda.add(
            .settle(execution: execution, run: place),
            pipeline: index,
            at: context.now + delay
        )
    }

    /// The stage learns of its approval's end.
    mutating func settle(_ execution: Int, run place: Int, _ context: inout ModelContext) {
        guard let status = executions[execution].actionRuns[place].ending else { return }
        finish(execution, run: place, as: status, &context)
    }

    /// Ends an action run and lets its stage continue.
    private mutating func finish(
        _ execution: Int,
        run place: Int,
        as status: ServiceModel.ActionStatus,
        _ context: inout ModelContext
    ) {
        executions[execution].actionRuns[place].status = status
        executions[execution].actionRuns[place].updated = context.now
        executions[execution].actionRuns[place].ending = nil
        if executions[execution].actionRuns[place].token == nil {
            executions[execution].actionRuns[place].changed = context.now
        }
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

    /// An attempt ends as scripted.
    mutating func finishAsScripted(
        _ execution: Int,
        run place: Int,
        _ context: inout ModelContext
    ) {
        let attempt = executions[execution].actionRuns[place].attempt
        let isApproval = executions[execution].actionRuns[place].token != nil
        let reviewer = "reviewer"
        let id = executions[execution].id
        var summary = attempt.summary
        var status = ServiceModel.ActionStatus.succeeded
        var isAnswered = isApproval
        switch attempt.result {
        case .succeed, .approve:
            if isApproval {
                summary = summary ?? "Approved by \(context.person(reviewer))"
            } else {
                summary = summary ?? action(execution, place).successSummary(execution: id)
            }
        case .reject:
            status = .failed
            summary = summary ?? "Rejected by \(context.person(reviewer))"
        case .fail:
            // An approval fails by itself when its notification failed.
            status = .failed
            isAnswered = false
            executions[execution].actionRuns[place].errorCode = attempt.code
            executions[execution].actionRuns[place].errorMessage = attempt.message
        case .hang:
            preconditionFailure("an attempt that hangs has no end on the agenda")
        }
        executions[execution].actionRuns[place].summary = summary
        let person = isAnswered ? context.person(reviewer) : nil
        end(execution, run: place, as: status, by: person, &context)
    }

    /// An action ran longer than its timeout.
    mutating func timeOut(_ execution: Int, run place: Int, _ context: inout ModelContext) {
        executions[execution].actionRuns[place].errorCode = "JobFailed"
        executions[execution].actionRuns[place].errorMessage = "The action timed out."
        end(execution, run: place, as: .failed, by: nil, &context)
    }

    /// The action that a run is of, as declared.
    func action(_ execution: Int, _ place: Int) -> ServiceModel.Action {
        let run = executions[execution].actionRuns[place]
        return stageDefinition(execution, run.stageIndex).actions[run.actionIndex]
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
        self[execution, stage].onFailure = nil
        for action in self[execution, stage].progress.indices {
            let isLost = self[execution, stage].progress[action].isLost
            if mode == .allActions || isLost {
                self[execution, stage].progress[action] = .waiting
                clear(action, of: execution, stage, mode, &context)
            }
        }
        setStatus(.inProgress, of: execution, &context)
        // A stop came before it was known whether the execution may enter.
        if self[execution, stage].beforeEntry?.status == .cancelled {
            evaluate(.beforeEntry, of: execution, stage, &context)
        } else {
            drive(execution, stage, &context)
        }
    }

    /// Removes the old run of an action from the state, immediately or after a while.
    private mutating func clear(
        _ action: Int,
        of execution: Int,
        _ stage: Int,
        _ mode: ServiceModel.RetryMode,
        _ context: inout ModelContext
    ) {
        let declared = stageDefinition(execution, stage)
        guard executions[execution].mode != .parallel, let record = recordIndex(declared.name),
            let place = actionPlace(declared.actions[action].name, in: record)
        else { return }
        let delay =
            mode == .allActions ? .zero : context.draw(.oldRunShows)
        let old = stages[record].actions[place]?.run
        stages[record].actions[place] = ServiceModel.ShownRun(
            run: nil,
            old: delay > .zero ? old : nil,
            oldUntil: context.now + delay
        )
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
        let version = version
        return executions.indices.last {
            executions[$0].type == .standard && executions[$0].version == version
                && executions[$0].runs[place]?.status == .succeeded
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

extension ServiceModel.StageRecord {
    /// An execution has entered: no action has a run that shows.
    mutating func showNothing() {
        for place in actions.indices { actions[place] = nil }
        pollingFailures = [:]
    }

    /// An action has started a run.
    mutating func show(_ run: ServiceModel.RunReference, at place: Int) {
        var shown = actions[place] ?? ServiceModel.ShownRun(oldUntil: .distantPast)
        shown.run = run
        actions[place] = shown
    }
}

extension ServiceModel.Action {
    /// The provider's id of a run, as far as it was recorded; a made-up one else.
    ///
    /// `logs` is the beginning of the ARNs of CloudWatch Logs, up to the account.
    func externalID(
        of run: String,
        pipeline: String,
        execution: String,
        logs: String
    ) -> String {
        switch (category, provider) {
        case (.approval, _): run
        case (.source, "S3"): Self.revision(of: execution)
        case (.deploy, "S3"): "\(pipeline)-site/site.zip"
        case (_, "StepFunctions"):
            (configuration["StateMachineArn"] ?? "")
                .replacing(":stateMachine:", with: ":execution:") + ":\(run)"
        case (_, "Commands"):
            "\(logs):log-group:/aws/codepipeline/\(pipeline):log-stream:\(run)"
        case (_, "CodeDeploy"), (_, "CodeDeployToECS"): "d-\(Self.short(run))"
        case (_, "ServiceCatalog"): "rec-\(Self.short(run))"
        case (_, "CodeBuild"):
            (runsBatch ? Self.batchPrefix : "")
                + "\(configuration["ProjectName"] ?? pipeline):\(run)"
        case _: "\(pipeline):\(run)"
        }
    }

    /// What the ids of CodeBuild's batches begin with in CodePipeline.
    static let batchPrefix = "build-batch/"

    /// Whether it runs a batch of builds.
    var runsBatch: Bool { provider == "CodeBuild" && configuration["BatchEnabled"] == "true" }

    /// A run's id, without its dashes and in capitals, as other services have shorter ones.
    private static func short(_ run: String) -> String {
        revision(of: run).uppercased()
    }

    /// The revision that a source gives an execution: every execution has its own.
    static func revision(of execution: String) -> String {
        String(decoding: execution.utf8.filter { $0 != UInt8(ascii: "-") }, as: UTF8.self)
    }

    /// A provider's summary of a run that succeeded; nil: none.
    func successSummary(execution: String) -> String? {
        switch (category, provider) {
        case (.source, "S3"): "Amazon S3 version id: \(Self.revision(of: execution))"
        case (.deploy, "S3"): "Deployment Succeeded"
        case _: nil
        }
    }
}
