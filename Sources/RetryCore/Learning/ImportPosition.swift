package import Primitives

/// How far the import of one pipeline's history has come.
package struct ImportPosition: Hashable, Sendable {
    /// A reading of pages that has not reached its end.
    package struct Reading: Hashable, Sendable {
        /// AWS's token for the next page.
        package var token: String
        /// What started earlier is not asked for.
        package var floor: WallTime
        /// The start of the newest row that the reading has seen.
        package var newest: WallTime

        /// Creates a reading.
        package init(token: String, floor: WallTime, newest: WallTime) {
            self.token = token
            self.floor = floor
            self.newest = newest
        }
    }

    /// The times of which every attempt was read.
    package struct Span: Hashable, Sendable {
        /// The first of them.
        package var since: WallTime
        /// The start of the newest attempt.
        package var newest: WallTime

        /// Creates a span.
        package init(since: WallTime, newest: WallTime) {
            self.since = since
            self.newest = newest
        }
    }

    /// The pipeline.
    package let pipeline: PipelineKey
    /// What was read to its end; nil: nothing yet.
    package var done: Span?
    /// What is being read; nil: nothing is.
    package var reading: Reading?

    /// Creates the position of a pipeline of which nothing was read.
    package init(pipeline: PipelineKey) {
        self.pipeline = pipeline
    }

    /// How long an attempt may take: what was read while it ran is read again for that long.
    ///
    /// An approval may wait for 7 days, and no other action for longer (AWS CodePipeline user
    /// guide, quotas).
    package static let overlap = Duration.seconds(7 * 86_400)

    /// Down to which start the next reading must go to know every attempt since a time.
    package func floor(since: WallTime) -> WallTime {
        guard let done, done.since <= since else { return since }
        return max(since, done.newest + (.zero - ImportPosition.overlap))
    }

    /// The token to go on with; nil: the next reading begins with the newest page.
    package func token(for floor: WallTime) -> String? {
        guard let reading, reading.floor <= floor else { return nil }
        return reading.token
    }
}
