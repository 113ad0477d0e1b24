package import Primitives
package import RetryCore

/// Which attempts are asked for.
package struct AttemptQuery: Hashable, Sendable {
    /// The most attempts of one answer.
    package static let page = 1000
    /// The same of one with what was said of failures.
    package static let wholePage = 200

    /// The targets, pipelines and stages.
    package var scope: PauseScope
    /// Those that started at this time or later.
    package var since: WallTime
    /// Only those that stand so; nil: all.
    package var status: AttemptStatus?
    /// Whether what was said of failures is asked for, and what their revisions did elsewhere.
    package var isWhole = false
    /// The last one of the answer before; nil: the oldest are asked for.
    package var after: Position?

    /// Creates a query for the oldest.
    package init(
        scope: PauseScope = PauseScope(),
        since: WallTime,
        status: AttemptStatus? = nil,
        after: Position? = nil
    ) {
        self.scope = scope
        self.since = since
        self.status = status
        self.after = after
    }

    /// Makes the answer from attempts in their order: the first ``page`` after the last answer, or
    /// all that there are.
    package func answer(_ found: some Sequence<ActionAttempt>) -> AttemptAnswer {
        let shown = Array(found.prefix(limit))
        let next = shown.count == limit ? shown.last?.position : nil
        return AttemptAnswer(attempts: shown, next: next)
    }

    /// The most attempts of its answer.
    package var limit: Int { isWhole ? AttemptQuery.wholePage : AttemptQuery.page }

    /// Whether it asks for an attempt.
    package func includes(_ attempt: ActionAttempt) -> Bool {
        scope.contains(attempt.group.episode) && attempt.started >= since
            && status.map { $0 == attempt.status } ?? true
            && after.map { $0 < attempt.position } ?? true
    }
}

extension AttemptQuery {
    /// The place of an attempt among all, which no other one has.
    package struct Position: Hashable, Comparable, Sendable {
        /// When it started.
        package var started: WallTime
        /// The attempt.
        package var id: ActionExecutionID
        /// Its action and execution.
        package var group: AttemptGroup

        /// Creates a position.
        package init(started: WallTime, id: ActionExecutionID, group: AttemptGroup) {
            self.started = started
            self.id = id
            self.group = group
        }

        /// The older first; of two of one time by their ids.
        package static func < (left: Position, right: Position) -> Bool {
            (left.started, left.id, left.group) < (right.started, right.id, right.group)
        }
    }
}

extension ActionAttempt {
    /// Its place among all attempts.
    package var position: AttemptQuery.Position {
        AttemptQuery.Position(started: started, id: id, group: group)
    }
}

/// Some attempts, the oldest first.
package struct AttemptAnswer: Hashable, Sendable {
    /// The attempts.
    package var attempts: [ActionAttempt]
    /// What the revisions of failures that nobody retried did at the same action in other
    /// executions, as far as it was asked for and is known.
    package var elsewhere: [ActionExecutionID: ReplayResult.Elsewhere] = [:]
    /// Where the next answer goes on; nil: there are no more.
    package var next: AttemptQuery.Position?

    /// Creates an answer.
    package init(attempts: [ActionAttempt], next: AttemptQuery.Position? = nil) {
        self.attempts = attempts
        self.next = next
    }
}
