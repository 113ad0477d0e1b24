package import Primitives
package import RetryCore

/// Where attempts of actions are kept, with what came of retrying them.
///
/// Nothing that decides about a retry waits for them, and a write that fails is not kept: AWS has
/// the same rows for up to a year.
package protocol HistoryStore: Sendable {
    /// Stores attempts in one transaction, and labels those of the same executions anew.
    ///
    /// Storing them again changes nothing. Attempts that are older than what is kept are ignored,
    /// and so are those whose names no ledger can store.
    /// - Returns: how many were not known.
    /// - Throws: ``LedgerError/noRoomForHistory`` when the file is too full for more.
    func learn(_ page: LearnedPage, now: WallTime) throws(LedgerError) -> Int

    /// Keeps what services said of attempts that are known and of which nothing is.
    func learn(
        _ causes: [AttemptCause],
        of episode: EpisodeKey,
        now: WallTime
    ) throws(LedgerError)

    /// The attempts of one execution, by action and start.
    func attempts(of execution: ExecutionKey, now: WallTime) throws(LedgerError) -> [ActionAttempt]

    /// How far the import of a pipeline has come.
    func position(
        of pipeline: PipelineKey,
        now: WallTime
    ) throws(LedgerError) -> ImportPosition

    /// What became of past failures, newest first: the daemon's episodes that have ended, and the
    /// failures that only attempts show.
    func pastEpisodes(_ query: HistoryQuery, now: WallTime) throws(LedgerError) -> HistoryAnswer

    /// What the past says of a failure.
    func precedents(
        of question: PrecedentQuestion,
        now: WallTime
    ) throws(LedgerError) -> Precedents

    /// The retries since a day, in days since 1970-01-01, by day, cause and rule; those of attempts
    /// that are not kept any more count, too.
    func sums(since day: Int64, now: WallTime) throws(LedgerError) -> [DailySum]

    /// A page of attempts with what came of retrying them, oldest first.
    func attempts(_ query: AttemptQuery, now: WallTime) throws(LedgerError) -> AttemptAnswer

    /// A page of the sums of attempts that are not kept any more, by day, cause and rule.
    func sums(_ query: SumQuery, now: WallTime) throws(LedgerError) -> SumAnswer
}
