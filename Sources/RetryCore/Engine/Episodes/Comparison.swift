import Primitives

/// What the ledger says of failures like an episode's newest one.
struct Comparison: Hashable, Sendable {
    /// The answer; nil: none came, so the decision is the one without it.
    private(set) var answer: Precedents?
    private var question: PrecedentQuestion?
    /// The failure that it was asked about.
    private var failure: StageBaseline?

    /// Whether a question about a failure is still to be asked.
    ///
    /// What is known of a revision may change while a retry waits, for another execution may pass:
    /// so it is asked again each time that the retry is due.
    func isOpen(
        _ question: PrecedentQuestion,
        of failure: StageBaseline,
        isDue: Bool
    ) -> Bool {
        guard self.question == question, self.failure == failure else { return true }
        return isDue && question.asksRevision
    }

    /// Notes that a question is asked.
    mutating func ask(_ question: PrecedentQuestion, of failure: StageBaseline) {
        if self.question != question || self.failure != failure { answer = nil }
        (self.question, self.failure) = (question, failure)
    }

    /// Takes the answer; without one what was known before stands.
    mutating func take(_ found: Precedents?) { answer = found ?? answer }
}
