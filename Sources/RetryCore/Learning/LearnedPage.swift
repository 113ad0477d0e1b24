import Primitives

/// Attempts that are stored together, with how far that brings their import.
package struct LearnedPage: Hashable, Sendable {
    /// The attempts, in any order.
    package var attempts: [ActionAttempt]
    /// Executions as a whole, in any order.
    package var executions: [PastExecution]
    /// Where the import of their pipeline goes on; nil: they are of none.
    package var position: ImportPosition?

    /// Creates a page.
    package init(
        attempts: [ActionAttempt] = [],
        executions: [PastExecution] = [],
        position: ImportPosition? = nil
    ) {
        self.attempts = attempts
        self.executions = executions
        self.position = position
    }
}
