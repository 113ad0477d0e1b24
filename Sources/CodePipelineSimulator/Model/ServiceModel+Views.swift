/// Everything that can be read, without JSON. Reads do not advance the model: call `advance(to:)`
/// first.
extension ServiceModel {
    /// The state of a pipeline, as GetPipelineState shows it.
    package func state(of pipeline: String) throws(ServiceError) -> StateView {
        pipelines[try place(of: pipeline)].stateView(context)
    }

    /// A number that stays the same while ``state(of:)`` does; nil while it changes by the time
    /// alone, and if there is no such pipeline.
    package func stateRevision(of pipeline: String) -> Int? {
        guard let place = knownPlace(of: pipeline), pipelines[place].showsAllRuns(at: now) else {
            return nil
        }
        return pipelines[place].changes
    }

    /// A number that stays the same while the newest of ``executions(of:newest:)`` do; nil while
    /// one of them changes by the time alone, and if there is no such pipeline.
    package func executionsRevision(of pipeline: String, newest count: Int) -> Int? {
        guard let place = knownPlace(of: pipeline),
            pipelines[place].showsAllEnds(newest: count, at: now)
        else { return nil }
        // Executions that are forgotten meanwhile change the list.
        return pipelines[place].changes &- pipelines[place].forgottenCount(context) << 50
    }

    /// The current definition of a pipeline, or the one of a version.
    package func definition(
        of pipeline: String,
        version: Int? = nil
    ) throws(ServiceError) -> Definition {
        let place = try place(of: pipeline)
        let asked = version ?? pipelines[place].version
        guard pipelines[place].definitions.indices.contains(asked - 1) else {
            throw .noVersion(asked, pipeline: pipeline)
        }
        return pipelines[place].definitions[asked - 1]
    }

    /// The newest executions of a pipeline, by default all, newest first.
    package func executions(
        of pipeline: String,
        newest count: Int = .max
    ) throws(ServiceError) -> [ExecutionView] {
        pipelines[try place(of: pipeline)].executionViews(newest: count, context)
    }

    /// One execution of a pipeline.
    package func execution(
        _ id: String,
        of pipeline: String
    ) throws(ServiceError) -> ExecutionView {
        let place = try place(of: pipeline)
        return pipelines[place].executionView(try rememberedPlace(id, of: place), now)
    }

    /// The conditions of an execution in a stage that it entered, as far as they were evaluated.
    package func conditions(
        of execution: String,
        in stage: String,
        of pipeline: String
    ) throws(ServiceError) -> [ConditionView] {
        let place = try place(of: pipeline)
        let record = pipelines[place]
        let number = try executionPlace(execution, of: place)
        let index = record.definition(of: number).stageIndex(stage)
        return record.conditionViews(index.flatMap { record.executions[number].runs[$0] })
    }

    /// The action runs of one execution, or of all, newest first.
    ///
    /// As of an earlier time: later starts are missing and later ends still run, as in a lagging
    /// history.
    package func actionRuns(
        of pipeline: String,
        execution: String? = nil,
        asOf seen: ModelTime? = nil
    ) throws(ServiceError) -> [ActionRunView] {
        let place = try place(of: pipeline)
        let record = pipelines[place]
        if let execution {
            let number = try rememberedPlace(execution, of: place)
            let runs = record.executions[number].actionRuns
            return runs.indices.reversed().compactMap { run in
                if let seen, runs[run].started > seen { return nil }
                return record.runView(
                    RunReference(execution: number, run: run),
                    asOf: seen
                )
            }
        }
        let known = record.executions.indices.filter { record.remembers($0, context) }
        let references = known.flatMap { number in
            record.executions[number].actionRuns.indices.map {
                RunReference(execution: number, run: $0)
            }
        }
        return references.map { record.runView($0, asOf: seen) }
            .filter { seen == nil || $0.started <= seen ?? $0.started }
            .sorted { $0.sequence > $1.sequence }
    }
}

extension ServiceModel.PipelineRecord {
    func stateView(_ context: ModelContext) -> ServiceModel.StateView {
        let isParallel = definition.executionMode == .parallel
        return ServiceModel.StateView(
            pipeline: name,
            version: version,
            created: created,
            updated: updated,
            stages: isParallel ? [] : stages.indices.map { stageView($0, context) }
        )
    }

    func executionViews(
        newest count: Int,
        _ context: ModelContext
    ) -> [ServiceModel.ExecutionView] {
        executions.indices.reversed().lazy.filter { remembers($0, context) }.prefix(count)
            .map { executionView($0, context.now) }
    }

    /// Whether the history still has an execution: one that is active it always has.
    func remembers(_ execution: Int, _ context: ModelContext) -> Bool {
        executions[execution].started + context.timing.historyKeeps > context.now
            || executions[execution].status.isActive
    }

    /// How many executions the history has lost; they are in the order of their start.
    func forgottenCount(_ context: ModelContext) -> Int {
        guard let first = executions.first,
            first.started + context.timing.historyKeeps <= context.now
        else { return 0 }
        return executions.indices.count { !remembers($0, context) }
    }

    /// Whether none of the newest executions shows the status of before its end for a while.
    func showsAllEnds(newest count: Int, at now: ModelTime) -> Bool {
        executions.indices.suffix(count).allSatisfy { place in
            executions[place].former.map { now >= $0.until } ?? true
        }
    }

    private func stageView(_ place: Int, _ context: ModelContext) -> ServiceModel.StageView {
        let record = stages[place]
        let declared = definition.stages[place]
        let run = record.latest.flatMap { self.run($0) }
        return ServiceModel.StageView(
            name: record.name,
            latest: record.latest.flatMap { latestView($0, context.timing.failsEarly) },
            inbound: record.inbound.map { inboundView($0) },
            listsInbound: definition.executionMode != .superseded,
            transition: ServiceModel.TransitionView(
                isEnabled: record.transition.isEnabled,
                changedBy: record.transition.changedBy,
                changedAt: record.transition.changedAt,
                reason: record.transition.reason
            ),
            actions: declared.actions.indices.map { index in
                ServiceModel.ActionView(
                    action: declared.actions[index],
                    latest: record.actions[index].flatMap { shownView($0, context.now) },
                    pollingFailure: record.pollingFailures[index]
                )
            },
            retries: run.flatMap { retryView($0) },
            beforeEntry: run?.beforeEntry.map { conditionView($0) },
            onSuccess: run?.onSuccess.map { conditionView($0) },
            onFailure: run?.onFailure.map { conditionView($0) }
        )
    }

    private func latestView(
        _ visit: ServiceModel.Visit,
        _ failsEarly: Bool
    ) -> ServiceModel.StageExecutionView? {
        guard let run = run(visit) else { return nil }
        let hasFailed = failsEarly && run.status == .inProgress && run.hasFailed
        return ServiceModel.StageExecutionView(
            execution: executions[visit.execution].id,
            status: hasFailed ? .failed : run.status,
            type: executions[visit.execution].type
        )
    }

    /// An inbound execution that an update ended shows as Failed.
    private func inboundView(_ execution: Int) -> ServiceModel.StageExecutionView {
        let status: ServiceModel.StageStatus
        switch executions[execution].status {
        case .inProgress, .stopping, .succeeded, .superseded: status = .inProgress
        case .stopped: status = .stopped
        case .cancelled, .failed: status = .failed
        }
        return ServiceModel.StageExecutionView(
            execution: executions[execution].id,
            status: status,
            type: executions[execution].type
        )
    }

    private func retryView(_ run: ServiceModel.StageRun) -> ServiceModel.RetryView? {
        guard run.latestTrigger != nil else { return nil }
        return ServiceModel.RetryView(
            automatic: run.automaticRetries > 0 ? run.automaticRetries : nil,
            manual: run.manualRetries > 0 ? run.manualRetries : nil,
            latestTrigger: run.latestTrigger
        )
    }

    /// The run of an action that the state shows at a time: after a retry the old one, none, and
    /// then the new one; an ended one shows at once.
    private func shownView(
        _ shown: ServiceModel.ShownRun,
        _ now: ModelTime
    ) -> ServiceModel.ActionRunView? {
        if let run = shown.run {
            let record = executions[run.execution].actionRuns[run.run]
            if record.shownStatus != .inProgress { return stateView(run) }
            if now >= record.appears, now >= shown.oldUntil || shown.old == nil {
                return stateView(run)
            }
        }
        guard let old = shown.old, now < shown.oldUntil else { return nil }
        return stateView(old)
    }

    /// Whether no action hides its newest run or shows an older one for a while.
    func showsAllRuns(at now: ModelTime) -> Bool {
        stages.allSatisfy { stage in
            stage.actions.allSatisfy { shown in
                guard let shown else { return true }
                guard now >= shown.oldUntil, let run = shown.run else {
                    return now >= shown.oldUntil
                }
                return now >= executions[run.execution].actionRuns[run.run].appears
            }
        }
    }

    /// A run as the state shows it.
    private func stateView(_ reference: ServiceModel.RunReference) -> ServiceModel.ActionRunView {
        var run = executions[reference.execution].actionRuns[reference.run]
        run.status = run.shownStatus
        return runView(reference, run, token: run.status == .inProgress ? run.token : nil)
    }

    /// A run as ListActionExecutions shows it.
    ///
    /// An execution in PARALLEL mode has no state: the token of an approval is found here.
    func runView(
        _ reference: ServiceModel.RunReference,
        asOf seen: ModelTime? = nil
    ) -> ServiceModel.ActionRunView {
        var run = executions[reference.execution].actionRuns[reference.run]
        if run.status == .inProgress || seen.map({ run.updated > $0 }) == true { run.forgetEnd() }
        let isOpen = executions[reference.execution].actionRuns[reference.run].isOpen
        let showsToken = executions[reference.execution].mode == .parallel
        return runView(reference, run, token: showsToken && isOpen ? run.token : nil)
    }

    private func runView(
        _ reference: ServiceModel.RunReference,
        _ run: ServiceModel.ActionRun,
        token: String?
    ) -> ServiceModel.ActionRunView {
        ServiceModel.ActionRunView(
            id: run.id,
            execution: executions[reference.execution].id,
            version: executions[reference.execution].version,
            stage: run.stage,
            action: stageDefinition(reference.execution, run.stageIndex).actions[run.actionIndex],
            started: run.started,
            updated: run.updated,
            changed: run.changed,
            status: run.status,
            token: token,
            updatedBy: run.updatedBy,
            summary: run.summary,
            externalID: run.externalID,
            externalURL: run.externalURL,
            errorCode: run.errorCode,
            errorMessage: run.errorMessage,
            sequence: run.sequence
        )
    }

    func hasSucceeded(_ number: Int, in stage: String) -> Bool {
        guard let place = definition(of: number).stageIndex(stage) else { return false }
        return executions[number].runs[place]?.status == .succeeded
    }

    func executionView(_ number: Int, _ now: ModelTime) -> ServiceModel.ExecutionView {
        let execution = executions[number]
        let status = execution.shownStatus(at: now)
        let stages = definition(of: number).stages
        return ServiceModel.ExecutionView(
            id: execution.id,
            version: execution.version,
            status: status,
            type: execution.type,
            mode: execution.mode,
            trigger: execution.trigger,
            triggerDetail: execution.triggerDetail,
            rollbackTarget: execution.rollbackTarget,
            started: execution.started,
            updated: status.isActive ? execution.started : execution.updated,
            statusSummary: status == .stopped ? execution.stopReason : execution.statusSummary,
            revisions: revisions(number),
            stopReason: execution.stopReason,
            stage: stages[execution.stage].name,
            succeededStages: stages.indices
                .filter { execution.runs[$0]?.status == .succeeded }.map { stages[$0].name },
            stageStatuses: Dictionary(
                uniqueKeysWithValues: stages.indices.compactMap { stage in
                    execution.runs[stage].map { (stages[stage].name, $0.status) }
                }
            )
        )
    }

    /// The revisions from the sources of an execution, as far as they have ended; a rollback has
    /// those of its target.
    private func revisions(_ number: Int) -> [ServiceModel.RevisionView] {
        if let target = executions[number].rollbackTarget.flatMap({ indexByID[$0] }) {
            return revisions(target)
        }
        let version = executions[number].version - 1
        return executions[number].actionRuns.compactMap { run in
            guard run.status == .succeeded,
                definitions[version].stages[run.stageIndex].actions[run.actionIndex].category
                    == .source
            else { return nil }
            return ServiceModel.RevisionView(
                action: run.action,
                id: ServiceModel.Action.revision(of: executions[number].id),
                summary: run.summary
            )
        }
    }
}
