import Primitives

/// The events of targets and the ledger: the fixed parts of each, and its entries.
extension CatalogText {
    static let targetDegraded = CatalogText(
        id: "daf56e70f2394d05be932da271df7060",
        subject: "Calls to AWS or writes to the ledger fail, or two targets overlap",
        happened: """
            Calls for the target in RETRYD_TARGET fail. With RETRYD_AWS_OPERATION=connect, something
            that they need is missing on this host: the Region, profile, shared files or
            certificates. With RETRYD_REASON=ledger_unavailable, the ledger on this host's disk is
            not writable. With RETRYD_REASON=duplicate_target, two targets have the same account and
            Region and watch the same pipelines.
            """,
        means: """
            If a target's calls fail, its failed stages may be detected late and its retries wait;
            other targets are not affected. If only ListPipelines fails, new pipelines are not
            found; the rest works. If only ListPipelineExecutions fails (level info),
            execution_failed is not reported; the rest works. If the ledger fails, no retry of any
            pipeline is sent; polling continues. If two targets overlap, the target that comes first
            in the file retries what both watch. target_recovered reports the end.
            """,
        action: """
            Read the error in the message. Credentials or a denied permission: fix the role (check
            prints the IAM policy that is needed). connect: fix the file and line in the message,
            or set region; the daemon tries again after 5 s to 5 min. No connection: check
            DNS, proxy and network. 5xx: see the AWS Health Dashboard. The ledger: free disk space,
            or fix owner and mode of the state directory. A duplicate: merge the two targets. No
            restart is needed.
            """,
        commands: [
            "pipeline-retryd status", "pipeline-retryd check", "df -h /var/lib/pipeline-retryd",
        ]
    )

    static let targetRecovered = CatalogText(
        id: "f1eb9b569bf341b78bee6fa3e4da08f8",
        subject: "A problem that target_degraded reported has ended",
        happened: """
            Calls to AWS or writes to the ledger work again, or two targets no longer overlap; the
            message says which and how long it lasted. Without RETRYD_TARGET it was the ledger.
            """,
        means: """
            Retries that waited for it continue. A failure that happened meanwhile and is detected
            only now is not retried if it is older than max_failure_age.
            """,
        action: "Look for failures that were not retried as too old, and retry those by hand.",
        commands: ["journalctl -u pipeline-retryd RETRYD_REASON=too_old --since=-1d"]
    )

    static let throttled = CatalogText(
        id: "c41d3f6d342d4e998dd8edc138b16fc1",
        subject: "AWS throttling of target @RETRYD_TARGET@ began or ended",
        happened: """
            At level warning: AWS throttled calls for @RETRYD_TARGET@ (@RETRYD_REGION@). At level
            info: the full rate is reached again.
            """,
        means: """
            The daemon halves its own rate for this account and Region, down to 0.1 requests/s,
            and raises it by a tenth of poll.max_rate every 10 s. Polls are delayed meanwhile;
            retries and the reads that they need go first.
            """,
        action: """
            If it is rare, no action is needed. If it is frequent, other programs share the
            account's quota: lower poll.max_rate or lengthen poll.interval; check prints the rate
            that the file asks for.
            """,
        commands: ["pipeline-retryd check"]
    )

    static let pollingSlowed = CatalogText(
        id: "63cc5ab4636e4144a819dcd397411b67",
        subject:
            "Target @RETRYD_TARGET@ has more pipelines than its request rate can poll on time",
        happened: """
            At level warning: polling this many pipelines every poll.interval needs more requests
            per second than poll.max_rate allows this account and Region; the message has the
            figures. At level info: the rate is sufficient again after a reload or a new pipeline
            list.
            """,
        means: """
            Pipelines are polled less often than poll.interval says, idle ones least often, since
            failures mostly occur in active pipelines. Every pipeline is still polled, and retries
            go first.
            """,
        action: """
            Raise poll.max_rate if the account's quota allows it (throttled reports when it does
            not). Or lengthen poll.interval, or remove pipelines from the config file.
            """,
        commands: ["pipeline-retryd check"]
    )
}

extension ReportEntry {
    static func targetDegraded(_ context: TargetContext, _ failure: CallFailure) -> ReportEntry {
        ReportEntry(
            .targetDegraded,
            failure.needsPerson ? .error : .warning,
            "\(context.place): \(failure.sentence); trying again until it succeeds"
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
            "\(context.place) has the same account and Region as "
                + "target \(elder): the "
                + (pipelines == 1 ? "pipeline in both is" : "\(pipelines) pipelines in both are")
                + " retried only by target \"\(elder)\""
        ) {
            $0.add(context)
            $0.add(.reason, Reason.duplicateTarget.rawValue)
        }
    }

    static func ledgerDegraded(_ why: String) -> ReportEntry {
        ReportEntry(
            .targetDegraded,
            .error,
            "\(why) Polling continues."
        ) {
            $0.add(.reason, Reason.ledgerUnavailable.rawValue)
        }
    }

    static func executionsDenied(_ context: TargetContext, _ failure: CallFailure) -> ReportEntry {
        ReportEntry(
            .targetDegraded,
            .info,
            "\(context.place): \(failure.sentence); executions that fail before their first stage "
                + "are not reported, everything else continues; trying again every "
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
            "\(context.place) no longer shares pipelines with another target, "
                + "after \(span.shortText)"
        ) {
            $0.add(context)
            $0.add(.elapsed, span.microsecondsText)
        }
    }

    static func ledgerRecovered(after span: Duration) -> ReportEntry {
        ReportEntry(
            .targetRecovered,
            .notice,
            "the ledger is writable again, after \(span.shortText)"
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
            "\(context.place): back to \(rate.shortText) requests/s"
        ) {
            $0.add(context)
        }
    }

    static func pollingSlowed(_ context: TargetContext, _ demand: PollDemand) -> ReportEntry {
        ReportEntry(
            .pollingSlowed,
            .warning,
            "\(context.place): \(demand.text) on average"
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
