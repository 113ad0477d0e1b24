extension Reason {
    /// What the reason means, as the part of a sentence after "not retried:" or "retry deferred:".
    package var sentence: String {
        switch self {
        case .rollbackExecution: "the execution is a rollback"
        case .approvalRejected: "an approval was rejected or expired"
        case .approvalFailed: "an approval failed before anyone was asked"
        case .abandoned: "an action was abandoned and may still run"
        case .conditionFailed: "a stage condition failed, not an action"
        case .rollsBack: "CodePipeline rolls the stage back itself (onFailure ROLLBACK)"
        case .skips: "the stage is skipped"
        case .definitionChanged: "the pipeline's definition changed since the execution began"
        case .parallelMode: "the pipeline's executionMode is PARALLEL"
        case .noFailedAction: "nothing in the stage failed"
        case .unknownStatus: "AWS shows a status that this version does not know"
        case .changeSetConsumed: "its change set is consumed and no retry creates it again"
        case .notEvaluable: "a rule or the execution's history could not be evaluated"
        case .definitionUnavailable: "its definition or history cannot be read"
        case .tooOld: "it failed too long before it was first seen"
        case .nativeRetryPending: "CodePipeline is about to retry it itself"
        case .actionsInProgress: "an action of the stage is still running"
        case .newerExecutionWaiting: "a newer execution waits for the stage"
        case .transitionDisabled: "the transition into the stage is disabled"
        case .humanRetried: "someone else retried the stage"
        case .stopped: "someone stopped the execution"
        case .cancelled: "an update of the definition cancelled it"
        case .notWatched: "the configuration no longer selects the pipeline"
        case .duplicateTarget: "another target with the same account and Region retries it"
        case .stageNever: "the stage's entry says never"
        case .ruleNever: "a rule says never"
        case .noRuleMatched: "no rule matches the error"
        case .exhausted: "its retry limit is reached"
        case .ruleExhausted: "the rule's retry limit is reached"
        case .gaveUpAfter: "the next retry would come after give_up_after"
        case .sameError: "the same error occurred too often in a row"
        case .windowClosed: "outside the retry windows"
        case .budgetSpent: "the retry budget is spent"
        case .outageHold: "the same error is on many pipelines"
        case .paused: "it is paused"
        case .shadow: "dry run or shadow policy"
        case .busy: "the pipeline is busy"
        case .executionLimit: "the limit of concurrent executions is reached"
        case .notRetryable: "AWS says that the stage cannot be retried"
        case .invalidRequest: "AWS refused the request"
        case .accessDenied: "the permission to retry it is missing"
        case .throttled: "throttled by AWS"
        case .credentials: "AWS refused the credentials, or there are none"
        case .unreachable: "AWS cannot be reached"
        case .ledgerUnavailable: "the ledger is not writable"
        }
    }
}

extension PipelineLoss {
    /// What the loss means, as the part of a sentence after the pipeline's name.
    package var sentence: String {
        switch self {
        case .notFound: "pipeline not found"
        case .accessDenied: "the permission to read it is missing"
        case .unreadable: "its state cannot be read"
        }
    }
}
