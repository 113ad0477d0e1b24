/// What an import has done so far.
package struct ImportTally: Hashable, Sendable {
    /// How many pipelines it is about.
    package var pipelines: Int
    /// How many of them are over, those that failed included.
    package var finished = 0
    /// Calls to AWS.
    package var calls = 0
    /// Attempts that AWS has, as far as they were read.
    package var attempts = 0
    /// Those of them that the ledger did not have.
    package var new = 0
    /// Pipelines that could not be read to their end.
    package var failed = 0
    /// Why, in sentences, at most ``mostFailures``.
    package var failures: [String] = []

    /// Pipelines whose revisions could not be read, and why: their attempts are there.
    package var withoutRevisions: [String] = []

    /// How many failures are listed.
    package static let mostFailures = 20

    /// Creates the tally of an import that has not begun.
    package init(pipelines: Int) {
        self.pipelines = pipelines
    }

    /// Counts pipelines that could not be read, for one reason.
    mutating func fail(_ count: Int, _ why: String) {
        failed += count
        finished += count
        if failures.count < ImportTally.mostFailures { failures.append(why) }
    }

    /// Notes that a pipeline's revisions could not be read.
    mutating func lacksRevisions(_ why: String) {
        if withoutRevisions.count < ImportTally.mostFailures { withoutRevisions.append(why) }
    }
}
