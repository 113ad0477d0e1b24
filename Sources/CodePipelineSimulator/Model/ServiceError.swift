/// An error that the modelled service answers with: a code and its text, HTTP status 400.
package struct ServiceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The name that goes into `__type`, such as `StageNotRetryableException`.
    package let code: String
    /// The text that goes into `message`.
    package let message: String

    /// Makes an error of any code, for codes that the model itself never raises.
    package init(code: String, message: String) {
        self.code = code
        self.message = message
    }

    /// Code and text in one line.
    package var description: String {
        "\(code): \(message)"
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
            message: "Pipeline '\(pipeline)' does not have an execution with id '\(execution)'"
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

    static func notStoppable(_ execution: String, status: String) -> ServiceError {
        ServiceError(
            code: "PipelineExecutionNotStoppableException",
            message: "The execution '\(execution)' can't be stopped: its status is \(status)."
        )
    }

    static func duplicateStop(_ execution: String) -> ServiceError {
        ServiceError(
            code: "DuplicatedStopRequestException",
            message: "The execution '\(execution)' is already stopping. "
                + "You can stop and abandon it instead."
        )
    }

    static let invalidToken = ServiceError(
        code: "InvalidNextTokenException",
        message: "The next token is not valid."
    )

    static let invalidApprovalToken = ServiceError(
        code: "InvalidApprovalTokenException",
        message: "The approval token is not valid."
    )

    static let approvalCompleted = ServiceError(
        code: "ApprovalAlreadyCompletedException",
        message: "The approval has already been approved or rejected."
    )

    static func unableToRollback(_ why: String) -> ServiceError {
        ServiceError(code: "UnableToRollbackStageException", message: why)
    }

    static func structure(_ code: String, _ why: String) -> ServiceError {
        ServiceError(code: code, message: why)
    }
}
