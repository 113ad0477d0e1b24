/// The names of our own journal fields; a contract with everyone who filters the journal.
///
/// journald silently drops a field with an invalid name: `[A-Z0-9_]`, 1 to 64 bytes, no digit or
/// underscore in front (systemd, journal_field_valid).
package enum ReportField: String, Hashable, Sendable, CaseIterable {
    /// Which event it is: the raw value of a ``ReportKind``.
    case event = "RETRYD_EVENT"
    /// The target's name.
    case target = "RETRYD_TARGET"
    /// The target's Region.
    case region = "RETRYD_REGION"
    /// The account id.
    case account = "RETRYD_ACCOUNT"
    /// The pipeline's name.
    case pipeline = "RETRYD_PIPELINE"
    /// The stage's name.
    case stage = "RETRYD_STAGE"
    /// The pipelineExecutionId.
    case executionID = "RETRYD_EXECUTION_ID"
    /// The policy's name.
    case policy = "RETRYD_POLICY"
    /// The rule's name.
    case rule = "RETRYD_RULE"
    /// A reason code: the raw value of a ``Reason`` or ``PipelineLoss``.
    case reason = "RETRYD_REASON"
    /// FAILED_ACTIONS or ALL_ACTIONS.
    case mode = "RETRYD_MODE"
    /// The retry's number in its episode, from 1; on an outcome the retries that were made.
    case retry = "RETRYD_RETRY"
    /// The most retries that the episode can have.
    case maxRetries = "RETRYD_MAX_RETRIES"
    /// When the retry is due: RFC 3339 in UTC with milliseconds.
    case due = "RETRYD_DUE"
    /// recovered, exhausted, not_retried, superseded or removed.
    case outcome = "RETRYD_OUTCOME"
    /// The failed action that decided.
    case action = "RETRYD_ACTION"
    /// Its error code.
    case errorCode = "RETRYD_ERROR_CODE"
    /// Its message.
    case errorMessage = "RETRYD_ERROR_MESSAGE"
    /// The error without its variable parts.
    case fingerprint = "RETRYD_FINGERPRINT"
    /// A link to the failure for people.
    case url = "RETRYD_URL"
    /// The provider that says why the action failed, such as `CodeBuild`.
    case causeProvider = "RETRYD_CAUSE_PROVIDER"
    /// The phase or lifecycle event that failed first, such as `PRE_BUILD`.
    case causePhase = "RETRYD_CAUSE_PHASE"
    /// The provider's error code.
    case causeCode = "RETRYD_CAUSE_CODE"
    /// The line that says why, without secrets, at most 2 KiB.
    case causeLine = "RETRYD_CAUSE_LINE"
    /// A link to what failed for people.
    case causeURL = "RETRYD_CAUSE_URL"
    /// The service that a cause is read from: `codebuild`, `logs`.
    case causeService = "RETRYD_CAUSE_SERVICE"
    /// The permission that is missing, such as `codebuild:BatchGetBuilds`.
    case permission = "RETRYD_PERMISSION"
    /// The operation that AWS answered.
    case awsOperation = "RETRYD_AWS_OPERATION"
    /// AWS's error code.
    case awsError = "RETRYD_AWS_ERROR"
    /// AWS's request id.
    case awsRequestID = "RETRYD_AWS_REQUEST_ID"
    /// The minutes of actions that a retry is expected to cost, or cost.
    case costMinutes = "RETRYD_COST_MINUTES"
    /// Their price by `prices`, in its currency.
    case costMoney = "RETRYD_COST_MONEY"
    /// A span in microseconds: from the first failure to the outcome, or of a condition that ended.
    case elapsed = "RETRYD_ELAPSED_USEC"
}
