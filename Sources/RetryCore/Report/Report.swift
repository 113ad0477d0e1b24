package import Primitives

/// One report of the daemon: one entry of the journal.
///
/// ``kind``, ``level``, ``message`` and ``fields`` give its written form.
package enum Report: Hashable, Sendable {
    /// The daemon runs; the number of pipelines counts exact names only, beside the patterns that
    /// find others.
    case started(version: String, targets: Int, pipelines: Int, patterns: Int, isDryRun: Bool)
    /// The daemon ends; the text says why.
    case stopping(String)
    /// A configuration was loaded; the lines list the changes, `old -> new`.
    case configLoaded(path: String, changes: [String])
    /// A configuration was rejected; the lines are its errors.
    case configRejected(path: String, errors: [String])
    /// Calls to a target fail.
    case targetDegraded(TargetContext, CallFailure)
    /// Calls to a target work again after so long.
    case targetRecovered(TargetContext, after: Duration)
    /// A target has the same account and Region as another, which retries so many pipelines that
    /// both watch.
    case targetDuplicate(TargetContext, of: TargetName, pipelines: Int)
    /// A target shares no pipeline with another any more, after so long.
    case targetDistinct(TargetContext, after: Duration)
    /// The ledger does not take writes: no retry is sent until it does.
    case ledgerDegraded(String)
    /// The ledger takes writes again after so long.
    case ledgerRecovered(after: Duration)
    /// A pipeline that was lost is back, or discovery found a new one.
    case pipelineFound(PipelineContext, again: Bool)
    /// A pipeline cannot be watched.
    case pipelineLost(PipelineContext, PipelineLoss, CallFailure)
    /// The pipeline's mode has no state to act on.
    case parallelRefused(PipelineContext, CallFailure)
    /// No pipeline of a target has a name that a pattern of the file takes.
    case patternUnmatched(TargetContext, Glob)
    /// Stages that the file sets and that the pipeline has not, and those that it has.
    case stagesUnmatched(PipelineContext, [StageName], has: [StageName])
    /// A source action cannot check for a new revision, which no stage and no execution shows.
    case sourceFailed(PipelineContext, StageName, FailureFacts)
    /// A stage is InProgress though all that started in it has ended and something failed, since so
    /// long.
    case stageStuck(PipelineContext, StageName, ExecutionID, FailureFacts, since: Duration)
    /// An execution failed outside any stage; the text is AWS's summary, if there is one.
    case executionFailed(PipelineContext, ExecutionID, String?)
    /// Executions that fail before any stage are not seen, because a permission is missing.
    case executionsDenied(TargetContext, CallFailure)
    /// The service of a failed action could not be asked for the cause.
    case causeUnavailable(TargetContext, CauseFailure)
    /// AWS limits the rate of a target; the new rate in requests per second.
    case throttled(TargetContext, rate: Double)
    /// AWS has not limited the rate of a target for a while.
    case throttlingOver(TargetContext, rate: Double)
    /// The rate of a target does not allow the file's intervals.
    case pollingSlowed(TargetContext, PollDemand)
    /// It allows them again.
    case pollingKept(TargetContext, PollDemand)
    /// A stage failed.
    case stageFailed(EpisodeContext, FailureFacts)
    /// A retry is decided and has its time.
    case retryScheduled(EpisodeContext, RetryPlan, FailureFacts)
    /// A retry waits for something other than its time, until then at the latest; as an error when
    /// a person must act, such as grant a permission.
    case retryDeferred(
        EpisodeContext,
        Reason,
        until: WallTime,
        RetryPlan?,
        detail: String,
        isError: Bool = false
    )
    /// RetryStageExecution is about to be called.
    case retrySent(EpisodeContext, Intent, limit: Int)
    /// AWS accepted the retry.
    case retryAccepted(EpisodeContext, Intent, requestID: String?)
    /// AWS refused the retry.
    case retryRefused(EpisodeContext, Intent, Reason, CallFailure)
    /// It is unknown whether AWS executed the call; the text says why.
    case retryUnknown(EpisodeContext, Intent, String)
    /// An unknown answer was settled by reading the state.
    case retrySettled(EpisodeContext, Intent, tookEffect: Bool)
    /// AWS accepted the retry and the stage did not change.
    case retryWithoutEffect(EpisodeContext, Intent)
    /// A retry has ended, under a ceiling of cost: what it was expected to cost, and what it cost.
    case retryCost(EpisodeContext, Intent, expected: RetryCost, RetryCost)
    /// What a dry run or shadow policy would have done.
    case wouldRetry(EpisodeContext, RetryPlan, FailureFacts)
    /// The stage succeeded after so many retries of ours, so long after the first failure.
    case stageRecovered(EpisodeContext, retries: Int, after: Duration)
    /// A limit ended the episode.
    case retriesExhausted(EpisodeContext, Reason, retries: Int, FailureFacts)
    /// The stage is left to people or to CodePipeline.
    case stageNotRetried(EpisodeContext, Reason, retries: Int, FailureFacts, detail: String)
    /// Another execution took the stage.
    case stageSuperseded(EpisodeContext, by: ExecutionID?, retries: Int)
    /// The stage or pipeline is no longer there.
    case stageRemoved(EpisodeContext, retries: Int)
    /// The same error on so many pipelines: all of them wait.
    case outageHold(Fingerprint, pipelines: Int, nextProbe: WallTime)
    /// The hold is over after this long; held retries are released one after the other.
    case outageOver(Fingerprint, after: Duration)
    /// A person paused something.
    case paused(Pause)
    /// A pause ended: by a person's command, or by its own time.
    case resumed(PauseScope, uid: UInt32?)
}

/// The names in an entry about a target.
package struct TargetContext: Hashable, Sendable {
    /// The target.
    package var target: TargetName
    /// Its Region.
    package var region: String

    /// Creates a context.
    package init(target: TargetName, region: String) {
        self.target = target
        self.region = region
    }
}

/// The names in an entry about a pipeline.
package struct PipelineContext: Hashable, Sendable {
    /// The pipeline.
    package var key: PipelineKey
    /// Its Region.
    package var region: String
    /// Its account, once known.
    package var account: String?

    /// Creates a context.
    package init(key: PipelineKey, region: String, account: String?) {
        self.key = key
        self.region = region
        self.account = account
    }
}

/// The names in an entry about an episode.
package struct EpisodeContext: Hashable, Sendable {
    /// The episode.
    package var key: EpisodeKey
    /// Its Region.
    package var region: String
    /// Its account, once known.
    package var account: String?
    /// The ARN's partition, once known.
    package var partition: String?
    /// The stage's policy.
    package var policy: PolicyName

    /// Creates a context.
    package init(
        key: EpisodeKey,
        region: String,
        account: String?,
        partition: String?,
        policy: PolicyName
    ) {
        self.key = key
        self.region = region
        self.account = account
        self.partition = partition
        self.policy = policy
    }

    /// The ARN that a permission to retry must name; unknown parts are `*`.
    package var stageARN: String {
        let pipeline = key.pipeline.pipeline
        let region = region.isEmpty ? "*" : region
        return "arn:\(partition ?? "aws"):codepipeline:\(region):\(account ?? "*")"
            + ":\(pipeline)/\(key.stage)"
    }
}

/// Why a pipeline cannot be watched; the raw values appear in `RETRYD_REASON`.
package enum PipelineLoss: String, Hashable, Sendable, CaseIterable {
    /// AWS knows no such pipeline.
    case notFound = "not_found"
    /// The permission to read it is missing.
    case accessDenied = "access_denied"
    /// Its state cannot be read again and again.
    case unreadable
}
