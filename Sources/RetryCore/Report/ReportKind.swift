/// The kind of a journal entry; the raw values are those of `RETRYD_EVENT`.
package enum ReportKind: String, Hashable, Sendable, CaseIterable {
    /// The daemon runs.
    case started
    /// The daemon ends.
    case stopping
    /// A configuration was loaded.
    case configLoaded = "config_loaded"
    /// A configuration was rejected; the old one stays active.
    case configRejected = "config_rejected"
    /// Calls to a target fail.
    case targetDegraded = "target_degraded"
    /// Calls to a target work again.
    case targetRecovered = "target_recovered"
    /// A pipeline is watched, or is back.
    case pipelineFound = "pipeline_found"
    /// A pipeline cannot be watched.
    case pipelineLost = "pipeline_lost"
    /// A stage failed.
    case stageFailed = "stage_failed"
    /// A retry is decided and has its time.
    case retryScheduled = "retry_scheduled"
    /// A retry waits for something other than its time.
    case retryDeferred = "retry_deferred"
    /// RetryStageExecution is about to be called.
    case retrySent = "retry_sent"
    /// AWS accepted the retry.
    case retryAccepted = "retry_accepted"
    /// AWS refused the retry.
    case retryRefused = "retry_refused"
    /// It is unknown whether AWS executed the call.
    case retryUnknown = "retry_unknown"
    /// An unknown answer was settled by reading the state.
    case retrySettled = "retry_settled"
    /// AWS accepted the retry and the stage did not change.
    case retryWithoutEffect = "retry_without_effect"
    /// A retry ended, under a ceiling of cost.
    case retryCost = "retry_cost"
    /// The stage succeeded after all.
    case stageRecovered = "stage_recovered"
    /// A limit ended the episode.
    case retriesExhausted = "retries_exhausted"
    /// The stage is left to people or to CodePipeline.
    case stageNotRetried = "stage_not_retried"
    /// Another execution took the stage.
    case stageSuperseded = "stage_superseded"
    /// The stage or pipeline is no longer there.
    case stageRemoved = "stage_removed"
    /// AWS refuses retries in a PARALLEL pipeline.
    case parallelRefused = "parallel_refused"
    /// The config file names something that AWS does not show.
    case configUnmatched = "config_unmatched"
    /// A source action cannot check for a new revision: no execution starts.
    case sourceFailed = "source_failed"
    /// A stage that has nothing left to run does not end.
    case stageStuck = "stage_stuck"
    /// An execution failed and no stage has it.
    case executionFailed = "execution_failed"
    /// A service could not be asked for the cause of a failure.
    case causeUnavailable = "cause_unavailable"
    /// AWS limits the rate.
    case throttled
    /// The rate of a target does not allow the file's intervals, or does again.
    case pollingSlowed = "polling_slowed"
    /// The same error on many pipelines: all of them wait.
    case outageHold = "outage_hold"
    /// The hold is over.
    case outageOver = "outage_over"
    /// A person paused something.
    case paused
    /// A person lifted a pause.
    case resumed
    /// What a dry run or shadow policy would have done.
    case wouldRetry = "would_retry"
}

/// Syslog levels as the journal counts them.
package enum ReportLevel: Int, Hashable, Sendable, CaseIterable {
    /// Something failed and a person is needed.
    case error = 3
    /// Something is not as it should be.
    case warning = 4
    /// A change worth seeing.
    case notice = 5
    /// Routine.
    case info = 6
}
