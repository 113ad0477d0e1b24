import Primitives

/// What was said of a failed attempt: what a policy would decide on if it failed again.
package struct AttemptFailure: Hashable, Sendable {
    /// The error code; nil: there is none.
    package var code: String?
    /// The error message, at most ``textLimit`` characters; nil: there is none.
    package var message: String?
    /// The summary, likewise.
    package var summary: String?
    /// The action's category; nil: the answer did not say.
    package var category: ActionCategory?
    /// What the service says; nil: it was not asked, or could not tell.
    package var cause: RootCause?
    /// What the built-in knowledge makes of it; nil: nothing.
    package private(set) var kind: CauseClass?

    /// The most characters of a text: what AWS allows for a summary.
    package static let textLimit = 2048

    /// Creates what was said; the built-in knowledge is asked.
    ///
    /// - Parameters:
    ///   - code: The error code.
    ///   - message: The error message.
    ///   - summary: The summary.
    ///   - category: The action's category.
    ///   - provider: The action's provider.
    ///   - cause: What the service says.
    package init(
        code: String?,
        message: String?,
        summary: String?,
        category: ActionCategory? = nil,
        provider: String?,
        cause: RootCause? = nil
    ) {
        self.code = code
        self.message = message?.cut(toScalars: AttemptFailure.textLimit)
        self.summary = summary?.cut(toScalars: AttemptFailure.textLimit)
        self.category = category
        self.cause = cause
        judge(provider)
    }

    /// Creates what a ledger has, with its class.
    package init(
        code: String?,
        message: String?,
        summary: String?,
        category: ActionCategory?,
        cause: RootCause?,
        kind: CauseClass?
    ) {
        self.code = code
        self.message = message
        self.summary = summary
        self.category = category
        self.cause = cause
        self.kind = kind
    }

    /// Takes what the service of the provider says.
    package mutating func take(_ told: RootCause, _ provider: String?) {
        cause = told
        judge(provider)
    }

    private mutating func judge(_ provider: String?) {
        let root =
            cause
            ?? RootCause(provider: provider ?? "", code: code, message: message ?? summary ?? "")
        let words = [message, summary].compactMap(\.self).joined(separator: "\n")
        let finding = KnowledgeTable.builtIn.finding(
            of: root,
            message: words.isEmpty ? nil : words
        )
        kind = finding?.kind
    }
}
