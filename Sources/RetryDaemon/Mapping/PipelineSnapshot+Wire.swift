package import CodePipelineClient
import Primitives
package import RetryCore

extension PipelineSnapshot {
    /// The facts in an answer of GetPipelineState.
    ///
    /// A stage without a name is omitted: no call could refer to it.
    package init(_ wire: Wire.PipelineState) {
        self.init(
            version: wire.pipelineVersion,
            created: wire.created,
            stages: wire.stageStates.compactMap(StageSnapshot.init)
        )
    }
}

extension StageSnapshot {
    /// The facts about one stage; nil when it has no name.
    fileprivate init?(_ wire: Wire.StageState) {
        guard let name = wire.stageName else { return nil }
        self.init(
            name: StageName(bounding: name),
            latest: wire.latestExecution.flatMap(StageExecution.init),
            inbound: wire.waiting,
            transitionEnabled: wire.inboundTransitionState?.enabled ?? true,
            actions: wire.actionStates.map(ActionSnapshot.init),
            conditions: StageConditions(
                beforeEntry: .init(wire.beforeEntryConditionState),
                onSuccess: .init(wire.onSuccessConditionState),
                onFailure: .init(wire.onFailureConditionState)
            ),
            counters: RetryCounters(
                automatic: max(0, wire.retryStageMetadata?.autoStageRetryAttempt ?? 0),
                manual: max(0, wire.retryStageMetadata?.manualStageRetryAttempt ?? 0)
            )
        )
    }
}

extension Wire.StageState {
    /// The executions that may still enter: AWS keeps showing one that was stopped, or that is in
    /// the stage already.
    ///
    /// In SUPERSEDED mode only `inboundExecution` names the waiting one, in QUEUED mode the list
    /// does.
    fileprivate var waiting: [ExecutionID] {
        var waiting: [ExecutionID] = []
        for execution in [inboundExecution].compactMap(\.self) + inboundExecutions {
            guard let id = execution.pipelineExecutionId, execution.mayStillEnter,
                id != latestExecution?.pipelineExecutionId
            else { continue }
            let bounded = ExecutionID(bounding: id)
            if !waiting.contains(bounded) { waiting.append(bounded) }
        }
        return waiting
    }
}

extension Wire.StageExecution {
    /// Whether it is in progress, or has an unknown status.
    fileprivate var mayStillEnter: Bool {
        switch status {
        case .inProgress, .unknown, nil: true
        case .cancelled, .failed, .stopped, .stopping, .succeeded, .skipped: false
        }
    }
}

extension StageExecution {
    /// The execution in a stage; nil without an id, since no call could refer to it.
    fileprivate init?(_ wire: Wire.StageExecution) {
        guard let id = wire.pipelineExecutionId else { return nil }
        self.init(
            id: ExecutionID(bounding: id),
            status: StageStatus(wire.status),
            type: ExecutionType(wire.type)
        )
    }
}

extension ActionSnapshot {
    /// The facts about one action's last attempt.
    fileprivate init(_ wire: Wire.ActionState) {
        self.init(name: ActionName(bounding: wire.actionName ?? ""))
        guard let latest = wire.latestExecution else {
            url = wire.entityUrl?.bounded(.url)
            return
        }
        executionID = latest.actionExecutionId.map(ActionExecutionID.init(bounding:))
        status = latest.status.map(ActionStatus.init)
        lastStatusChange = latest.lastStatusChange
        code = latest.errorDetails?.code?.bounded(.name)
        message = latest.errorDetails?.message?.bounded(.message)
        summary = latest.summary?.bounded(.message)
        url = (latest.externalExecutionUrl ?? wire.entityUrl)?.bounded(.url)
    }
}

extension ActionRow {
    /// The facts in one row of ListActionExecutions.
    package init(_ wire: Wire.ActionExecutionDetail) {
        self.init(
            stage: StageName(bounding: wire.stageName ?? ""),
            action: ActionSnapshot(
                name: ActionName(bounding: wire.actionName ?? ""),
                executionID: wire.actionExecutionId.map(ActionExecutionID.init(bounding:)),
                status: wire.status.map(ActionStatus.init),
                lastStatusChange: wire.lastUpdateTime ?? wire.startTime,
                code: wire.result?.errorDetails?.code?.bounded(.name),
                message: wire.result?.errorDetails?.message?.bounded(.message),
                summary: wire.result?.externalExecutionSummary?.bounded(.message),
                url: wire.result?.externalExecutionUrl?.bounded(.url)
            ),
            category: wire.actionTypeId?.category.map { ActionCategory("\($0)".bounded(.name)) },
            provider: wire.actionTypeId?.provider?.bounded(.name),
            changeSet: ChangeSetUse(Wire.ChangeSetConfiguration(wire.configuration)),
            started: wire.startTime,
            pipelineVersion: wire.pipelineVersion,
            run: ActionRun(wire)
        )
    }
}

extension ActionRun {
    /// Where an attempt ran; nil where no cause is read of it.
    fileprivate init?(_ wire: Wire.ActionExecutionDetail) {
        guard wire.status == .failed, let provider = wire.actionTypeId?.provider,
            CauseService(provider: provider) != nil
        else { return nil }
        let known = wire.configuration.filter { RunConfiguration.keys.contains($0.key) }
        self.init(
            region: wire.region?.bounded(.name),
            externalID: wire.result?.externalExecutionId?.bounded(.url),
            configuration: known.mapValues { $0.bounded(.url) },
            logStreamARN: wire.result?.logStreamARN?.bounded(.url),
            started: wire.startTime
        )
    }
}

extension Identifier {
    /// Takes a name from an answer, cut to the limit.
    init(bounding text: String) {
        self.init(text.bounded(.name))
    }
}
