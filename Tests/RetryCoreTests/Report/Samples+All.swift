import Primitives
import RetryCore

extension Samples {
    var service: [ReportSample] {
        let path = outside("/etc/pipeline-retryd/config.yaml")
        return [
            .init(
                "started",
                .started(version: "1.0.0", targets: 2, pipelines: 1, patterns: 0, isDryRun: false)
            ),
            .init(
                "started, patterns and dry run",
                .started(version: "1.0.0", targets: 2, pipelines: 1, patterns: 3, isDryRun: true)
            ),
            .init("stopping", .stopping("SIGTERM")),
            .init(
                "config_loaded with changes",
                .configLoaded(
                    path: path,
                    changes: [
                        outside("poll.interval: 30s -> 1m"), outside("dry_run: true -> false"),
                    ]
                )
            ),
            .init("config_loaded without changes", .configLoaded(path: path, changes: [])),
            .init(
                "config_rejected",
                .configRejected(
                    path: path,
                    errors: [outside("config.yaml:3:5: polll: unknown key; did you mean poll?")]
                )
            ),
            .init("target_degraded by the ledger", .ledgerDegraded(outside("the disk is full."))),
            .init("target_recovered, ledger", .ledgerRecovered(after: .milliseconds(90_500))),
        ]
    }

    var targets: [ReportSample] {
        let expired = call(
            .credentials,
            .getPipelineState,
            "ExpiredTokenException",
            "the security token included in the request is expired"
        )
        let denied = call(.accessDenied, .listPipelines, "AccessDeniedException", "not authorized")
        let silent = call(.unreachable, .getPipelineState, nil, "connection refused")
        let gone = call(.notFound, .getPipelineState, "PipelineNotFoundException", "no such one")
        let unread = FailureFacts(
            action: "Fetch",
            code: outside("PermissionError"),
            message: outside("The pipeline's role may not read the bucket")
        )
        let bare = PipelineContext(key: key, region: outside("eu-central-1"), account: nil)
        return [
            .init("target_degraded by credentials", .targetDegraded(target, expired)),
            .init("target_degraded by a permission", .targetDegraded(target, denied)),
            .init("target_degraded without an answer", .targetDegraded(target, silent)),
            .init("target_recovered", .targetRecovered(target, after: .seconds(3723))),
            .init(
                "target_degraded by another target",
                .targetDuplicate(target, of: .init(outside("all")), pipelines: 12)
            ),
            .init(
                "target_recovered from another target",
                .targetDistinct(target, after: .seconds(605))
            ),
            .init("pipeline_found by discovery", .pipelineFound(bare, again: false)),
            .init("pipeline_found again", .pipelineFound(pipeline, again: true)),
            .init("pipeline_lost, not found", .pipelineLost(bare, .notFound, gone)),
            .init("pipeline_lost, denied", .pipelineLost(pipeline, .accessDenied, denied)),
            .init("pipeline_lost, unreadable", .pipelineLost(pipeline, .unreadable, silent)),
            .init(
                "parallel_refused",
                .parallelRefused(
                    pipeline,
                    call(
                        .invalid,
                        .retryStageExecution,
                        "StageNotRetryableException",
                        "the stage cannot be retried"
                    )
                )
            ),
            .init("config_unmatched, a pattern", .patternUnmatched(target, Glob("svc-*"))),
            .init(
                "config_unmatched, a stage",
                .stagesUnmatched(pipeline, ["Deploi"], has: ["Build", "Deploy", "Source"])
            ),
            .init("source_failed", .sourceFailed(pipeline, "Source", unread)),
            .init(
                "stage_stuck",
                .stageStuck(
                    pipeline,
                    "Release",
                    "0d3a9c1e-7a54-4f7e-9a39-2f6b8a5d4c11",
                    FailureFacts(
                        action: "Approve",
                        message: outside("The approval action has been canceled.")
                    ),
                    since: .seconds(600)
                )
            ),
            .init(
                "execution_failed",
                .executionFailed(
                    pipeline,
                    execution,
                    outside("Values for required variables haven't been provided: Alpha")
                )
            ),
            .init("execution_failed without a reason", .executionFailed(bare, execution, nil)),
            .init(
                "target_degraded, ListPipelineExecutions denied",
                .executionsDenied(
                    target,
                    call(
                        .accessDenied,
                        .listPipelineExecutions,
                        "AccessDeniedException",
                        "not authorized"
                    )
                )
            ),
            .init(
                "cause_unavailable for lack of a permission",
                .causeUnavailable(
                    target,
                    CauseFailure(
                        service: outside("codebuild"),
                        kind: .denied,
                        permission: "codebuild:BatchGetBuilds",
                        text: outside("not authorized")
                    )
                )
            ),
            .init(
                "cause_unavailable without an answer",
                .causeUnavailable(
                    target,
                    CauseFailure(service: outside("logs"), kind: .late)
                )
            ),
            .init("throttled", .throttled(target, rate: 2.5)),
            .init("throttled, back to the full rate", .throttlingOver(target, rate: 5)),
            .init(
                "polling_slowed",
                .pollingSlowed(target, PollDemand(pipelines: 212, poll: PollSettings()))
            ),
            .init(
                "polling_slowed, back to the configured interval",
                .pollingKept(target, PollDemand(pipelines: 140, poll: PollSettings()))
            ),
        ]
    }

    var waits: [ReportSample] {
        [
            .init("stage_failed", .stageFailed(episode, failure)),
            .init("stage_failed with a cause", .stageFailed(episode, toldFailure)),
            .init("stage_failed without an action", .stageFailed(bareEpisode, FailureFacts())),
            .init("retry_scheduled by a rule", .retryScheduled(episode, plan, failure)),
            .init(
                "retry_scheduled by the policy",
                .retryScheduled(bareEpisode, plainPlan, FailureFacts())
            ),
            .init(
                "retry_deferred with a plan",
                .retryDeferred(
                    episode,
                    .budgetSpent,
                    until: time,
                    plan,
                    detail: outside("20 of 20 retries used under policy default in the last 1h")
                )
            ),
            .init(
                "retry_deferred without a plan",
                .retryDeferred(bareEpisode, .actionsInProgress, until: time, nil, detail: "")
            ),
            .init("would_retry by a rule", .wouldRetry(episode, plan, failure)),
            .init(
                "would_retry by the policy",
                .wouldRetry(bareEpisode, plainPlan, FailureFacts())
            ),
        ]
    }

    var calls: [ReportSample] {
        let busy = call(
            .invalid,
            .retryStageExecution,
            "ConflictException",
            "the pipeline is busy"
        )
        let denied = call(
            .accessDenied,
            .retryStageExecution,
            "AccessDeniedException",
            "not authorized"
        )
        let silent = call(.unreachable, .retryStageExecution, nil, "connection refused")
        let id = outside("7d0d6f1a-0c5e-4b0f-8f0a-3c8d6e5f4a3b")
        return [
            .init("retry_sent by a rule", .retrySent(episode, intent(.open), limit: 10)),
            .init("retry_sent by the policy", .retrySent(bareEpisode, plainIntent, limit: 3)),
            .init("retry_accepted", .retryAccepted(episode, intent(.accepted), requestID: id)),
            .init(
                "retry_accepted without an id",
                .retryAccepted(bareEpisode, plainIntent, requestID: nil)
            ),
            .init(
                "retry_refused, busy",
                .retryRefused(episode, intent(.notExecuted), .busy, busy)
            ),
            .init(
                "retry_refused, denied",
                .retryRefused(episode, intent(.notExecuted), .accessDenied, denied)
            ),
            .init(
                "retry_refused, account unknown",
                .retryRefused(bareEpisode, plainIntent, .accessDenied, denied)
            ),
            .init(
                "retry_refused, not reached",
                .retryRefused(bareEpisode, plainIntent, .unreachable, silent)
            ),
            .init(
                "retry_unknown",
                .retryUnknown(episode, intent(.unknown), outside("no answer within 1m30s"))
            ),
            .init(
                "retry_settled, took effect",
                .retrySettled(episode, intent(.effective), tookEffect: true)
            ),
            .init(
                "retry_settled, no sign",
                .retrySettled(bareEpisode, plainIntent, tookEffect: false)
            ),
            .init(
                "retry_without_effect",
                .retryWithoutEffect(episode, intent(.withoutEffect))
            ),
            .init(
                "retry_cost",
                .retryCost(
                    episode,
                    intent(.effective),
                    expected: RetryCost(minutes: 12, price: 24_000),
                    RetryCost(minutes: 14, price: 28_000)
                )
            ),
        ]
    }

    var outcomes: [ReportSample] {
        let approval = outside("the approval Release was rejected or not answered in time")
        return [
            .init(
                "stage_recovered",
                .stageRecovered(episode, retries: 1, after: .milliseconds(95_250))
            ),
            .init(
                "stage_recovered without us",
                .stageRecovered(bareEpisode, retries: 0, after: .zero)
            ),
            .init(
                "retries_exhausted",
                .retriesExhausted(episode, .exhausted, retries: 3, failure)
            ),
            .init(
                "retries_exhausted by time",
                .retriesExhausted(bareEpisode, .gaveUpAfter, retries: 0, FailureFacts())
            ),
            .init(
                "stage_not_retried by a guard",
                .stageNotRetried(episode, .approvalRejected, retries: 0, failure, detail: approval)
            ),
            .init(
                "stage_not_retried, request rejected",
                .stageNotRetried(
                    episode,
                    .invalidRequest,
                    retries: 1,
                    failure,
                    detail: outside("no")
                )
            ),
            .init(
                "stage_not_retried, target no longer watched",
                .stageNotRetried(bareEpisode, .notWatched, retries: 2, FailureFacts(), detail: "")
            ),
            .init("stage_superseded", .stageSuperseded(episode, by: execution, retries: 2)),
            .init(
                "stage_superseded by an unknown one",
                .stageSuperseded(bareEpisode, by: nil, retries: 0)
            ),
            .init("stage_removed", .stageRemoved(episode, retries: 1)),
            .init("stage_removed, without details", .stageRemoved(bareEpisode, retries: 0)),
        ]
    }

    var holds: [ReportSample] {
        let one = PauseScope(
            target: .init(outside("prod")),
            pipeline: .init(outside("web")),
            stage: .init(outside("Deploy"))
        )
        let release = outside("release night")
        return [
            .init("outage_hold", .outageHold(fingerprint, pipelines: 5, nextProbe: time)),
            .init("outage_over", .outageOver(fingerprint, after: .seconds(605))),
            .init(
                "paused for a time",
                .paused(Pause(scope: one, reason: release, uid: 1000, until: time))
            ),
            .init(
                "paused, everything",
                .paused(Pause(scope: PauseScope(), reason: release, uid: 0, until: nil))
            ),
            .init("resumed by a person", .resumed(one, uid: 1000)),
            .init("resumed by its time", .resumed(PauseScope(), uid: nil)),
        ]
    }
}
