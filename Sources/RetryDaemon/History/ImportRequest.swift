package import RetryCore

/// What an import of AWS's history is asked for.
package struct ImportRequest: Hashable, Sendable {
    /// The targets and pipelines; without a stage.
    package var scope: PauseScope
    /// How far back attempts are read.
    package var since: Duration

    /// Creates a request.
    package init(scope: PauseScope, since: Duration) {
        self.scope = scope
        self.since = since
    }
}
