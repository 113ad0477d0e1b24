import Primitives

/// The events of holds: the fixed parts of each, and its entries.
extension CatalogText {
    static let outageHold = CatalogText(
        id: "76aef71ec7be453484f28331388b226e",
        subject: "Many pipelines fail with the same error: their retries are held",
        happened: """
            The number of pipelines that fail with the same error reached outage_hold.pipelines:
            @RETRYD_FINGERPRINT@
            """,
        means: """
            They probably share one cause, so their retries wait. One is sent as a probe at
            @RETRYD_DUE@, and another every outage_hold.probe_every, even while the first still
            runs; the hold ends when a probe's stage succeeds. Waiting does not use up an
            attempt.
            """,
        action: "Find the common cause: a provider, a quota, the network or an expired token.",
        commands: ["pipeline-retryd status"]
    )

    static let outageOver = CatalogText(
        id: "add5ce4444d34b9995f790227ec6adad",
        subject: "The hold on retries has ended",
        happened: """
            A pipeline that had failed with the error recovered, or no held retry was left:
            @RETRYD_FINGERPRINT@
            """,
        means: "The held retries are re-evaluated and released, one every 2 s.",
        action: "No action is needed."
    )

    static let paused = CatalogText(
        id: "e11056a402f446bba5f7f7601715d51d",
        subject: "Retries were paused",
        happened: """
            A user paused retries with the pause command. The message says what is paused, by which
            uid, until when and why.
            """,
        means: """
            Failed stages in the scope are still detected, evaluated and reported, but no retry is
            sent. The pause survives a restart. give_up_after keeps running, so an episode may end
            as exhausted.
            """,
        action: """
            To lift it, run resume with the same --target, --pipeline and --stage. Without them
            every pause is lifted.
            """,
        commands: ["pipeline-retryd status", "pipeline-retryd resume"]
    )

    static let resumed = CatalogText(
        id: "f070958a314444bdbee9daaa276cd9fe",
        subject: "A pause of retries ended",
        happened: "A user lifted it, or it expired; the message says which.",
        means: "The retries that it held are re-evaluated and released, one every 2 s.",
        action: "No action is needed."
    )
}

extension ReportEntry {
    static func outageHold(_ fingerprint: Fingerprint, pipelines: Int, nextProbe next: WallTime)
        -> ReportEntry
    {
        ReportEntry(
            .outageHold,
            .warning,
            "\(pipelines) pipelines fail with the same error; their retries are held; the next "
                + "probe is sent at \(next.rfc3339): \(fingerprint)"
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
            "the outage hold ended after \(span.shortText); held retries are released one by "
                + "one: \(fingerprint)"
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
            "resumed \(scope)" + (uid.map { " by uid \($0)" } ?? ": the pause expired")
        ) {
            $0.add(scope)
        }
    }
}
