/// What is needed to read the cause of one failed attempt of an action.
package struct CauseRequest: Hashable, Sendable {
    /// The action.
    package var action: ActionName
    /// The attempt; the answer is given for it.
    package var attempt: ActionExecutionID
    /// The action's provider, of which ``CauseProvider`` knows the service.
    package var provider: String
    /// The Region that it ran in.
    package var region: String
    /// What ran.
    package var run: ActionRun
    /// A link to the run for people.
    package var url: String?

    /// Creates a request.
    package init(
        action: ActionName,
        attempt: ActionExecutionID,
        provider: String,
        region: String,
        run: ActionRun,
        url: String? = nil
    ) {
        self.action = action
        self.attempt = attempt
        self.provider = provider
        self.region = region
        self.run = run
        self.url = url
    }
}
