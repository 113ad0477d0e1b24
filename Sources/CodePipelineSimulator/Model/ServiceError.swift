/// An error answer of the modelled service: a code, its text and the HTTP status.
package struct ServiceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The name in `__type`, such as `StageNotRetryableException`.
    package let code: String
    /// The text in `message`; empty: there is no such member.
    package let message: String
    /// The HTTP status.
    package let status: Int

    /// Creates an error of any code, for codes that the model itself never raises.
    package init(code: String, message: String = "", status: Int = 400) {
        self.code = code
        self.message = message
        self.status = status
    }

    /// Code and text in one line.
    package var description: String {
        message.isEmpty ? code : "\(code): \(message)"
    }

    /// The body of the answer.
    var json: JSON {
        .members([
            ("__type", .string(code)), ("message", message.isEmpty ? nil : .string(message)),
        ])
    }
}

extension ServiceError {
    static func validation(_ faults: [String]) -> ServiceError {
        let count = faults.count == 1 ? "1 validation error" : "\(faults.count) validation errors"
        return ServiceError(
            code: "ValidationException",
            message: "\(count) detected: \(faults.joined(separator: "; "))"
        )
    }

    static func serialization(_ what: String) -> ServiceError {
        ServiceError(code: "SerializationException", message: what)
    }

    static func noPipeline(_ name: String, account: String) -> ServiceError {
        ServiceError(
            code: "PipelineNotFoundException",
            message: "Account '\(account)' does not have a pipeline with name '\(name)'"
        )
    }

    /// The same as ListActionExecutions words it.
    static func noPipelineToList(_ name: String, account: String) -> ServiceError {
        ServiceError(
            code: "PipelineNotFoundException",
            message: "The account with AWS account ID '\(account)' does not include a pipeline "
                + "named '\(name)'"
        )
    }

    static func noVersion(_ version: Int, pipeline: String) -> ServiceError {
        ServiceError(
            code: "PipelineVersionNotFoundException",
            message: "Pipeline '\(pipeline)' does not have a version '\(version)'"
        )
    }

    static func noStage(_ stage: String, pipeline: String) -> ServiceError {
        ServiceError(
            code: "StageNotFoundException",
            message: "Pipeline '\(pipeline)' does not have a stage named '\(stage)'"
        )
    }

    static func noAction(_ action: String, stage: String) -> ServiceError {
        ServiceError(
            code: "ActionNotFoundException",
            message: "Stage '\(stage)' does not have an action named '\(action)'"
        )
    }

    static func noExecution(_ execution: String, pipeline: String) -> ServiceError {
        ServiceError(
            code: "PipelineExecutionNotFoundException",
            message: "Pipeline Execution with id '\(execution)' does not exist in pipeline with "
                + "name '\(pipeline)'"
        )
    }

    /// The text as AWS sends it: one error for three causes.
    static func notRetryable(
        stage: String,
        pipeline: String,
        execution: String
    ) -> ServiceError {
        ServiceError(
            code: "StageNotRetryableException",
            message: "The stage named \(stage) in the \(pipeline) pipeline can't be retried now. "
                + "Either it contains no failed actions, the execution '\(execution)' is already "
                + "superseded, or the pipeline definition has changed since the action(s) failed."
        )
    }

    static func notLatest(stage: String, pipeline: String, execution: String) -> ServiceError {
        ServiceError(
            code: "NotLatestPipelineExecutionException",
            message: "The stage '\(stage)' of the pipeline '\(pipeline)' has failed in a later run "
                + "and the execution id '\(execution)' is out of date."
        )
    }

    static func busy(_ pipeline: String) -> ServiceError {
        ServiceError(
            code: "ConflictException",
            message: "The pipeline '\(pipeline)' is busy handling ongoing activities. "
                + "Try again later."
        )
    }

    static func executionLimit(_ limit: Int, pipeline: String) -> ServiceError {
        ServiceError(
            code: "ConcurrentPipelineExecutionsLimitExceededException",
            message: "The pipeline '\(pipeline)' has reached the limit of \(limit) "
                + "concurrent executions."
        )
    }

    /// One text for an unknown execution and for one in which nothing runs.
    static func notStoppable(_ execution: String, pipeline: String) -> ServiceError {
        ServiceError(
            code: "PipelineExecutionNotStoppableException",
            message: "The pipeline execution with ID '\(execution)' in '\(pipeline)' can't be "
                + "stopped now. Either it does not exist in the pipeline, or the pipeline "
                + "execution has no action executions in progress."
        )
    }

    static func duplicateStop(_ execution: String, pipeline: String) -> ServiceError {
        ServiceError(
            code: "DuplicatedStopRequestException",
            message: "The execution with ID \(execution) in \(pipeline) is already in a stopping "
                + "state. If you already chose to stop and wait, you cannot make that request "
                + "again. You can choose to stop and abandon now, but be aware that this option "
                + "can lead to failed actions. If you already chose to stop and abandon, you "
                + "cannot make that request again."
        )
    }

    static func invalidToken(_ token: String) -> ServiceError {
        ServiceError(
            code: "InvalidNextTokenException",
            message: "The nextToken value '\(token)' is not valid. Specify a valid nextToken "
                + "value, and then try again."
        )
    }

    static let internalFailure = ServiceError(code: "InternalFailure", status: 500)

    static let throttled = ServiceError(code: "ThrottlingException")

    static let invalidApprovalToken = ServiceError(
        code: "InvalidApprovalTokenException",
        message: "The approval token is not valid."
    )

    /// The error for an approval that an update, or a stop, has withdrawn.
    static func approvalOutdated(_ pipeline: String) -> ServiceError {
        ServiceError(
            code: "InvalidApprovalTokenException",
            message: "The pipeline \(pipeline) has been updated, and the approval request you "
                + "responded to is now out of date."
        )
    }

    static func summaryRequired(_ action: String, stage: String) -> ServiceError {
        ServiceError(
            code: "InvalidApprovalTokenException",
            message: "Action '\(action)' in stage '\(stage)' requires a summary. Provide a summary "
                + "in the approval result and try again."
        )
    }

    static let approvalCompleted = ServiceError(
        code: "ApprovalAlreadyCompletedException",
        message: "The approval has already been approved or rejected."
    )

    static func rollbackTargetNotDone(_ target: String, stage: String) -> ServiceError {
        .unableToRollback(
            "Target Pipeline Execution with id '\(target)' has not completed in stage with name "
                + "'\(stage)'"
        )
    }

    static func rollbackOutdated(_ pipeline: String) -> ServiceError {
        ServiceError(
            code: "PipelineExecutionOutdatedException",
            message: "Pipeline '\(pipeline)' has been updated since the rollback request was made."
        )
    }

    static func unableToRollback(_ why: String) -> ServiceError {
        ServiceError(code: "UnableToRollbackStageException", message: why)
    }

    static func structure(_ code: String, _ why: String) -> ServiceError {
        ServiceError(code: code, message: why)
    }
}
