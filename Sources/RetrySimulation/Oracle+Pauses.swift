import RetryCore

/// Pauses by command, and by which clock each ends.
extension Oracle {
    /// How long the host's clock is not believed while no answer of AWS has given AWS's time.
    private static let hostUncertainty: Int64 = 600_000

    /// A person pauses something, until a true time or until it is lifted.
    mutating func paused(_ scope: PauseScope, endsAt end: Int64?) {
        upheavals += 1
        pauses.removeAll { $0.scope == scope }
        pauses.append(HeldPause(scope: scope, endsAt: end))
    }

    mutating func resumed(_ scope: PauseScope) {
        upheavals += 1
        pauses.removeAll { scope == PauseScope() || $0.scope == scope }
    }

    /// The daemon reports that a pause has ended by itself.
    mutating func pauseEnded(_ scope: PauseScope, at time: Int64) {
        let pause = pauses.first { $0.scope == scope }
        pauses.removeAll { $0.scope == scope }
        // In the run that put it on no clock but the monotonic one ends it.
        guard let pause, trustsAnswers || !pause.isFromLedger else { return }
        guard let end = pause.endsAt else {
            return blame(.policy, "the pause of \(scope) ended, which only a person may end")
        }
        let due = pause.isFromLedger ? found(end) : end
        if time < due - HeldPause.slack {
            blame(.policy, "the pause of \(scope) ended \(due - time) ms early")
        }
        // An end of before this process is AWS's time, which a late answer told it.
        let lag = pause.isFromLedger ? toldAfter : 0
        if time > max(due, wokeAt) + HeldPause.slack + lag {
            blame(.policy, "the pause of \(scope) ended \(time - due) ms late")
        }
    }

    /// When a pause must end that the daemon found in the ledger: by AWS's time once an answer has
    /// given it, else by the host's, but not in the first ten minutes.
    private func found(_ end: Int64) -> Int64 {
        let byHost = max(end - hostAhead, startedAt + Oracle.hostUncertainty)
        guard let toldAt, toldAt < byHost else { return byHost }
        return max(end, toldAt)
    }
}

extension Event {
    /// The call whose answer gives AWS's time; nil: none does.
    var timeTeller: CallID? {
        switch self {
        case .stateRead(let id, let answer): answer.tellsTime ? id : nil
        case .definitionRead(let id, let answer): answer.tellsTime ? id : nil
        case .evidenceRead(let id, let answer): answer.tellsTime ? id : nil
        case .executionsListed(let id, let answer): answer.tellsTime ? id : nil
        case .executionRead(let id, let answer): answer.tellsTime ? id : nil
        case .pipelinesListed(let id, let answer): answer.tellsTime ? id : nil
        case .retryAnswered(let id, .accepted(_, let time)): time == nil ? nil : id
        case .retryAnswered(_, .refused), .retryAnswered(_, .unknown), .recalled, .intentRecorded,
            .patternsMatched, .causesRead, .precedentsRead, .ledgerFailed, .ledgerRecovered,
            .reloaded,
            .targetUnusable,
            .targetPlanned, .paused, .resumed, .deadlineReached:
            nil
        }
    }
}

extension ReadAnswer {
    fileprivate var tellsTime: Bool {
        if case .read(_, .some) = self { true } else { false }
    }
}
