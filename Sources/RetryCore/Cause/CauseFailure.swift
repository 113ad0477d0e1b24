/// Why a service could not be asked for a cause; decisions are made without it.
package struct CauseFailure: Hashable, Sendable {
    /// The kind of failure; the raw values appear in `RETRYD_REASON` of `cause_unavailable`.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A permission is missing.
        case denied
        /// Too many calls.
        case throttled
        /// There was no time left.
        case late
        /// What ran is not there any more: deleted, or expired.
        case gone
        /// The answer is not one, or there was none.
        case unreadable
    }

    /// The service's name as permissions begin: `codebuild`, `logs`, `cloudformation`.
    package var service: String
    /// The kind.
    package var kind: Kind
    /// The permission to add, such as `codebuild:BatchGetBuilds`; nil: none is missing.
    package var permission: String?
    /// The service's text or another reason, for people: one line without secrets.
    package let text: String

    /// The most bytes of the text.
    private static let textLimit = 512

    /// Creates a failure; the text is cleaned, redacted and cut.
    package init(service: String, kind: Kind, permission: String? = nil, text: String = "") {
        self.service = service
        self.kind = kind
        self.permission = permission
        self.text = CauseText.line(text, limit: CauseFailure.textLimit) ?? ""
    }
}
