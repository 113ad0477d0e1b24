import Primitives

/// What the ledger would have known of past retries at a time: what a success gate asks.
struct ReplayMemory: Sendable {
    /// The trials of one level, and the failures without a retry since the newest.
    private struct Level: Sendable {
        var trials: [Trial] = []
        var idle = 0
    }

    private var levels: [PrecedentLevel: Level] = [:]
    /// Retries that have not ended at the time of the clock, and when they do.
    private var running: [(attempt: ActionAttempt, trial: Trial, endsAt: WallTime)] = []
    /// No window shows more.
    private static let most = 1000

    /// Ends what has ended by then.
    mutating func advance(to now: WallTime) {
        let ended = running.filter { $0.endsAt <= now }
        guard !ended.isEmpty else { return }
        running.removeAll { $0.endsAt <= now }
        for retry in ended.sorted(by: { $0.trial.failedAt < $1.trial.failedAt }) {
            for level in PrecedentLevel.all(of: retry.attempt) {
                levels[level, default: Level()].trials.append(retry.trial)
                levels[level]?.idle = 0
                if levels[level]?.trials.count ?? 0 > 2 * Self.most {
                    levels[level]?.trials.removeFirst(Self.most)
                }
            }
        }
    }

    /// Takes a failure, whose retry is known once it has ended.
    mutating func add(_ failed: ActionAttempt) {
        guard let retry = failed.retry, let failedAt = failed.ended else {
            for level in PrecedentLevel.all(of: failed) {
                levels[level, default: Level()].idle += 1
            }
            return
        }
        guard retry.result.isTrial, let trial = Trial(failed) else { return }
        running.append((failed, trial, failedAt + retry.wait + (retry.duration ?? .zero)))
    }

    /// The evidence of the first level that has enough trials.
    func gate(_ question: PrecedentQuestion) -> GateEvidence? {
        guard let window = question.window else { return nil }
        for level in question.levels {
            guard let known = levels[level] else { continue }
            let counts = window.counts(Array(known.trials.suffix(Self.most)), at: question.failedAt)
            guard counts.trials >= SuccessGate.fewestTrials else { continue }
            return GateEvidence(level: level, counts: counts, idle: known.idle)
        }
        return nil
    }
}

extension PrecedentLevel {
    /// Every level on which a failure counts.
    fileprivate static func all(of failed: ActionAttempt) -> [PrecedentLevel] {
        [
            failed.causeFingerprint.map { .cause($0, provider: failed.provider) },
            failed.fingerprint.map { .error($0, provider: failed.provider) },
            failed.retry?.rule.map { .rule($0) },
            failed.failure?.kind.map { .kind($0) },
        ].compactMap(\.self)
    }
}
