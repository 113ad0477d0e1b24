extension ServiceModel {
    /// An execution in a stage, or in front of it (API shape StageExecution).
    package struct StageExecutionView: Hashable, Sendable {
        /// pipelineExecutionId.
        package let execution: String
        /// The status in, or in front of, the stage.
        package let status: StageStatus
        /// The type of the execution.
        package let type: ExecutionType
    }

    /// The gate into a stage (API shape TransitionState).
    package struct TransitionView: Hashable, Sendable {
        /// Whether executions may enter.
        package let isEnabled: Bool
        /// Who changed it last.
        package let changedBy: String?
        /// When it was changed last.
        package let changedAt: ModelTime?
        /// Why it is closed.
        package let reason: String?
    }

    /// The retries of a stage in its latest execution (API shape RetryStageMetadata).
    package struct RetryView: Hashable, Sendable {
        /// Automatic retries; nil: none.
        package let automatic: Int?
        /// Manual retries; nil: none.
        package let manual: Int?
        /// The latest one's trigger.
        package let latestTrigger: RetryTrigger?
    }

    /// A condition's outcome (API shape StageConditionState, cut to one rule).
    package struct ConditionView: Hashable, Sendable {
        /// The status.
        package let status: ConditionStatus
        /// When its evaluation began or ended.
        package let at: ModelTime
        /// The rule execution's id.
        package let ruleExecution: String
    }

    /// One run of an action (API shapes ActionExecution and ActionExecutionDetail).
    package struct ActionRunView: Hashable, Sendable {
        /// actionExecutionId.
        package let id: String
        /// The execution it belongs to; GetPipelineState does not show it.
        package let execution: String
        /// The version of the pipeline that it ran.
        package let version: Int
        /// The stage's name.
        package let stage: String
        /// The action as declared.
        package let action: Action
        /// When it started.
        package let started: ModelTime
        /// When its row was touched last.
        package let updated: ModelTime
        /// lastStatusChange of the state; nil where nothing there dates the run.
        package let changed: ModelTime?
        /// The status.
        package let status: ActionStatus
        /// The approval token; approvals that wait only.
        package let token: String?
        /// The person who answered an approval.
        package let updatedBy: String?
        /// The summary.
        package let summary: String?
        /// The provider's id of it.
        package let externalID: String
        /// The provider's link to it.
        package let externalURL: String?
        /// errorDetails.code.
        package let errorCode: String?
        /// errorDetails.message of the state; in a row the text is the summary.
        package let errorMessage: String?
        /// The order of its start among all runs of the model.
        package let sequence: UInt64
    }

    /// One action of a stage and its latest run, from any execution.
    package struct ActionView: Hashable, Sendable {
        /// The action as declared now.
        package let action: Action
        /// The run that shows; nil: none, or none yet.
        package let latest: ActionRunView?
        /// The poll of a source that failed and of which no execution came; it hides the run.
        package let pollingFailure: PollingFailure?
    }

    /// One stage of the state.
    package struct StageView: Hashable, Sendable {
        /// The name.
        package let name: String
        /// The latest execution that entered the stage.
        package let latest: StageExecutionView?
        /// The executions in front of the stage.
        package let inbound: [StageExecutionView]
        /// Whether the member inboundExecutions names them: not in SUPERSEDED mode.
        package let listsInbound: Bool
        /// The gate into the stage.
        package let transition: TransitionView
        /// The actions.
        package let actions: [ActionView]
        /// The retries of the latest execution; nil: none.
        package let retries: RetryView?
        /// The entry condition's outcome.
        package let beforeEntry: ConditionView?
        /// The success condition's outcome.
        package let onSuccess: ConditionView?
        /// The outcome of the condition of onFailure.
        package let onFailure: ConditionView?

        /// The conditions that were evaluated, or are.
        package var conditions: [ConditionView] {
            [beforeEntry, onSuccess, onFailure].compactMap(\.self)
        }
    }

    /// The answer of GetPipelineState.
    package struct StateView: Hashable, Sendable {
        /// The pipeline's name.
        package let pipeline: String
        /// The current version.
        package let version: Int
        /// When the pipeline was created.
        package let created: ModelTime
        /// When its definition was changed last.
        package let updated: ModelTime
        /// The stages; in PARALLEL mode there are none.
        package let stages: [StageView]
    }

    /// The revision that a source action gave an execution.
    package struct RevisionView: Hashable, Sendable {
        /// The action's name.
        package let action: String
        /// revisionId.
        package let id: String
        /// revisionSummary.
        package let summary: String?
    }

    /// One execution as GetPipelineExecution and ListPipelineExecutions show it.
    package struct ExecutionView: Hashable, Sendable {
        /// pipelineExecutionId.
        package let id: String
        /// The version of the pipeline that it runs.
        package let version: Int
        /// The status.
        package let status: ExecutionStatus
        /// The type.
        package let type: ExecutionType
        /// The mode it was started in.
        package let mode: ExecutionMode
        /// triggerType.
        package let trigger: String
        /// triggerDetail.
        package let triggerDetail: String
        /// The target execution of a rollback.
        package let rollbackTarget: String?
        /// When it started.
        package let started: ModelTime
        /// When its row was touched last: at its start and at its end.
        package let updated: ModelTime
        /// Why it ended, if the reason is not a stage.
        package let statusSummary: String?
        /// The revisions of its sources: the action and the revision.
        package let revisions: [RevisionView]
        /// The reason given with a stop.
        package let stopReason: String?
        /// The name of the stage it is in, or in front of.
        package let stage: String
        /// The stages it succeeded in.
        package let succeededStages: [String]
        /// Its status in each stage that it has entered.
        package let stageStatuses: [String: StageStatus]
    }
}

extension ServiceModel.ActionRunView {
    /// externalExecutionSummary of the row: the text of an error, which has no message there.
    package var rowSummary: String? {
        errorMessage ?? summary
    }
}
