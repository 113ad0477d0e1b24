import Primitives

/// The events of RetryStageExecution and its effects: the fixed parts of each, and its entries.
extension CatalogText {
    static let retrySent = CatalogText(
        id: "6cf6630db0724628ab35fb96b55877a6",
        subject: "Retry @RETRYD_RETRY@ of stage @RETRYD_STAGE@ of @RETRYD_PIPELINE@ is sent",
        happened: """
            RetryStageExecution for execution @RETRYD_EXECUTION_ID@ is called with mode
            @RETRYD_MODE@. The intent was written to disk first.
            """,
        means: """
            It counts against the retry limits unless AWS is known not to have executed it. The
            answer follows as retry_accepted, retry_refused or retry_unknown; if the daemon dies
            first, the next start reads the pipeline's state to find out.
            """,
        action: "No action is needed."
    )

    static let retryAccepted = CatalogText(
        id: "989e1c373e5e4e16a8ffc325ab34fb6e",
        subject: "AWS accepted retry @RETRYD_RETRY@ of stage @RETRYD_STAGE@ of @RETRYD_PIPELINE@",
        happened: "RetryStageExecution returned success.",
        means: """
            If the stage does not change within 60 s, retry_without_effect follows. The result is
            reported as stage_recovered or another stage_failed.
            """,
        action: "No action is needed."
    )

    static let retryRefused = CatalogText(
        id: "4348d46f147849b29e593ee5faa88ca5",
        subject: """
            Retry @RETRYD_RETRY@ of stage @RETRYD_STAGE@ of @RETRYD_PIPELINE@ was refused or did \
            not reach AWS: @RETRYD_REASON@
            """,
        happened: "AWS answered RetryStageExecution with an error, or the call did not reach AWS.",
        means: """
            It was not executed. It does not count against the retry limits, but it does count
            against the retry budget. The daemon tries again later or ends the episode; the next
            entry says which.
            """,
        action: """
            access_denied: allow codepipeline:RetryStageExecution on the stage's ARN that the
            message names, then reload. credentials: fix the role. invalid_request: report it
            with the message. Every other cause needs no action.
            """,
        commands: [story, "pipeline-retryd check", "systemctl reload pipeline-retryd"]
    )

    static let retryUnknown = CatalogText(
        id: "3dcf1aaeb717417e915cb1e46dcb9aa1",
        subject: """
            It is unknown whether retry @RETRYD_RETRY@ of stage @RETRYD_STAGE@ of \
            @RETRYD_PIPELINE@ was executed
            """,
        happened:
            "The answer to RetryStageExecution was lost: a timeout, a 5xx or a lost connection.",
        means: """
            The retry counts against the retry limits and is never repeated blindly. The pipeline's
            state is read for up to 60 s to find out; retry_settled reports what it shows.
            """,
        action: "No action is needed. If it happens often, check the network to AWS.",
        commands: [story]
    )

    static let retrySettled = CatalogText(
        id: "8a496055f9ed4144856acdc30284d807",
        subject: """
            The result of retry @RETRYD_RETRY@ of stage @RETRYD_STAGE@ of @RETRYD_PIPELINE@ is \
            known
            """,
        happened: """
            The answer to the retry was lost, and the pipeline's state was read instead; the message
            says whether the retry took effect.
            """,
        means: """
            It counts against the retry limits either way, since a delayed request may still take
            effect. If it had no effect, the next retry follows if the limits allow it.
            """,
        action: "No action is needed."
    )

    static let retryWithoutEffect = CatalogText(
        id: "2b76fb4c68f04392955863ccf196cec6",
        subject: """
            Retry @RETRYD_RETRY@ of stage @RETRYD_STAGE@ of @RETRYD_PIPELINE@ changed nothing
            """,
        happened: """
            AWS accepted the retry, and within 60 s the stage showed neither InProgress nor a new
            action execution.
            """,
        means: """
            It counts against the retry limits. The next retry follows if the limits allow it.
            """,
        action: "Check in the AWS console whether the stage is stuck before its first action.",
        commands: [story]
    )

    static let retryCost = CatalogText(
        id: "0d6a7b5c3f0e4d6b9a21c8e47f35d9b2",
        subject: """
            Retry @RETRYD_RETRY@ of stage @RETRYD_STAGE@ of @RETRYD_PIPELINE@ cost \
            @RETRYD_COST_MINUTES@ minutes
            """,
        happened: """
            A retry that a ceiling of cost was asked about has ended: the stage succeeded or failed
            again. The minutes are those of the actions that it ran, each begun one counted whole.
            """,
        means: """
            The ceiling counts these minutes from now on, in place of those that were expected.
            """,
        action: "No action is needed."
    )
}

extension ReportEntry {
    static func retrySent(_ context: EpisodeContext, _ intent: Intent, limit: Int) -> ReportEntry {
        ReportEntry(
            .retrySent,
            .notice,
            "\(context.place): retry \(intent.number) of \(limit) sent (\(intent.mode.rawValue))"
        ) {
            $0.add(context)
            $0.add(intent)
            $0.add(.maxRetries, "\(limit)")
        }
    }

    static func retryAccepted(_ context: EpisodeContext, _ intent: Intent, requestID: String?)
        -> ReportEntry
    {
        ReportEntry(
            .retryAccepted,
            .info,
            "\(context.place): retry \(intent.number) accepted"
        ) {
            $0.add(context)
            $0.add(intent)
            $0.add(.awsRequestID, requestID)
        }
    }

    static func retryRefused(
        _ context: EpisodeContext,
        _ intent: Intent,
        _ reason: Reason,
        _ failure: CallFailure
    ) -> ReportEntry {
        ReportEntry(
            .retryRefused,
            reason.levelOfRefusal,
            "\(context.place): retry \(intent.number) "
                + "\(reason.isOfUnsent(failure) ? "was not sent" : "refused"): \(failure.sentence)"
                + (reason == .accessDenied
                    ? ". Allow codepipeline:RetryStageExecution on \(context.stageARN) "
                        + "(a policy on the pipeline's ARN is not enough)" : "")
        ) {
            $0.add(context)
            $0.add(intent)
            $0.add(.reason, reason.rawValue)
            $0.add(failure)
        }
    }

    static func retryUnknown(_ context: EpisodeContext, _ intent: Intent, _ why: String)
        -> ReportEntry
    {
        ReportEntry(
            .retryUnknown,
            .warning,
            "\(context.place): retry \(intent.number) may or may not have been executed "
                + "(\(why)); it counts against the retry limits, and the pipeline's state is "
                + "read to find out"
        ) {
            $0.add(context)
            $0.add(intent)
        }
    }

    static func retrySettled(_ context: EpisodeContext, _ intent: Intent, tookEffect: Bool)
        -> ReportEntry
    {
        ReportEntry(
            .retrySettled,
            .info,
            "\(context.place): retry \(intent.number) "
                + (tookEffect
                    ? "was executed after all"
                    : "had no visible effect; it still counts against the retry limits")
        ) {
            $0.add(context)
            $0.add(intent)
        }
    }

    static func retryWithoutEffect(_ context: EpisodeContext, _ intent: Intent) -> ReportEntry {
        ReportEntry(
            .retryWithoutEffect,
            .warning,
            "\(context.place): AWS accepted retry \(intent.number), but the stage did not change "
                + "within \(Timing.effect.shortText); it counts against the retry limits"
        ) {
            $0.add(context)
            $0.add(intent)
        }
    }

    static func retryCost(
        _ context: EpisodeContext,
        _ intent: Intent,
        expected: RetryCost,
        _ cost: RetryCost
    ) -> ReportEntry {
        ReportEntry(
            .retryCost,
            .info,
            "\(context.place): retry \(intent.number) cost \(cost.text); expected \(expected.text)"
        ) {
            $0.add(context)
            $0.add(intent)
            $0.add(cost)
        }
    }
}

extension Reason {
    /// Whether the call never reached AWS: no connection, or no credentials to sign it.
    ///
    /// Credentials that AWS refuses come with its error code.
    fileprivate func isOfUnsent(_ failure: CallFailure) -> Bool {
        self == .unreachable
            || (self == .credentials && failure.kind == .credentials && failure.code == nil)
    }

    /// The level of a refusal for this reason: only a person can end it, it ends by itself, or
    /// neither.
    fileprivate var levelOfRefusal: ReportLevel {
        if [.accessDenied, .invalidRequest].contains(self) { return .error }
        return [.busy, .executionLimit, .throttled].contains(self) ? .info : .warning
    }
}
