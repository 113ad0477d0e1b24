import Primitives

/// The events of failed stages and waiting retries: the fixed parts of each, and its entries.
extension CatalogText {
    static let stageFailed = CatalogText(
        id: "bc9eed3d3fef4982900b126dc4c450fe",
        subject: "Stage @RETRYD_STAGE@ of pipeline @RETRYD_PIPELINE@ failed",
        happened: """
            The stage failed in execution @RETRYD_EXECUTION_ID@ (target @RETRYD_TARGET@), for the
            first time or again; the message names the action and its error.
            """,
        means: """
            The decision follows at once: retry_scheduled, retry_deferred, would_retry,
            stage_not_retried or retries_exhausted.
            """,
        action: "No action is needed yet: the next entry of this execution has the decision.",
        commands: [story]
    )

    static let retryScheduled = CatalogText(
        id: "d3c7d3233ba544618d60955f57ba5247",
        subject: """
            Retry @RETRYD_RETRY@ of stage @RETRYD_STAGE@ of @RETRYD_PIPELINE@ is due \
            @RETRYD_DUE@
            """,
        happened: """
            Retry @RETRYD_RETRY@ of at most @RETRYD_MAX_RETRIES@ was scheduled under policy
            @RETRYD_POLICY@ with mode @RETRYD_MODE@.
            """,
        means: """
            When it is due the pipeline is polled once more, and the retry is sent only if nothing
            has changed. After a restart it is logged again with the same due time.
            """,
        action: "No action is needed. To keep the retry from being sent, pause the stage.",
        commands: [pause]
    )

    static let retryDeferred = CatalogText(
        id: "4c59e7e5fb524c7f8ce0c3a8f6cefc62",
        subject: """
            A retry of stage @RETRYD_STAGE@ of @RETRYD_PIPELINE@ is deferred: @RETRYD_REASON@
            """,
        happened: "Something other than the due time holds the retry back; the message says what.",
        means: """
            Waiting does not use up an attempt. It is re-evaluated when the cause clears, or by the
            time in the message at the latest; give_up_after still applies.
            """,
        action: """
            Most causes clear without action. These do not: \(Reason.needingAction). The runbook \
            explains each reason.
            """,
        commands: [explain]
    )

    static let wouldRetry = CatalogText(
        id: "1403450686bc49f29e8d06e56515127c",
        subject: """
            Stage @RETRYD_STAGE@ of @RETRYD_PIPELINE@ would be retried (dry run or shadow policy)
            """,
        happened: """
            The daemon would send retry @RETRYD_RETRY@ of at most @RETRYD_MAX_RETRIES@ with mode
            @RETRYD_MODE@ at @RETRYD_DUE@.
            """,
        means: """
            Nothing is sent, because of dry_run, run --dry-run, or shadow in the policy
            @RETRYD_POLICY@.
            """,
        action: "If the decisions are right, remove dry_run or shadow and reload.",
        commands: [explain, "systemctl reload pipeline-retryd"]
    )
}

extension ReportEntry {
    static func stageFailed(_ context: EpisodeContext, _ failure: FailureFacts) -> ReportEntry {
        ReportEntry(
            .stageFailed,
            .notice,
            "\(context.place) failed: \(failure.sentence)"
        ) {
            $0.add(context)
            $0.add(failure)
        }
    }

    static func retryScheduled(
        _ context: EpisodeContext,
        _ plan: RetryPlan,
        _ failure: FailureFacts
    ) -> ReportEntry {
        ReportEntry(
            .retryScheduled,
            .info,
            "\(context.place): \(plan.sentence) due \(plan.due.rfc3339)"
        ) {
            $0.add(context)
            $0.add(plan)
            $0.add(failure)
        }
    }

    static func retryDeferred(
        _ context: EpisodeContext,
        _ reason: Reason,
        until: WallTime,
        _ plan: RetryPlan?,
        detail: String,
        isError: Bool
    ) -> ReportEntry {
        ReportEntry(
            .retryDeferred,
            isError ? .error : .info,
            "\(context.place): retry deferred: \(reason.sentence)" + parenthesis(detail)
                + "; checked again by \(until.rfc3339)"
        ) {
            $0.add(context)
            $0.add(.reason, reason.rawValue)
            if let plan { $0.add(plan) }
        }
    }

    static func wouldRetry(_ context: EpisodeContext, _ plan: RetryPlan, _ failure: FailureFacts)
        -> ReportEntry
    {
        ReportEntry(
            .wouldRetry,
            .notice,
            "\(context.place): would send \(plan.sentence) due \(plan.due.rfc3339); "
                + "nothing is sent (dry run or shadow policy)"
        ) {
            $0.add(context)
            $0.add(plan)
            $0.add(failure)
        }
    }
}
