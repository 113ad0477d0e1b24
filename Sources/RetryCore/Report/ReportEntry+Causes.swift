/// The event of a cause that cannot be read: its fixed parts, and its entry.
extension CatalogText {
    static let causeUnavailable = CatalogText(
        id: "d410c51561f6469185c6ba22789069b9",
        subject: "The cause of a failure cannot be read from @RETRYD_CAUSE_SERVICE@",
        happened: """
            The service @RETRYD_CAUSE_SERVICE@ (target @RETRYD_TARGET@) was asked why an action
            failed, and gave no usable answer: @RETRYD_REASON@. It is logged once for each service
            of a target, until an answer comes.
            """,
        means: """
            Failures of this kind are judged by CodePipeline's own text, as if root_cause were off,
            after 10 s at most. No retry is sent because of it, but rules that ask for a cause do
            not match.
            """,
        action: """
            denied: grant the permission in the message (check prints all of them), or set
            root_cause.enabled to false. throttled, late, gone and unreadable mostly pass; if they
            do not, see the AWS Health Dashboard and the network.
            """,
        commands: ["pipeline-retryd check"]
    )
}

extension ReportEntry {
    static func causeUnavailable(
        _ context: TargetContext,
        _ failure: CauseFailure
    ) -> ReportEntry {
        let permission = failure.permission.map { "; allow \($0)" } ?? ""
        let text = failure.text.isEmpty ? "" : ": \(failure.text)"
        return ReportEntry(
            .causeUnavailable,
            failure.kind == .denied ? .warning : .info,
            "\(context.place): causes cannot be read from \(failure.service) "
                + "(\(failure.kind.rawValue))\(permission)\(text)"
        ) {
            $0.add(context)
            $0.add(.reason, failure.kind.rawValue)
            $0.add(.causeService, failure.service)
            $0.add(.permission, failure.permission)
        }
    }
}
