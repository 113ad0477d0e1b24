extension ServiceModel {
    /// Something that a person or another tool does to a pipeline, as a scenario scripts it.
    package enum OutsideAction: Hashable, Sendable {
        /// A new execution starts.
        case start
        /// The newest active execution is stopped.
        case stop(abandon: Bool, reason: String?)
        /// The definition gets a new version with the same structure.
        case update
        /// The gate into a stage is closed.
        case disableTransition(stage: String, reason: String)
        /// The gate into a stage is opened.
        case enableTransition(stage: String)
        /// A person retries the stage's latest execution.
        case retry(stage: String, mode: RetryMode)
        /// A person answers the waiting approval of a stage.
        case answer(stage: String, action: String, approve: Bool, summary: String)
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

    /// Retries the latest execution of a stage as a person would.
    @discardableResult
    package mutating func humanRetry(
        pipeline: String,
        stage: String,
        mode: RetryMode = .failedActions,
        at time: ModelTime
    ) throws(ServiceError) -> String {
        advance(to: time)
        let place = try place(of: pipeline)
        let record = try stagePlace(stage, of: place)
        let latest = pipelines[place].stages[record].latest
        let id = latest.map { pipelines[place].executions[$0.execution].id } ?? ""
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
        case .stop(let abandon, let reason):
            try stopNewest(of: place, abandon: abandon, reason: reason)
        case .update:
            try updatePipeline(pipelines[place].definition, caller: .human, at: now)
        case .disableTransition(let stage, let reason):
            try setTransition(
                pipeline: name,
                stage: stage,
                isEnabled: false,
                reason: reason,
                caller: .human,
                at: now
            )
        case .enableTransition(let stage):
            try setTransition(
                pipeline: name,
                stage: stage,
                isEnabled: true,
                caller: .human,
                at: now
            )
        case .retry(let stage, let mode):
            try humanRetry(pipeline: name, stage: stage, mode: mode, at: now)
        case .answer(let stage, let action, let approve, let summary):
            try answerApproval(
                pipeline: name,
                stage: stage,
                action: action,
                token: openToken(of: action, in: stage, place) ?? "",
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

    /// Stops the newest execution that is active, if there is one.
    private mutating func stopNewest(
        of place: Int,
        abandon: Bool,
        reason: String?
    ) throws(ServiceError) {
        let newest = pipelines[place].executions.indices.last {
            pipelines[place].executions[$0].status.isActive
        }
        guard let newest else { return }
        try stopExecution(
            pipeline: pipelines[place].name,
            execution: pipelines[place].executions[newest].id,
            abandon: abandon,
            reason: reason,
            caller: .human,
            at: now
        )
    }

    /// The token of an approval that waits for an answer.
    private func openToken(of action: String, in stage: String, _ place: Int) -> String? {
        pipelines[place].executions.reversed().lazy
            .flatMap { $0.actionRuns.reversed() }
            .first { $0.stage == stage && $0.action == action && $0.status == .inProgress }?
            .token
    }
}
