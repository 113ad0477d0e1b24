import RetryCore

/// Knowledge that the daemon can no longer have, because its ledger is not the one that it wrote.
extension Oracle {
    /// The ledger has other rows than before; AWS's counters still apply.
    mutating func forgot(_ rows: LedgerModel.Rows) {
        for key in cases.keys {
            let known = Set((rows.intents[key] ?? [:]).keys)
            cases[key]?.usedIntents.formIntersection(known)
            cases[key]?.sent = []
            cases[key]?.own = 0
            cases[key]?.recorded = known.count
            cases[key]?.outcomes = rows.episodes[key]?.outcome == nil ? 0 : 1
        }
        sends = []
        charges.makeUncertain(olderThan: .max)
    }

    /// A call is sent.
    mutating func asked(_ call: CallID, at time: Int64) {
        if toldAt == nil { askedAt[call] = time }
    }

    /// An answer reaches the daemon, which waits 90 s for any.
    mutating func record(_ event: Event, at time: Int64) {
        readings.record(event, at: time)
        if case .causesRead(let id, let answers) = event { causes.record(id, answers, at: time) }
        if case .precedentsRead(let id, let answer) = event {
            past.record(id, answer, at: time)
        }
        if case .intentRecorded(let id, _) = event { charges.answered(id, at: time) }
        if case .recalled(let id, let memory) = event { recalls.record(id, memory, at: time) }
        if toldAt == nil, let call = event.timeTeller, time - askedAt[call, default: 0] < 90_000 {
            toldAt = time
            toldAfter = time - askedAt[call, default: 0]
        }
    }

    /// The loop does not turn until then.
    mutating func stalled(until time: Int64) {
        upheavals += 1
        wokeAt = time
    }

    /// The retries that AWS counts are spent, no matter who made them and what the ledger knows.
    mutating func judgeCounter(_ key: EpisodeKey, _ truth: StageTruth, _ state: Case) {
        if truth.manualRetries >= state.allowed {
            blame(.limit, "AWS counts \(truth.manualRetries) of \(state.allowed) of \(key)")
        }
    }
}
