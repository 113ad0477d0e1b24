import Primitives

/// The events of targets and the ledger: the fixed parts of each, and its entries.
extension CatalogText {
    static let targetDegraded = CatalogText(
        id: "daf56e70f2394d05be932da271df7060",
        subject: "Calls to AWS, or writes to the ledger, fail",
        happened: """
            Calls for the target in RETRYD_TARGET fail. Or what they need cannot be had on this
            machine now: its Region, profile, shared files or certificates; RETRYD_AWS_OPERATION is
            connect then. Or RETRYD_REASON says what else it is: ledger_unavailable: the ledger on
            this machine's disk takes no writes; duplicate_target: two targets are one account and
            Region and watch the same pipelines.
            """,
        means: """
            A target: its failed stages may be seen late and its retries wait; other targets are
            not touched. ListPipelines alone: only new pipelines are not found.
            ListPipelineExecutions alone, as info: only execution_failed is not said. The ledger: no
            retry of any pipeline is sent; watching goes on. A duplicate: the target that the file
            names first retries what both watch. target_recovered says when it is over.
            """,
        action: """
            Read the error in the message. Credentials or a denied permission: fix the role (check
            prints the IAM policy that is needed). connect: fix the file and line in the message,
            or set region; it is tried again after 5 s to 5 min. No connection: DNS, proxy,
            network. 5xx: AWS's health page. The ledger: free space, or fix owner and mode of the
            state directory. A duplicate: make one target of the two. No restart is needed.
            """,
        commands: [
            "pipeline-retryd status", "pipeline-retryd check", "df -h /var/lib/pipeline-retryd",
        ]
    )

    static let targetRecovered = CatalogText(
        id: "f1eb9b569bf341b78bee6fa3e4da08f8",
        subject: "Calls to AWS, or writes to the ledger, work again",
        happened: """
            The problem that target_degraded reported is over, after @RETRYD_ELAPSED_USEC@
            microseconds. Without RETRYD_TARGET it was the ledger.
            """,
        means: """
            Retries that waited for it go on. A failure that happened meanwhile, and is seen only
            now, is left alone when it is older than max_failure_age.
            """,
        action: "Look for failures that were left as too old, and retry those by hand.",
        commands: ["journalctl -u pipeline-retryd RETRYD_REASON=too_old --since=-1d"]
    )

    static let throttled = CatalogText(
        id: "c41d3f6d342d4e998dd8edc138b16fc1",
        subject: "AWS limits the rate of calls to target @RETRYD_TARGET@, or no longer does",
        happened: """
            As a warning: AWS refused calls to @RETRYD_TARGET@ (@RETRYD_REGION@) for their rate. As
            info: the full rate is reached again.
            """,
        means: """
            The daemon halves its own rate for this account and Region, down to 0.1 requests/s,
            and raises it by a tenth of poll.max_rate every 10 s. Looks come later meanwhile;
            retries and what they need go first.
            """,
        action: """
            Now and then: nothing. Often: other programs share the account's quota. Lower
            poll.max_rate or lengthen poll.interval; check prints what the file asks for.
            """,
        commands: ["pipeline-retryd check"]
    )

    static let pollingSlowed = CatalogText(
        id: "63cc5ab4636e4144a819dcd397411b67",
        subject:
            "Target @RETRYD_TARGET@ has more pipelines than its rate allows to look at in time",
        happened: """
            As a warning: so many pipelines at poll.interval want more requests per second than
            poll.max_rate allows this account and Region; the message has the arithmetic. As info:
            after a reload or a list of the pipelines they fit again.
            """,
        means: """
            Each pipeline is seen later than poll.interval says, those at rest most, since a
            failure follows on movement. Nothing is left out, and retries go first.
            """,
        action: """
            Raise poll.max_rate, if the account's quota has room (throttled says when it has not).
            Or lengthen poll.interval, or take pipelines out of the config file.
            """,
        commands: ["pipeline-retryd check"]
    )
}

extension ReportEntry {
    static func targetDegraded(_ context: TargetContext, _ failure: CallFailure) -> ReportEntry {
        ReportEntry(
            .targetDegraded,
            failure.needsPerson ? .error : .warning,
            "\(context.place): \(failure.sentence); retrying indefinitely"
        ) {
            $0.add(context)
            $0.add(failure)
        }
    }

    static func targetDuplicate(_ context: TargetContext, of elder: TargetName, pipelines: Int)
        -> ReportEntry
    {
        ReportEntry(
            .targetDegraded,
            .error,
            "\(context.place) is the same account and Region as "
                + "target \(elder): \(counted(pipelines, "pipeline")) in both "
                + (pipelines == 1 ? "is" : "are") + " retried by \(elder) only"
        ) {
            $0.add(context)
            $0.add(.reason, Reason.duplicateTarget.rawValue)
        }
    }

    static func ledgerDegraded(_ why: String) -> ReportEntry {
        ReportEntry(
            .targetDegraded,
            .error,
            "\(why) Watching goes on."
        ) {
            $0.add(.reason, Reason.ledgerUnavailable.rawValue)
        }
    }

    static func executionsDenied(_ context: TargetContext, _ failure: CallFailure) -> ReportEntry {
        ReportEntry(
            .targetDegraded,
            .info,
            "\(context.place): \(failure.sentence); executions that fail before any stage are not "
                + "seen, everything else goes on; it is tried again every "
                + "\(Timing.accessDenied.shortText)"
        ) {
            $0.add(context)
            $0.add(failure)
        }
    }

    static func targetRecovered(_ context: TargetContext, after span: Duration) -> ReportEntry {
        ReportEntry(
            .targetRecovered,
            .notice,
            "\(context.place) answers again, after \(span.shortText)"
        ) {
            $0.add(context)
            $0.add(.elapsed, span.microsecondsText)
        }
    }

    static func targetDistinct(_ context: TargetContext, after span: Duration) -> ReportEntry {
        ReportEntry(
            .targetRecovered,
            .notice,
            "\(context.place) shares no pipeline with another target "
                + "any more, after \(span.shortText)"
        ) {
            $0.add(context)
            $0.add(.elapsed, span.microsecondsText)
        }
    }

    static func ledgerRecovered(after span: Duration) -> ReportEntry {
        ReportEntry(
            .targetRecovered,
            .notice,
            "the ledger takes writes again, after \(span.shortText)"
        ) {
            $0.add(.elapsed, span.microsecondsText)
        }
    }

    static func throttled(_ context: TargetContext, rate: Double) -> ReportEntry {
        ReportEntry(
            .throttled,
            .warning,
            "\(context.place): throttled by AWS; reduced to "
                + "\(rate.shortText) requests/s"
        ) {
            $0.add(context)
        }
    }

    static func throttlingOver(_ context: TargetContext, rate: Double) -> ReportEntry {
        ReportEntry(
            .throttled,
            .info,
            "\(context.place): back at \(rate.shortText) requests/s"
        ) {
            $0.add(context)
        }
    }

    static func pollingSlowed(_ context: TargetContext, _ demand: PollDemand) -> ReportEntry {
        ReportEntry(
            .pollingSlowed,
            .warning,
            "\(context.place): \(demand.text) on the average"
        ) {
            $0.add(context)
        }
    }

    static func pollingKept(_ context: TargetContext, _ demand: PollDemand) -> ReportEntry {
        ReportEntry(
            .pollingSlowed,
            .info,
            "\(context.place): \(demand.text)"
        ) {
            $0.add(context)
        }
    }
}

extension CallFailure {
    /// Whether the error lasts until a person ends it.
    fileprivate var needsPerson: Bool { kind == .accessDenied || kind == .credentials }
}
