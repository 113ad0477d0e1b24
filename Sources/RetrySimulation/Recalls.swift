import RetryCore

/// The queries of one process to the ledger about failures that are not in memory.
///
/// After five minutes and two unanswered queries the daemon takes a failure as new, so that none is
/// hidden; then it may report an outcome again.
struct Recalls: Sendable {
    /// How long an answer is awaited, and how long an unanswered query is repeated.
    private static let patience: Int64 = 60_000
    private static let longest: Int64 = 300_000

    private struct Question: Sendable {
        var first: Int64
        var newest: Int64
        /// The query without an answer.
        var open: CallID?
        /// How often it was asked in vain.
        var vain = 0
    }

    private var questions: [EpisodeKey: Question] = [:]

    mutating func asked(_ call: CallID, _ key: EpisodeKey, at time: Int64) {
        var question = questions[key] ?? Question(first: time, newest: time)
        if question.open != nil { question.vain += 1 }
        question.open = call
        question.newest = time
        questions[key] = question
    }

    mutating func record(_ call: CallID, _ memory: Recollection, at time: Int64) {
        guard let key = questions.first(where: { $0.value.open == call })?.key,
            let question = questions[key]
        else { return }
        if case .unreadable = memory {
            questions[key]?.open = nil
            questions[key]?.vain += 1
        } else if time - question.newest < Recalls.patience {
            questions[key] = nil
        }
    }

    /// Whether the ledger has not said yet what it knows of a failure.
    func isAsking(_ key: EpisodeKey) -> Bool { questions[key] != nil }

    /// Whether a second outcome is excused, once.
    mutating func excuses(_ key: EpisodeKey, at time: Int64) -> Bool {
        guard let question = questions[key] else { return false }
        let isLost = question.open != nil && time - question.newest >= Recalls.patience
        let vain = question.vain + (isLost ? 1 : 0)
        guard vain > 1, time - question.first >= Recalls.longest else { return false }
        questions[key] = nil
        return true
    }
}
