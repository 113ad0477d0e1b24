/// The effects of the current event, in order.
struct EngineOutput: Hashable, Sendable {
    /// The effects.
    var effects: [Effect] = []
    /// The changes of the ledger.
    var writes: [LedgerWrite] = []

    /// Whether nothing is to be done.
    var isEmpty: Bool { effects.isEmpty && writes.isEmpty }

    /// Takes all of them.
    ///
    /// The changes of the ledger become one write: a crash between two of them would leave a retry
    /// that AWS counts and the episode does not know. The write comes last, so that after a crash
    /// reports repeat rather than get lost; but before the effects that the ledger answers: an
    /// intent must not be found without its episode.
    mutating func take() -> [Effect] {
        defer { self = EngineOutput() }
        guard !writes.isEmpty else { return effects }
        let questions = effects.filter(\.isRecall)
        var all = questions.isEmpty ? effects : effects.filter { !$0.isRecall }
        let intent = all.firstIndex { effect in
            switch effect {
            case .recordIntent: true
            case .readState, .readDefinition, .readEvidence, .listExecutions, .readExecution,
                .listPipelines,
                .readCauses, .readPrecedents, .matchPatterns, .recall, .retry, .record, .report:
                false
            }
        }
        let split = intent ?? all.endIndex
        let late = all[split...].filter(\.isReport)
        let rest = all[split...].filter { !$0.isReport }
        all.replaceSubrange(split..., with: late + [.record(writes)] + rest)
        return all + questions
    }
}
