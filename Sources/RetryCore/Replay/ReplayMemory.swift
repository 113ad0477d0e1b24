import Primitives

/// What the ledger would have known of past retries at a time: what a success gate and a ceiling of
/// cost ask.
struct ReplayMemory: Sendable {
    /// The trials of one level, and the failures without a retry since the newest.
    private struct Level: Sendable {
        var trials: [Trial] = []
        var idle = 0
    }

    private var levels: [PrecedentLevel: Level] = [:]
    /// How long attempts of an action took, the newest last: those that recovered, and those that
    /// failed.
    private var times: [ActionKey: (recovered: [Duration], failed: [Duration])] = [:]
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
            if retry.trial.result == .recovered, let time = retry.attempt.retry?.duration {
                times[retry.attempt.action, default: ([], [])].recovered.append(time)
            }
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
        if let ended = failed.ended {
            times[failed.action, default: ([], [])].failed.append(ended - failed.started)
        }
        guard let retry = failed.retry, let failedAt = failed.ended else {
            for level in PrecedentLevel.all(of: failed) {
                levels[level, default: Level()].idle += 1
            }
            return
        }
        guard retry.result.isTrial, let trial = Trial(failed) else { return }
        running.append((failed, trial, failedAt + retry.wait + (retry.duration ?? .zero)))
    }

    /// How long the actions of a question took before; only failures and their retries are known.
    func medians(_ question: PrecedentQuestion) -> [ActionName: Duration] {
        var found: [ActionName: Duration] = [:]
        for name in question.durations {
            guard let known = times[question.key(of: name)] else { continue }
            let counted = known.recovered.isEmpty ? known.failed : known.recovered
            found[name] = ExpectedTime.median(counted.suffix(PrecedentSearch.newestDurations))
        }
        return found
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
