import Primitives

/// The events of the ends of failed stages: the fixed parts of each, and its entries.
extension CatalogText {
    static let stageRecovered = CatalogText(
        id: "04a93c94668b44c682ecb7e6a4e896c0",
        subject: "Stage @RETRYD_STAGE@ of pipeline @RETRYD_PIPELINE@ recovered",
        happened: """
            The stage succeeded in execution @RETRYD_EXECUTION_ID@ after @RETRYD_RETRY@ retries by
            the daemon; the message says how long after it first failed.
            """,
        means: "The episode is over. With 0 retries, a person or CodePipeline itself retried it.",
        action: "No action is needed. If it happens often, fix the error that stage_failed names.",
        commands: [
            "journalctl -u pipeline-retryd RETRYD_EVENT=stage_recovered "
                + "RETRYD_PIPELINE=@RETRYD_PIPELINE@ --since=-7d"
        ]
    )

    static let retriesExhausted = CatalogText(
        id: "1593b76a7621461f849bd195c4d54866",
        subject: """
            Retries of stage @RETRYD_STAGE@ of pipeline @RETRYD_PIPELINE@ ended: @RETRYD_REASON@
            """,
        happened: """
            A limit ended the episode of execution @RETRYD_EXECUTION_ID@ after @RETRYD_RETRY@
            retries; the message has the last error.
            """,
        means: """
            The daemon no longer retries the stage in this execution. A new execution has its full
            number of retries again.
            """,
        action: """
            Fix the cause, then retry by hand or start a new execution. If the entry has
            RETRYD_URL, open that link to see the failed action.
            """,
        commands: [story, byHand]
    )

    static let stageNotRetried = CatalogText(
        id: "4d102a4a7989459780c89f3ea29f01c4",
        subject: """
            Stage @RETRYD_STAGE@ of pipeline @RETRYD_PIPELINE@ is not retried: @RETRYD_REASON@
            """,
        happened: """
            The policy, a guard or AWS rules out a retry in execution @RETRYD_EXECUTION_ID@, after
            @RETRYD_RETRY@ retries; the message says why.
            """,
        means: """
            The daemon no longer acts on the stage in this execution. A new execution has its full
            number of retries again.
            """,
        action: """
            Decide whether to retry it by hand. If the daemon should have retried it, run explain to
            see the whole reasoning, and change the policy.
            """,
        commands: [explain, byHand]
    )

    static let stageSuperseded = CatalogText(
        id: "ca54aed9b9a644baa3ea5657cae59587",
        subject:
            "Another execution entered stage @RETRYD_STAGE@ of pipeline @RETRYD_PIPELINE@",
        happened: """
            The stage no longer shows execution @RETRYD_EXECUTION_ID@, which failed in it. The
            daemon had sent @RETRYD_RETRY@ retries.
            """,
        means: "There is nothing left to retry. The episode is over.",
        action: "No action is needed."
    )

    static let stageRemoved = CatalogText(
        id: "a7c25c7a938c4f89945e35b2e20e9a2c",
        subject: "Stage @RETRYD_STAGE@ of pipeline @RETRYD_PIPELINE@ no longer exists",
        happened: "AWS no longer shows the stage or the whole pipeline.",
        means: "The episode of execution @RETRYD_EXECUTION_ID@ is over.",
        action: """
            No action is needed if it was deleted on purpose. If it was renamed, change the name in
            the config file and reload.
            """,
        commands: ["pipeline-retryd check", "systemctl reload pipeline-retryd"]
    )
}

extension ReportEntry {
    static func stageRecovered(_ context: EpisodeContext, retries: Int, after span: Duration)
        -> ReportEntry
    {
        ReportEntry(
            .stageRecovered,
            .notice,
            "\(context.place) recovered "
                + (retries == 0
                    ? "without a retry by the daemon"
                    : "after \(counted(retries, "retry", "retries"))")
                + ", \(span.shortText) after it first failed"
        ) {
            $0.add(context)
            $0.add(.outcome, Outcome.recovered.rawValue)
            $0.add(.retry, "\(retries)")
            $0.add(.elapsed, span.microsecondsText)
        }
    }

    static func retriesExhausted(
        _ context: EpisodeContext,
        _ reason: Reason,
        retries: Int,
        _ failure: FailureFacts
    ) -> ReportEntry {
        ReportEntry(
            .retriesExhausted,
            .warning,
            "\(context.place): giving up after \(counted(retries, "retry", "retries")): "
                + "\(reason.sentence). Last error: "
                + (failure.action == nil ? "none recorded" : failure.sentence)
        ) {
            $0.add(context)
            $0.add(.outcome, Outcome.exhausted.rawValue)
            $0.add(.reason, reason.rawValue)
            $0.add(.retry, "\(retries)")
            $0.add(failure)
        }
    }

    static func stageNotRetried(
        _ context: EpisodeContext,
        _ reason: Reason,
        retries: Int,
        _ failure: FailureFacts,
        detail: String
    ) -> ReportEntry {
        ReportEntry(
            .stageNotRetried,
            reason == .invalidRequest ? .error : .notice,
            "\(context.place) not retried: \(reason.sentence)" + parenthesis(detail)
        ) {
            $0.add(context)
            $0.add(.outcome, Outcome.notRetried.rawValue)
            $0.add(.reason, reason.rawValue)
            $0.add(.retry, "\(retries)")
            $0.add(failure)
        }
    }

    static func stageSuperseded(_ context: EpisodeContext, by other: ExecutionID?, retries: Int)
        -> ReportEntry
    {
        ReportEntry(
            .stageSuperseded,
            .notice,
            "\(context.place): superseded: "
                + (other.map { "execution \($0)" } ?? "another execution") + " entered the stage; "
                + (retries == 0
                    ? "the daemon had not retried the failed execution"
                    : "the failed execution had been retried \(counted(retries, "time"))")
        ) {
            $0.add(context)
            $0.add(.outcome, Outcome.superseded.rawValue)
            $0.add(.retry, "\(retries)")
        }
    }

    static func stageRemoved(_ context: EpisodeContext, retries: Int) -> ReportEntry {
        ReportEntry(
            .stageRemoved,
            .notice,
            "\(context.place): the stage or pipeline no longer exists"
        ) {
            $0.add(context)
            $0.add(.outcome, Outcome.removed.rawValue)
            $0.add(.retry, "\(retries)")
        }
    }
}
