/// What a service said of one failed attempt of an action, as the ledger keeps it: without the log.
package struct AttemptCause: Hashable, Sendable {
    /// The action.
    package let action: ActionName
    /// The attempt.
    package let attempt: ActionExecutionID
    /// The cause; its texts are clean and without secrets.
    package let root: RootCause

    /// Joins an attempt and its cause.
    package init(action: ActionName, attempt: ActionExecutionID, root: RootCause) {
        self.action = action
        self.attempt = attempt
        self.root = root
    }
}
