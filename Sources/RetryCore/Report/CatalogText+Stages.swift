/// The texts on failed stages, their retries and their outcomes.
extension CatalogText {
    /// Everything that was said of one execution.
    private static let story =
        "journalctl -u pipeline-retryd RETRYD_EXECUTION_ID=@RETRYD_EXECUTION_ID@"
    /// The whole reasoning.
    private static let explain =
        "pipeline-retryd explain --target @RETRYD_TARGET@ --pipeline @RETRYD_PIPELINE@ "
        + "--stage @RETRYD_STAGE@"
    /// What holds one stage.
    private static let pause =
        "pipeline-retryd pause --target @RETRYD_TARGET@ --pipeline @RETRYD_PIPELINE@ "
        + "--stage @RETRYD_STAGE@ --reason TEXT"
    /// What a person does instead of the daemon.
    private static let byHand =
        "aws codepipeline retry-stage-execution --pipeline-name @RETRYD_PIPELINE@ "
        + "--stage-name @RETRYD_STAGE@ --pipeline-execution-id @RETRYD_EXECUTION_ID@ "
        + "--retry-mode FAILED_ACTIONS"

    static let stageFailed = CatalogText(
        subject: "Stage @RETRYD_STAGE@ of pipeline @RETRYD_PIPELINE@ failed",
        happened: """
            The stage failed in execution @RETRYD_EXECUTION_ID@ (target @RETRYD_TARGET@), for the
            first time or again; the message names the action and its error.
            """,
        means: """
            What follows is said at once: retry_scheduled, retry_deferred, would_retry, stage_left
            or retries_exhausted.
            """,
        action: "Nothing yet: the next entry of this execution says what the daemon does.",
        commands: [story]
    )

    static let retryScheduled = CatalogText(
        subject: """
            Retry @RETRYD_RETRY@ of stage @RETRYD_STAGE@ of @RETRYD_PIPELINE@ is due \
            @RETRYD_DUE@
            """,
        happened: """
            Retry @RETRYD_RETRY@ of at most @RETRYD_MAX_RETRIES@, by policy @RETRYD_POLICY@ and
            with mode @RETRYD_MODE@, was decided.
            """,
        means: """
            When it is due the state is read once more, and the retry is sent only if the facts
            are the same. After a restart it is said again, with the same time.
            """,
        action: "Nothing. To keep it from being sent, pause the stage.",
        commands: [pause]
    )

    static let retryDeferred = CatalogText(
        subject: """
            A retry of stage @RETRYD_STAGE@ of @RETRYD_PIPELINE@ waits: @RETRYD_REASON@
            """,
        happened: "The retry waits for something else than its time; the message says for what.",
        means: """
            Waiting uses no retry up. It is decided anew when the cause passes, and at the latest
            at the time in the message; give_up_after still ends it.
            """,
        action: """
            Most causes pass by themselves. These need a person: access_denied, credentials,
            ledger_unavailable, transition_disabled, paused. The runbook has a line on each
            reason.
            """,
        commands: [explain]
    )

    static let retrySent = CatalogText(
        subject: "Retry @RETRYD_RETRY@ of stage @RETRYD_STAGE@ of @RETRYD_PIPELINE@ is sent",
        happened: """
            RetryStageExecution for execution @RETRYD_EXECUTION_ID@ is called with mode
            @RETRYD_MODE@. The intent was written to disk before.
            """,
        means: """
            It counts, unless AWS surely did not execute it. The answer follows as retry_accepted,
            retry_refused or retry_unknown; if the daemon dies before, the next start reads the
            state to find out.
            """,
        action: "Nothing."
    )

    static let retryAccepted = CatalogText(
        subject: "AWS accepted retry @RETRYD_RETRY@ of stage @RETRYD_STAGE@ of @RETRYD_PIPELINE@",
        happened: "RetryStageExecution was answered with success.",
        means: """
            The stage must move within 60 s, else retry_without_effect follows. What it comes to
            is said as stage_recovered or as another stage_failed.
            """,
        action: "Nothing."
    )

    static let retryRefused = CatalogText(
        subject: """
            AWS refused retry @RETRYD_RETRY@ of stage @RETRYD_STAGE@ of @RETRYD_PIPELINE@: \
            @RETRYD_REASON@
            """,
        happened: "AWS answered RetryStageExecution with an error, or the call did not reach it.",
        means: """
            It was not executed and does not count as a retry, though it draws on the budget. The
            daemon waits and tries again, or ends the episode; the next entry says which.
            """,
        action: """
            access_denied: allow codepipeline:RetryStageExecution on the stage's ARN that the
            message names, then reload. credentials: mend the role. invalid_request: report it
            with the message. Everything else passes or ends by itself.
            """,
        commands: [story, "pipeline-retryd check", "systemctl reload pipeline-retryd"]
    )

    static let retryUnknown = CatalogText(
        subject: """
            Nobody knows whether retry @RETRYD_RETRY@ of stage @RETRYD_STAGE@ of \
            @RETRYD_PIPELINE@ was executed
            """,
        happened:
            "The answer to RetryStageExecution was lost: a time-out, a 5xx, a lost connection.",
        means: """
            The retry counts as spent and is never sent again blindly. The state is read for up to
            60 s to find out; retry_settled says what it shows.
            """,
        action: "Nothing. If it comes often, look at the network between here and AWS.",
        commands: [story]
    )

    static let retrySettled = CatalogText(
        subject: """
            What became of retry @RETRYD_RETRY@ of stage @RETRYD_STAGE@ of @RETRYD_PIPELINE@
            """,
        happened: """
            The state was read after an answer was lost; the message says whether the retry took
            effect.
            """,
        means: """
            It counts either way, since a lost request may still land. Without effect the next
            retry follows, if the limits allow one.
            """,
        action: "Nothing."
    )

    static let retryWithoutEffect = CatalogText(
        subject: """
            Retry @RETRYD_RETRY@ of stage @RETRYD_STAGE@ of @RETRYD_PIPELINE@ changed nothing
            """,
        happened: """
            AWS accepted the retry, and within 60 s the stage showed neither InProgress nor a new
            action execution.
            """,
        means: "It counts. The next retry follows, if the limits allow one.",
        action: "Look at the pipeline in the AWS console: does the stage hang before its actions?",
        commands: [story]
    )

    static let wouldRetry = CatalogText(
        subject: """
            Stage @RETRYD_STAGE@ of @RETRYD_PIPELINE@ would be retried, but this is a rehearsal
            """,
        happened: """
            The daemon would send retry @RETRYD_RETRY@ of at most @RETRYD_MAX_RETRIES@ with mode
            @RETRYD_MODE@ at @RETRYD_DUE@.
            """,
        means: """
            Nothing is sent: dry_run, run --dry-run, or shadow in the policy @RETRYD_POLICY@ says
            so.
            """,
        action: "If the decisions suit you, take dry_run or shadow out and reload.",
        commands: [explain, "systemctl reload pipeline-retryd"]
    )

    static let stageRecovered = CatalogText(
        subject: "Stage @RETRYD_STAGE@ of pipeline @RETRYD_PIPELINE@ recovered",
        happened: """
            The stage succeeded in execution @RETRYD_EXECUTION_ID@ after @RETRYD_RETRY@ retries by
            the daemon, @RETRYD_ELAPSED_USEC@ microseconds after it first failed.
            """,
        means: "The episode is over. With 0 retries somebody else, or CodePipeline, retried it.",
        action: "Nothing. If it happens often, mend what the first stage_failed names.",
        commands: [
            "journalctl -u pipeline-retryd RETRYD_EVENT=stage_recovered "
                + "RETRYD_PIPELINE=@RETRYD_PIPELINE@ --since=-7d"
        ]
    )

    static let retriesExhausted = CatalogText(
        subject: """
            Stage @RETRYD_STAGE@ of pipeline @RETRYD_PIPELINE@ was given up: @RETRYD_REASON@
            """,
        happened: """
            A limit ended the episode of execution @RETRYD_EXECUTION_ID@ after @RETRYD_RETRY@
            retries; the message has the last error.
            """,
        means: """
            The daemon does not retry this execution of the stage any more. Another execution
            starts afresh.
            """,
        action: """
            Mend the cause, then retry by hand or release a new change. Where the entry has
            RETRYD_URL, it leads to the failed action.
            """,
        commands: [story, byHand]
    )

    static let stageLeft = CatalogText(
        subject: """
            Stage @RETRYD_STAGE@ of pipeline @RETRYD_PIPELINE@ is left alone: @RETRYD_REASON@
            """,
        happened: """
            The policy, a guard or AWS says that execution @RETRYD_EXECUTION_ID@ shall not be
            retried, after @RETRYD_RETRY@ retries; the message says why.
            """,
        means: """
            The daemon does nothing more in this execution of the stage. Another execution starts
            afresh.
            """,
        action: """
            Decide whether a person shall retry it. If the daemon should have, let explain show
            the whole reasoning and change the policy.
            """,
        commands: [explain, byHand]
    )

    static let stageSuperseded = CatalogText(
        subject: "Another execution took stage @RETRYD_STAGE@ of pipeline @RETRYD_PIPELINE@",
        happened: """
            The stage no longer shows execution @RETRYD_EXECUTION_ID@, which failed in it; the
            daemon had retried it @RETRYD_RETRY@ times.
            """,
        means: "The failure has nothing to retry any more. The episode is over.",
        action: "Nothing."
    )

    static let stageGone = CatalogText(
        subject: "Stage @RETRYD_STAGE@ of pipeline @RETRYD_PIPELINE@ no longer exists",
        happened: "AWS no longer shows the stage, or the whole pipeline.",
        means: "The episode of execution @RETRYD_EXECUTION_ID@ is over.",
        action: """
            Nothing, if it was deleted on purpose. If it was renamed, change the names in the
            config file and reload.
            """,
        commands: ["pipeline-retryd check", "systemctl reload pipeline-retryd"]
    )
}
