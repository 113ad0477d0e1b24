import Primitives

/// The events of holds: the fixed parts of each, and its entries.
extension CatalogText {
    static let outageHold = CatalogText(
        id: "76aef71ec7be453484f28331388b226e",
        subject: "The same error on many pipelines: their retries are held",
        happened: """
            As many pipelines as outage_hold.pipelines says show the same error:
            @RETRYD_FINGERPRINT@
            """,
        means: """
            The cause is likely one and the same, so their retries wait. One is let through at
            @RETRYD_DUE@, and another one every outage_hold.probe_every, though the first may
            take long; if one's stage succeeds the hold ends. Nothing is used up by waiting.
            """,
        action: "Look for the common cause: a provider, a quota, the network, an expired token.",
        commands: ["pipeline-retryd status"]
    )

    static let outageOver = CatalogText(
        id: "add5ce4444d34b9995f790227ec6adad",
        subject: "The hold of retries is over",
        happened: """
            A pipeline that had shown the error recovered, or nothing waited for it any more:
            @RETRYD_FINGERPRINT@
            """,
        means: "Held retries are decided anew and let go, one every 2 s.",
        action: "Nothing."
    )

    static let paused = CatalogText(
        id: "e11056a402f446bba5f7f7601715d51d",
        subject: "Somebody paused retries",
        happened: """
            A person held retries by command. The message says what is held, by which uid, until
            when and why.
            """,
        means: """
            Failed stages in the scope are watched, judged and reported, and nothing is sent. The
            pause survives a restart. give_up_after runs on, so an episode may end as exhausted.
            """,
        action: """
            To lift it: resume, with the same --target, --pipeline and --stage. Without them every
            pause is lifted.
            """,
        commands: ["pipeline-retryd status", "pipeline-retryd resume"]
    )

    static let resumed = CatalogText(
        id: "f070958a314444bdbee9daaa276cd9fe",
        subject: "A pause of retries ended",
        happened: "Somebody lifted it, or its time was over; the message says which.",
        means: "Retries that it held are decided anew and let go, one every 2 s.",
        action: "Nothing."
    )
}

extension ReportEntry {
    static func outageHold(_ fingerprint: Fingerprint, pipelines: Int, nextProbe next: WallTime)
        -> ReportEntry
    {
        ReportEntry(
            .outageHold,
            .warning,
            "same error on \(counted(pipelines, "pipeline")); their retries are held, one "
                + "probe at \(next.rfc3339): \(fingerprint)"
        ) {
            $0.add(.reason, Reason.outageHold.rawValue)
            $0.add(.fingerprint, fingerprint.text)
            $0.add(.due, next.rfc3339)
        }
    }

    static func outageOver(_ fingerprint: Fingerprint, after span: Duration) -> ReportEntry {
        ReportEntry(
            .outageOver,
            .notice,
            "the hold of \(span.shortText) is over, retries are let go one by one: "
                + "\(fingerprint)"
        ) {
            $0.add(.fingerprint, fingerprint.text)
            $0.add(.elapsed, span.microsecondsText)
        }
    }

    static func paused(_ pause: Pause) -> ReportEntry {
        ReportEntry(
            .paused,
            .notice,
            "paused \(pause.scope) by uid \(pause.uid)"
                + (pause.until.map { " until \($0.rfc3339)" } ?? " until resumed")
                + ": \(pause.reason)"
        ) {
            $0.add(pause.scope)
        }
    }

    static func resumed(_ scope: PauseScope, uid: UInt32?) -> ReportEntry {
        ReportEntry(
            .resumed,
            .notice,
            "resumed \(scope) " + (uid.map { "by uid \($0)" } ?? "by itself")
        ) {
            $0.add(scope)
        }
    }
}
