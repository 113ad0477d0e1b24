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
        case .parallelMode:
            "the pipeline's executionMode is PARALLEL, and the policy only observes it"
        case .parallelRefused: "AWS refused a retry in this PARALLEL pipeline"
        case .modeChanged: "the pipeline's executionMode has changed since the execution began"
        case .noFailedAction: "nothing in the stage failed"
        case .unknownStatus: "AWS shows a status that this version does not know"
        case .changeSetConsumed: Reason.usedChangeSet
        case .stackNotUpdatable: Reason.brokenStack
        case .artifactGone: "an input artifact of the action is no longer in its bucket"
        case .approvalWouldRepeat: "ALL_ACTIONS would ask again for an approval that was given"
        case .knownBadRevision: "the same revision failed so in another execution"
        case .newerRevisionPassed: "a newer revision has succeeded"
        case .lowSuccess: "retries of such errors recover too seldom"
        case .costSpent: "it would cost more than the ceiling allows"
        case .providerRetries: "the action's service still repeats it or rolls it back"
        case .notEvaluable: "a rule or the execution's history could not be evaluated"
        case .definitionUnavailable: "its definition or history cannot be read"
        case .tooOld: "the failure was too old when it was first detected"
        case .nativeRetryPending: "CodePipeline may be about to retry the stage itself"
        case .actionsInProgress: "an action of the stage is still running"
        case .newerExecutionWaiting: "a newer execution waits for the stage"
        case .transitionDisabled: "the transition into the stage is disabled"
        case .humanRetried: "someone else retried the stage"
        case .stopped: "someone stopped the execution"
        case .cancelled: "an update of the definition cancelled it"
        case .notWatched: "the configuration no longer selects the pipeline"
        case .duplicateTarget: "another target with the same account and Region retries it"
        case .stageNever: "the stage's entry says never"
        case .ruleNever: "a rule rules out retries"
        case .noRuleMatched: "no rule matches the error"
        case .exhausted: "the retry limit has been reached"
        case .ruleExhausted: "the rule's retry limit has been reached"
        case .gaveUpAfter: "the next retry would be later than give_up_after allows"
        case .sameError: "the same error occurred too many times in a row"
        case .windowClosed: "outside the retry windows"
        case .budgetSpent: "the retry budget is spent"
        case .outageHold: "many pipelines fail with the same error"
        case .paused: "retries are paused"
        case .shadow: "dry run or shadow policy"
        case .busy: "the pipeline is busy"
        case .executionLimit: "the limit of concurrent executions is reached"
        case .notRetryable: "AWS says that the stage cannot be retried"
        case .invalidRequest: "AWS refused the request"
        case .accessDenied: "no permission to retry the stage"
        case .throttled: "throttled by AWS"
        case .credentials: "AWS refused the credentials, or there are none"
        case .unreachable: "AWS cannot be reached"
        case .ledgerUnavailable: "the ledger is not writable"
        }
    }

    private static let brokenStack =
        "the action's stack cannot be updated before it is deleted or repaired"
    private static let usedChangeSet =
        "the action's change set has already been used, and no permitted retry would create a new "
        + "one"
}

extension PipelineLoss {
    /// What the loss means, as the part of a sentence after the pipeline's name.
    package var sentence: String {
        switch self {
        case .notFound: "pipeline not found"
        case .accessDenied: "no permission to read the pipeline"
        case .unreadable: "the pipeline's state cannot be read"
        }
    }
}

extension Reason {
    /// Whether a retry that is deferred for it stays so until somebody does something.
    package var needsAction: Bool {
        switch self {
        case .transitionDisabled, .paused, .accessDenied, .credentials, .ledgerUnavailable:
            true
        case .rollbackExecution, .approvalRejected, .approvalFailed, .abandoned,
            .conditionFailed, .rollsBack, .skips, .definitionChanged, .parallelMode,
            .parallelRefused, .modeChanged, .noFailedAction, .unknownStatus, .changeSetConsumed,
            .stackNotUpdatable, .artifactGone, .approvalWouldRepeat, .knownBadRevision,
            .newerRevisionPassed, .lowSuccess, .costSpent, .providerRetries,
            .notEvaluable, .definitionUnavailable, .tooOld, .nativeRetryPending, .actionsInProgress,
            .newerExecutionWaiting, .humanRetried, .stopped, .cancelled, .notWatched,
            .duplicateTarget, .stageNever, .ruleNever, .noRuleMatched, .exhausted,
            .ruleExhausted, .gaveUpAfter, .sameError, .windowClosed, .budgetSpent, .outageHold,
            .shadow, .busy, .executionLimit, .notRetryable, .invalidRequest, .throttled,
            .unreachable:
            false
        }
    }

    /// The names of all reasons that need somebody's action.
    static let needingAction = allCases.filter(\.needsAction).map(\.rawValue)
        .joined(separator: ", ")
}
