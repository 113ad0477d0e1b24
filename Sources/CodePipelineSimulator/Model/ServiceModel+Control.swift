/// The operations that change a pipeline, other than the retry.
extension ServiceModel {
    /// StartPipelineExecution: returns the new execution's id.
    ///
    /// The same request token gives the same execution again.
    @discardableResult
    package mutating func startExecution(
        pipeline: String,
        trigger: String = "StartPipelineExecution",
        requestToken: String? = nil,
        caller: Caller = .client("simulation"),
        at time: ModelTime
    ) throws(ServiceError) -> String {
        advance(to: time)
        let result = run { model throws(ServiceError) in
            let place = try model.place(of: pipeline)
            if let requestToken, let id = model.pipelines[place].requestTokens[requestToken] {
                return id
            }
            try model.checkLimit(model.pipelines[place])
            let execution = model.pipelines[place].makeExecution(
                type: .standard,
                trigger: trigger,
                detail: model.pipelines[place].detail(of: trigger, by: caller, model.context),
                stage: 0,
                &model.context
            )
            let id = model.pipelines[place].executions[execution].id
            if let requestToken {
                model.pipelines[place].requestTokens[requestToken] = id
            }
            model.pipelines[place].arrive(execution, at: 0, &model.context)
            return id
        }
        log("StartPipelineExecution", pipeline, nil, execution: id(result), caller, result)
        return try result.get()
    }

    /// StopPipelineExecution: ends the running actions (`abandon`) or lets them finish first.
    package mutating func stopExecution(
        pipeline: String,
        execution: String,
        abandon: Bool = false,
        reason: String? = nil,
        caller: Caller = .client("simulation"),
        at time: ModelTime
    ) throws(ServiceError) {
        advance(to: time)
        let result = run { model throws(ServiceError) in
            let place = try model.place(of: pipeline)
            guard let number = model.pipelines[place].indexByID[execution] else {
                throw .notStoppable(execution, pipeline: pipeline)
            }
            try model.stop(place, number, abandon: abandon, reason: reason)
        }
        log("StopPipelineExecution", pipeline, nil, execution: execution, caller, result)
        try result.get()
    }

    private mutating func stop(
        _ place: Int,
        _ number: Int,
        abandon: Bool,
        reason: String?
    ) throws(ServiceError) {
        let execution = pipelines[place].executions[number]
        switch execution.status {
        case .inProgress: break
        case .stopping where execution.isAbandoning:
            throw .notStoppable(execution.id, pipeline: pipelines[place].name)
        case .stopping where abandon: break
        case .stopping: throw .duplicateStop(execution.id, pipeline: pipelines[place].name)
        case .cancelled, .stopped, .succeeded, .superseded, .failed:
            throw .notStoppable(execution.id, pipeline: pipelines[place].name)
        }
        pipelines[place].stop(number, abandon: abandon, reason: reason, &context)
    }

    /// UpdatePipeline: the next version; running executions end as Cancelled.
    ///
    /// Returns the new version.
    @discardableResult
    package mutating func updatePipeline(
        _ definition: Definition,
        caller: Caller = .client("simulation"),
        at time: ModelTime
    ) throws(ServiceError) -> Int {
        advance(to: time)
        let result = run { model throws(ServiceError) in
            let place = try model.place(of: definition.name)
            model.pipelines[place].update(definition, &model.context)
            return model.pipelines[place].version
        }
        log("UpdatePipeline", definition.name, nil, execution: nil, caller, result)
        return try result.get()
    }

    /// DisableStageTransition or EnableStageTransition for the gate into a stage.
    package mutating func setTransition(
        pipeline: String,
        stage: String,
        isEnabled: Bool,
        reason: String? = nil,
        caller: Caller = .client("simulation"),
        at time: ModelTime
    ) throws(ServiceError) {
        advance(to: time)
        let result = run { model throws(ServiceError) in
            let place = try model.place(of: pipeline)
            let record = try model.stagePlace(stage, of: place)
            model.pipelines[place].stages[record].transition = Transition(
                isEnabled: isEnabled,
                changedBy: model.context.name(of: caller),
                changedAt: model.now,
                reason: isEnabled ? nil : reason
            )
            model.pipelines[place].admit(record, &model.context)
        }
        let operation = isEnabled ? "EnableStageTransition" : "DisableStageTransition"
        log(operation, pipeline, stage, execution: nil, caller, result)
        try result.get()
    }

    /// PutApprovalResult: ends a waiting approval.
    package mutating func answerApproval(
        pipeline: String,
        stage: String,
        action: String,
        token: String,
        approve: Bool,
        summary: String,
        caller: Caller = .client("simulation"),
        at time: ModelTime
    ) throws(ServiceError) {
        advance(to: time)
        let result = run { model throws(ServiceError) in
            let place = try model.place(of: pipeline)
            let record = try model.stagePlace(stage, of: place)
            let actions = model.pipelines[place].definition.stages[record].actions
            guard actions.contains(where: { $0.name == action }) else {
                throw .noAction(action, stage: stage)
            }
            guard
                let found = model.pipelines[place].approval(
                    stage: stage,
                    action: action,
                    token: token
                )
            else { throw .invalidApprovalToken }
            let holder = model.pipelines[place].executions[found.execution]
            let run = holder.actionRuns[found.run]
            if run.isWithdrawn || holder.isAbandoning { throw .approvalOutdated(pipeline) }
            guard run.isOpen else { throw .approvalCompleted }
            if !summary.isEmpty, summary.allSatisfy(\.isWhitespace) {
                throw .summaryRequired(action, stage: stage)
            }
            if !summary.isEmpty {
                model.pipelines[place].executions[found.execution].actionRuns[found.run]
                    .summary = summary
            }
            model.pipelines[place].end(
                found.execution,
                run: found.run,
                as: approve ? .succeeded : .failed,
                by: model.context.name(of: caller),
                &model.context
            )
        }
        log("PutApprovalResult", pipeline, stage, execution: nil, caller, result)
        try result.get()
    }

    /// RollbackStage: a new execution of type ROLLBACK; returns its id.
    ///
    /// Without a target the newest execution that succeeded in the stage is taken.
    @discardableResult
    package mutating func rollback(
        pipeline: String,
        stage: String,
        target: String? = nil,
        caller: Caller = .client("simulation"),
        at time: ModelTime
    ) throws(ServiceError) -> String {
        advance(to: time)
        let result = run { model throws(ServiceError) in
            let place = try model.place(of: pipeline)
            let record = try model.stagePlace(stage, of: place)
            let number = try model.checkedTarget(place, record, target)
            let execution = model.pipelines[place].rollBack(
                record,
                to: number,
                trigger: "ManualRollback",
                detail: "{\"AwsUserArn\":\"\(model.context.name(of: caller))\"}",
                &model.context
            )
            return model.pipelines[place].executions[execution].id
        }
        log("RollbackStage", pipeline, stage, execution: id(result), caller, result)
        return try result.get()
    }

    private func checkedTarget(
        _ place: Int,
        _ record: Int,
        _ target: String?
    ) throws(ServiceError) -> Int {
        let pipeline = pipelines[place]
        let stage = pipeline.stages[record].name
        guard
            let number = try target.map({ target throws(ServiceError) in
                try executionPlace(target, of: place)
            }) ?? pipeline.rollbackTarget(stage: stage)
        else { throw .unableToRollback("No execution has succeeded in the stage '\(stage)'.") }
        let execution = pipeline.executions[number]
        guard execution.version == pipeline.version else {
            throw .rollbackOutdated(pipeline.name)
        }
        guard execution.type == .standard, execution.runs[record]?.status == .succeeded else {
            throw .rollbackTargetNotDone(execution.id, stage: stage)
        }
        guard pipeline.definition.executionMode == .parallel || !pipeline.isLocked(record) else {
            throw .unableToRollback(
                "Pipeline '\(pipeline.name)' cannot start rollback since stage \(stage) is in "
                    + "progress."
            )
        }
        return number
    }

    /// An execution that fails before it reaches a stage, such as by a variable without a value.
    @discardableResult
    package mutating func failExecution(
        pipeline: String,
        reason: String,
        trigger: String = "StartPipelineExecution",
        at time: ModelTime
    ) throws(ServiceError) -> String {
        advance(to: time)
        let place = try place(of: pipeline)
        return pipelines[place].failAtOnce(reason, trigger, &context)
    }

    /// A source action that cannot be read when it is polled: no execution results.
    package mutating func failSource(
        pipeline: String,
        stage: String,
        action: String,
        code: String,
        message: String,
        at time: ModelTime
    ) throws(ServiceError) {
        advance(to: time)
        let place = try place(of: pipeline)
        let record = try stagePlace(stage, of: place)
        guard let shown = pipelines[place].actionPlace(action, in: record) else {
            throw .noAction(action, stage: stage)
        }
        pipelines[place].stages[record].pollingFailures[shown] =
            PollingFailure(code: code, message: message, at: now)
    }

    /// Makes retries of a pipeline answer ConflictException until a time.
    package mutating func holdBusy(pipeline: String, until: ModelTime, at time: ModelTime) {
        advance(to: time)
        guard let place = places[pipeline] else { return }
        pipelines[place].busyUntil = until
    }

    /// Runs a change and returns its outcome as a value, so that it can be logged first.
    private mutating func run<Value>(
        _ change: (inout ServiceModel) throws(ServiceError) -> Value
    ) -> Result<Value, ServiceError> {
        do throws(ServiceError) {
            return .success(try change(&self))
        } catch {
            return .failure(error)
        }
    }

    private func id(_ result: Result<String, ServiceError>) -> String? {
        guard case .success(let id) = result else { return nil }
        return id
    }

    private mutating func log<Value>(
        _ operation: String,
        _ pipeline: String,
        _ stage: String?,
        execution: String?,
        _ caller: Caller,
        _ result: Result<Value, ServiceError>
    ) {
        let outcome: ServedCall.Outcome
        switch result {
        case .success: outcome = .accepted
        case .failure(let error): outcome = .refused(error.code)
        }
        record(
            ServedCall(
                time: now,
                operation: operation,
                caller: caller,
                pipeline: pipeline,
                stage: stage,
                execution: execution,
                mode: nil,
                outcome: outcome,
                effectiveRetry: nil
            )
        )
    }
}
