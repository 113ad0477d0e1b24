import Primitives
import RetryCore

/// What the daemon asked its ledger of the past, and what it was told; by its calls alone.
struct PastReads: Sendable {
    /// What is known of one failure.
    struct Told: Sendable {
        /// The answers that came early enough to count, the newest last; nil: none came.
        var answer: Precedents?
        /// Whether an answer came so late that only the daemon's clock tells whether it counts.
        var isUncertain = false
        /// The actions whose time was asked for.
        var durations: [ActionName]
        /// When it was asked, in true milliseconds.
        var askedAt: Int64
        fileprivate var call: CallID
    }

    /// The longest that a decision waits for an answer, in milliseconds.
    static let longest: Int64 = 10_000
    /// Clocks drift by as much in this time, and deadlines have whole milliseconds.
    private static let slack: Int64 = 300

    private(set) var told: [EpisodeKey: Told] = [:]
    private var keys: [CallID: EpisodeKey] = [:]

    /// A question is asked; an answer to an earlier one stands until another comes.
    mutating func ask(_ call: CallID, _ question: PrecedentQuestion, at time: Int64) {
        let before = told[question.episode]
        keys[call] = question.episode
        told[question.episode] = Told(
            answer: before?.answer,
            isUncertain: before?.answer != nil || before?.isUncertain == true,
            durations: question.durations,
            askedAt: time,
            call: call
        )
    }

    /// An answer reaches the daemon.
    mutating func record(_ call: CallID, _ answer: Precedents?, at time: Int64) {
        guard let key = keys.removeValue(forKey: call), told[key]?.call == call,
            let askedAt = told[key]?.askedAt
        else { return }
        let age = time - askedAt
        guard age <= PastReads.longest + PastReads.slack else { return }
        let isLate = age >= PastReads.longest - PastReads.slack
        guard let answer else { return }
        told[key]?.isUncertain = isLate
        told[key]?.answer = answer
    }
}

extension SuccessGate {
    /// Whether so few recoveries of so many trials are too few, computed by inverting the score
    /// test: the upper bound of Wilson is below a rate exactly when that rate is too high by z
    /// standard errors.
    func excludes(recovered: Int, of trials: Int) -> Bool {
        guard trials >= 4 else { return false }
        let z = 1.2815515655446004
        let expected = Double(trials) * minimum
        let short = expected - Double(recovered)
        return short > 0 && short * short > z * z * expected * (1 - minimum)
    }
}
