/// The answers of ListActionExecutions for one execution, and the progress of reading it.
struct HistoryReading: Hashable, Sendable {
    /// What ran, once read.
    var evidence: Evidence?
    /// What the newest answer lacked compared with the state; nil when it lacked nothing.
    var lag: String?
    /// The state that ``evidence`` was requested for; it does not apply to another one.
    var baseline: StageBaseline?
    /// An answer to a call before this one is too old.
    var after = CallID(number: 0)
    /// Reads in a row that brought nothing, for their growing waits.
    var tries = 0
    /// Consecutive pattern evaluations without a result.
    var patternTries = 0
    /// The definition's versions that the history named.
    var versions: Set<Int> = []

    /// How long to wait for the next answer before asking again.
    var wait: Duration {
        Timing.doubling(Timing.evidenceAgain, times: tries, longest: Timing.evidenceAgainMax)
    }

    /// Begins to read for a state; a new failure is waited for from the beginning.
    mutating func begin(for baseline: StageBaseline, isNew: Bool, after call: CallID) {
        evidence = nil
        lag = nil
        self.baseline = baseline
        after = call
        guard isNew else { return }
        tries = 0
        patternTries = 0
    }
}
