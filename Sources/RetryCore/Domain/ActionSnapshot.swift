package import Primitives

/// `ActionState.latestExecution` with the action's name.
package struct ActionSnapshot: Hashable, Sendable {
    /// The action's name.
    package var name: ActionName
    /// This attempt; nil when the action never ran.
    package var executionID: ActionExecutionID?
    /// The attempt's status; nil when the action never ran.
    package var status: ActionStatus?
    /// The only time in the answer that dates a failure.
    package var lastStatusChange: WallTime?
    /// `errorDetails.code`: an open set of words, mostly `JobFailed`.
    package var code: String?
    /// `errorDetails.message`, up to 5,000 characters.
    package var message: String?
    /// The attempt's summary, up to 2,048 characters.
    package var summary: String?
    /// A link for people to open: `externalExecutionUrl`.
    package var url: String?

    /// Creates a snapshot of an action; everything but the name may be absent.
    package init(
        name: ActionName,
        executionID: ActionExecutionID? = nil,
        status: ActionStatus? = nil,
        lastStatusChange: WallTime? = nil,
        code: String? = nil,
        message: String? = nil,
        summary: String? = nil,
        url: String? = nil
    ) {
        self.name = name
        self.executionID = executionID
        self.status = status
        self.lastStatusChange = lastStatusChange
        self.code = code
        self.message = message
        self.summary = summary
        self.url = url
    }
}
