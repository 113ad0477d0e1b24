/// Why a failed stage is not retried now, as written to `RETRYD_REASON`.
///
/// The raw values are a contract with everyone who filters the journal.
package enum Reason: String, Hashable, Sendable, CaseIterable {
    // Guards: no policy may override them.

    /// The failed execution is itself a rollback.
    case rollbackExecution = "rollback_execution"
    /// A failed action is an approval: a person rejected it, or it expired without an answer.
    case approvalRejected = "approval_rejected"
    /// A failed action is an approval that never reached a person, because its notification failed,
    /// for example.
    case approvalFailed = "approval_failed"
    /// An action was abandoned by a stop and may still run at its provider.
    case abandoned
    /// A stage condition failed and no action did.
    case conditionFailed = "condition_failed"
    /// The definition has onFailure ROLLBACK: CodePipeline restores the old revision.
    case rollsBack = "rolls_back"
    /// The definition has onFailure SKIP: CodePipeline skips the stage.
    case skips
    /// The execution ran another version of the definition; AWS would refuse.
    case definitionChanged = "definition_changed"
    /// The pipeline's executionMode is PARALLEL, and the policy only observes such pipelines, or
    /// only a state is known, which shows nothing of them.
    case parallelMode = "parallel_mode"
    /// AWS refused a retry in this PARALLEL pipeline although the stage was Failed.
    case parallelRefused = "parallel_refused"
    /// The pipeline's executionMode is another one than when the execution began.
    case modeChanged = "mode_changed"
    /// The stage is Failed although nothing in it failed.
    case noFailedAction = "no_failed_action"
    /// AWS showed a status that this program does not know.
    case unknownStatus = "unknown_status"
    /// The change set that a failed action executes no longer exists, and no allowed retry creates
    /// it again.
    case changeSetConsumed = "change_set_consumed"
    /// The stack of a failed action cannot be updated until somebody deletes or repairs it.
    case stackNotUpdatable = "stack_not_updatable"
    /// An input artifact of a failed action is no longer in its bucket.
    case artifactGone = "artifact_gone"
    /// Only ALL_ACTIONS is planned, and it would ask people again for an approval that they gave.
    case approvalWouldRepeat = "approval_would_repeat"
    /// The same source revisions failed so in another execution and passed in none.
    case knownBadRevision = "known_bad_revision"
    /// A later execution of other source revisions succeeded: a retry would deploy the older ones.
    case newerRevisionPassed = "newer_revision_passed"
    /// Retries of such errors recover too seldom.
    case lowSuccess = "low_success"
    /// The retry is expected to cost more than `cost` leaves.
    case costSpent = "cost_spent"
    /// The service that ran a failed action repeats it, or returns to what was before, by itself.
    case providerRetries = "provider_retries"
    /// A rule could not be evaluated, such as a pattern past its step limit.
    case notEvaluable = "not_evaluable"
    /// The definition or the history cannot be read, or does not contain what a guard needs.
    case definitionUnavailable = "definition_unavailable"
    /// The failure was already old when it was first seen.
    case tooOld = "too_old"
    /// CodePipeline's own automatic retry is about to run.
    case nativeRetryPending = "native_retry_pending"
    /// An action of the stage still runs.
    case actionsInProgress = "actions_in_progress"
    /// A newer execution waits to enter the stage.
    case newerExecutionWaiting = "newer_execution_waiting"
    /// The transition into the stage is disabled.
    case transitionDisabled = "transition_disabled"
    /// Somebody else retried the stage.
    case humanRetried = "human_retried"

    /// Somebody stopped the execution.
    case stopped
    /// The definition was updated while the stage was not finished.
    case cancelled
    /// The config file no longer names the pipeline.
    case notWatched = "not_watched"
    /// Another target has the same account and Region, and retries the pipeline.
    case duplicateTarget = "duplicate_target"

    // The policy.

    /// The stage's entry is `never`.
    case stageNever = "stage_never"
    /// A rule has `retry: never`.
    case ruleNever = "rule_never"
    /// No rule matches the error.
    case noRuleMatched = "no_rule_matched"

    // Limits.

    /// The episode's retries are spent.
    case exhausted
    /// The rule's retries are spent.
    case ruleExhausted = "rule_exhausted"
    /// The next retry would be due past `give_up_after`.
    case gaveUpAfter = "gave_up_after"
    /// The same error occurred too many times in a row.
    case sameError = "same_error"

    // Holds.

    /// Outside the windows.
    case windowClosed = "window_closed"
    /// A budget is spent.
    case budgetSpent = "budget_spent"
    /// The same error on many pipelines: all of them wait.
    case outageHold = "outage_hold"
    /// Somebody paused it, in the file or by command.
    case paused
    /// A dry run or a shadow policy: only reported, not done.
    case shadow

    // Errors of AWS or of the local disk.

    /// ConflictException: the pipeline is busy.
    case busy
    /// ConcurrentPipelineExecutionsLimitExceededException.
    case executionLimit = "execution_limit"
    /// StageNotRetryableException with an unchanged state, twice.
    case notRetryable = "not_retryable"
    /// ValidationException.
    case invalidRequest = "invalid_request"
    /// The permission is missing.
    case accessDenied = "access_denied"
    /// AWS limited the rate; the call was not executed.
    case throttled
    /// Credentials, signature or clock were refused, or there are no credentials; the call was not
    /// executed.
    case credentials
    /// The call certainly did not reach AWS.
    case unreachable
    /// The intent could not be made durable, so no call was made.
    case ledgerUnavailable = "ledger_unavailable"
}
