extension ServiceModel {
    /// Something that a person or another tool does to a pipeline, as a scenario scripts it.
    package enum OutsideAction: Hashable, Sendable {
        /// A new execution starts.
        case start
        /// The newest active execution is stopped, or the one with the given number.
        case stop(abandon: Bool, reason: String?, execution: Int? = nil)
        /// The definition gets a new version with the same structure.
        case update
        /// The definition gets a new version in another execution mode.
        case switchMode(ExecutionMode)
        /// The gate into a stage is closed.
        case disableTransition(stage: String, reason: String)
        /// The gate into a stage is opened.
        case enableTransition(stage: String)
        /// A person retries the stage's latest execution, or the one with the given number.
        case retry(stage: String, mode: RetryMode, execution: Int? = nil)
        /// A person answers the newest waiting approval of a stage, or that of an execution.
        case answer(
            stage: String,
            action: String,
            approve: Bool,
            summary: String,
            execution: Int? = nil
        )
        /// A person rolls a stage back to the newest execution that succeeded in it.
        case rollback(stage: String)
        /// An execution fails before it reaches a stage.
        case failExecution(reason: String)
        /// A polled source cannot be read.
        case failSource(stage: String, action: String, code: String, message: String)
        /// Retries of the pipeline are refused with ConflictException for a while.
        case busy(Duration)
    }

    /// Plans an outside action; one that is impossible when its time comes has no effect except an
    /// entry in the log of served calls.
    package mutating func schedule(
        _ action: OutsideAction,
        pipeline: String,
        at time: ModelTime
    ) {
        guard let place = places[pipeline] else { return }
        context.agenda.add(.outside(action), pipeline: place, at: time)
    }

    /// Retries an execution of a stage as a person would: the one with a number, or the latest; in
    /// PARALLEL mode the newest that failed there.
    @discardableResult
    package mutating func humanRetry(
        pipeline: String,
        stage: String,
        mode: RetryMode = .failedActions,
        execution: Int? = nil,
        at time: ModelTime
    ) throws(ServiceError) -> String {
        advance(to: time)
        let place = try place(of: pipeline)
        let record = try stagePlace(stage, of: place)
        let number: Int?
        if let execution {
            number = pipelines[place].standardExecution(execution)
        } else if pipelines[place].definition.executionMode == .parallel {
            number = pipelines[place].newestFailed(in: stage)
        } else {
            number = pipelines[place].stages[record].latest?.execution
        }
        let id = number.map { pipelines[place].executions[$0].id } ?? ""
        return try retry(
            pipeline: pipeline,
            stage: stage,
            execution: id,
            mode: mode,
            caller: .human,
            at: time
        )
    }

    mutating func perform(_ action: OutsideAction, on place: Int) {
        do throws(ServiceError) {
            try attempt(action, on: place)
        } catch {
            // The refusal is in the log of served calls; a script cannot react to it.
            _ = error
        }
    }

    private mutating func attempt(
        _ action: OutsideAction,
        on place: Int
    ) throws(ServiceError) {
        let name = pipelines[place].name
        switch action {
        case .start:
            try startExecution(pipeline: name, trigger: "Webhook", caller: .human, at: now)
        case .stop(let abandon, let reason, let execution):
            try stop(execution, of: place, abandon: abandon, reason: reason)
        case .update:
            try updatePipeline(pipelines[place].definition, caller: .human, at: now)
        case .switchMode(let mode):
            var definition = pipelines[place].definition
            definition.executionMode = mode
            definition.declaration = nil
            try updatePipeline(definition, caller: .human, at: now)
        case .disableTransition(let stage, let reason):
            try set(stage, of: name, isEnabled: false, reason)
        case .enableTransition(let stage): try set(stage, of: name, isEnabled: true, nil)
        case .retry(let stage, let mode, let execution):
            try humanRetry(
                pipeline: name,
                stage: stage,
                mode: mode,
                execution: execution,
                at: now
            )
        case .answer(let stage, let action, let approve, let summary, let execution):
            try answerApproval(
                pipeline: name,
                stage: stage,
                action: action,
                token: openToken(of: action, in: stage, of: execution, place) ?? "",
                approve: approve,
                summary: summary,
                caller: .human,
                at: now
            )
        case .rollback(let stage):
            try rollback(pipeline: name, stage: stage, caller: .human, at: now)
        case .failExecution(let reason):
            try failExecution(pipeline: name, reason: reason, at: now)
        case .failSource(let stage, let action, let code, let message):
            try failSource(
                pipeline: name,
                stage: stage,
                action: action,
                code: code,
                message: message,
                at: now
            )
        case .busy(let duration):
            pipelines[place].busyUntil = now + duration
        }
    }

    /// Opens or closes the gate into a stage, as a person.
    private mutating func set(
        _ stage: String,
        of pipeline: String,
        isEnabled: Bool,
        _ reason: String?
    ) throws(ServiceError) {
        try setTransition(
            pipeline: pipeline,
            stage: stage,
            isEnabled: isEnabled,
            reason: reason,
            caller: .human,
            at: now
        )
    }

    /// Stops the execution with a number, or the newest that is active, if there is one.
    private mutating func stop(
        _ execution: Int?,
        of place: Int,
        abandon: Bool,
        reason: String?
    ) throws(ServiceError) {
        let named = execution.map { pipelines[place].standardExecution($0) }
        let number =
            named
            ?? pipelines[place].executions.indices.last {
                pipelines[place].executions[$0].status.isActive
            }
        guard let number else { return }
        try stopExecution(
            pipeline: pipelines[place].name,
            execution: pipelines[place].executions[number].id,
            abandon: abandon,
            reason: reason,
            caller: .human,
            at: now
        )
    }

    /// The token of an approval that waits for an answer.
    private func openToken(
        of action: String,
        in stage: String,
        of execution: Int?,
        _ place: Int
    ) -> String? {
        let pipeline = pipelines[place]
        let named = execution.flatMap { pipeline.standardExecution($0) }
        guard execution == nil || named != nil else { return nil }
        return pipeline.executions.indices.reversed().lazy
            .filter { named == nil || $0 == named }
            .map { pipeline.executions[$0] }
            .flatMap { $0.actionRuns.reversed() }
            .first { $0.stage == stage && $0.action == action && $0.status == .inProgress }?
            .token
    }
}

extension ServiceModel.PipelineRecord {
    /// The place of a standard execution by its number in the order of starts, from 1.
    func standardExecution(_ number: Int) -> Int? {
        executions.indices.last {
            executions[$0].type == .standard && executions[$0].ordinal == number - 1
        }
    }

    /// The newest execution that has failed in a stage.
    func newestFailed(in stage: String) -> Int? {
        executions.indices.last { number in
            definition(of: number).stageIndex(stage)
                .flatMap { executions[number].runs[$0] }?.status == .failed
        }
    }
}
