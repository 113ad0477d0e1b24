import RetryCore

/// What the daemon cannot know any more, because its ledger is not the one that it wrote.
extension Oracle {
    /// The ledger holds other rows than it did; what AWS counts holds on.
    mutating func forgot(_ rows: LedgerModel.Rows) {
        for key in cases.keys {
            let known = Set((rows.intents[key] ?? [:]).keys)
            cases[key]?.usedIntents.formIntersection(known)
            cases[key]?.sent = []
            cases[key]?.isForgotten = true
            cases[key]?.outcomes = rows.episodes[key]?.outcome == nil ? 0 : 1
        }
        sends = []
    }

    /// The retries that AWS counts are spent, whoever made them and whatever the ledger knows.
    mutating func judgeCounter(_ key: EpisodeKey, _ truth: StageTruth, _ state: Case) {
        if truth.manualRetries >= state.allowed {
            blame(.limit, "AWS counts \(truth.manualRetries) of \(state.allowed) of \(key)")
        }
    }
}
