/// RetryStageExecution.
extension ServiceModel {
    /// Retries a failed (or stopped) stage, as RetryStageExecution does.
    ///
    /// Throws the documented refusals: PipelineNotFoundException, StageNotFoundException,
    /// NotLatestPipelineExecutionException, StageNotRetryableException, ConflictException and
    /// ConcurrentPipelineExecutionsLimitExceededException. Returns the same execution id.
    @discardableResult
    package mutating func retry(
        pipeline: String,
        stage: String,
        execution: String,
        mode: RetryMode,
        caller: Caller = .client("simulation"),
        at time: ModelTime
    ) throws(ServiceError) -> String {
        advance(to: time)
        func call(_ outcome: ServedCall.Outcome, _ effect: Int?) -> ServedCall {
            ServedCall(
                time: now,
                operation: "RetryStageExecution",
                caller: caller,
                pipeline: pipeline,
                stage: stage,
                execution: execution,
                mode: mode,
                outcome: outcome,
                effectiveRetry: effect
            )
        }
        do throws(ServiceError) {
            let place = try place(of: pipeline)
            let visit = try retryable(place, stage: stage, execution: execution, mode: mode)
            pipelines[place][visit.execution, visit.stage].manualRetries += 1
            pipelines[place][visit.execution, visit.stage].latestTrigger = .manual
            let count = pipelines[place][visit.execution, visit.stage].manualRetries
            pipelines[place].restart(visit.execution, visit.stage, mode, &context)
            record(call(.accepted, count))
            return execution
        } catch {
            record(call(.refused(error.code), nil))
            throw error
        }
    }

    /// Whether a retry would be accepted now; the visit that it would run again.
    private func retryable(
        _ place: Int,
        stage: String,
        execution: String,
        mode: RetryMode
    ) throws(ServiceError) -> Visit {
        let pipeline = pipelines[place]
        let record = try stagePlace(stage, of: place)
        if let until = pipeline.busyUntil, now < until {
            throw .busy(pipeline.name)
        }
        let refusal = ServiceError.notRetryable(
            stage: stage,
            pipeline: pipeline.name,
            execution: execution
        )
        let visit = try visit(pipeline, record, execution: execution, refusal)
        if pipeline.executions[visit.execution].mode == .parallel {
            try checkParallel(pipeline, visit, refusal)
        }
        guard let run = pipeline.run(visit) else { throw refusal }
        guard pipeline.executions[visit.execution].version == pipeline.version else {
            throw refusal
        }
        switch run.status {
        case .stopping: throw .busy(pipeline.name)
        case .stopped: break
        case .failed, .inProgress:
            if !run.hasFailed { throw refusal }
        case .cancelled, .succeeded, .skipped: throw refusal
        }
        if pipeline.executions[visit.execution].isCancelling {
            throw refusal
        }
        if mode == .allActions, run.hasRunning {
            throw .busy(pipeline.name)
        }
        try checkLimit(pipeline, except: visit.execution)
        return visit
    }

    /// The visit of the named execution, provided that it is the stage's latest.
    private func visit(
        _ pipeline: PipelineRecord,
        _ record: Int,
        execution: String,
        _ refusal: ServiceError
    ) throws(ServiceError) -> Visit {
        let stage = pipeline.stages[record].name
        let named = pipeline.indexByID[execution]
        if let named, pipeline.executions[named].mode == .parallel {
            guard let place = pipeline.definition(of: named).stageIndex(stage) else {
                throw refusal
            }
            return Visit(execution: named, stage: place)
        }
        guard let latest = pipeline.stages[record].latest else { throw refusal }
        guard latest.execution == named else {
            // The service distinguishes two cases: the later run failed as well, or it did not.
            guard pipeline.run(latest)?.status == .failed else { throw refusal }
            throw .notLatest(stage: stage, pipeline: pipeline.name, execution: execution)
        }
        return latest
    }

    /// Whether an execution in PARALLEL mode may be retried at all.
    private func checkParallel(
        _ pipeline: PipelineRecord,
        _ visit: Visit,
        _ refusal: ServiceError
    ) throws(ServiceError) {
        guard pipeline.remembers(visit.execution, context) else { throw refusal }
        switch context.timing.parallelRetry {
        case .accepted: return
        case .notRetryable: throw refusal
        case .conflict: throw .busy(pipeline.name)
        }
    }

    /// QUEUED and PARALLEL pipelines take a bounded number of active executions.
    func checkLimit(
        _ pipeline: PipelineRecord,
        except execution: Int? = nil
    ) throws(ServiceError) {
        guard pipeline.definition.executionMode != .superseded else { return }
        var active = pipeline.activeCount
        if let execution, pipeline.executions[execution].status.isActive {
            active -= 1
        }
        guard active < context.timing.executionLimit else {
            throw .executionLimit(context.timing.executionLimit, pipeline: pipeline.name)
        }
    }
}
