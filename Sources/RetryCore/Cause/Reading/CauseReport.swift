/// The answer to a ``CauseRequest``: what is known, and what could not be read.
///
/// A build may be read while its log is denied: both parts may be there.
package struct CauseReport: Hashable, Sendable {
    /// What the service says; nil: nothing.
    package var cause: ActionCause?
    /// What could not be read.
    package var failures: [CauseFailure]
    /// The services that answered, by the ids of ``CauseFailure/service``: a failure of theirs that
    /// was reported is over.
    package var answered: Set<String>

    /// Creates an answer; without parts nothing is known and nothing is wrong.
    package init(
        cause: ActionCause? = nil,
        failures: [CauseFailure] = [],
        answered: Set<String> = []
    ) {
        self.cause = cause
        self.failures = failures
        self.answered = answered
    }
}
