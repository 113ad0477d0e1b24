import RetryCore

/// What one process of the daemon asked of definitions and histories, and what came through.
///
/// What it was denied, or asked for in vain, cannot be held against it; what it never asked for it
/// could have read.
struct Readings: Sendable {
    /// Something that was asked for and has not come through since.
    private struct Lack: Sendable {
        var since: Int64
        /// Whether the newest answer was a refusal, or none at all.
        var isDenied = false
        var isEmpty = false
    }

    /// The reads that are under way.
    private var pending: [CallID: (what: String, at: Int64)] = [:]
    private var newest: [String: CallID] = [:]
    private var lacks: [String: Lack] = [:]
    private var askedAt: [String: Int64] = [:]
    /// The stages of each execution in which the newest history shows an action that runs.
    private var running: [String: Set<StageName>] = [:]

    /// A definition or an execution's history is asked for.
    mutating func asked(_ call: CallID, for what: String, at time: Int64) {
        pending[call] = (what, time)
        askedAt[what] = time
        if lacks[what] == nil { lacks[what] = Lack(since: time) }
    }

    /// Hears an answer; the daemon waits 90 s for any.
    mutating func record(_ event: Event, at time: Int64) {
        switch event {
        // An answer that is none tells nothing.
        case .definitionRead(let id, .read(let definition, _)):
            note(id, !definition.stages.isEmpty, nil, time)
        case .definitionRead(let id, .failed(let failure)): note(id, false, failure, time)
        case .evidenceRead(let id, .read(let rows, _)):
            if let execution = pending[id]?.what {
                let moving = rows.filter { $0.action.status == .inProgress }
                running[execution] = Set(moving.map(\.stage))
            }
            note(id, !rows.isEmpty, nil, time)
        case .evidenceRead(let id, .failed(let failure)): note(id, false, failure, time)
        case _: break
        }
    }

    private mutating func note(
        _ id: CallID,
        _ isRead: Bool,
        _ failure: CallFailure?,
        _ time: Int64
    ) {
        guard let (what, askedAt) = pending.removeValue(forKey: id), time - askedAt < 90_000,
            id > newest[what] ?? .none
        else { return }
        newest[what] = id
        if isRead {
            lacks[what] = nil
        } else {
            lacks[what]?.isDenied = failure?.kind == .accessDenied
            lacks[what]?.isEmpty = failure == nil
        }
    }

    /// Whether something had to be known: it was not denied, nor asked for in vain for the five
    /// minutes that the daemon waits (docs/STATES.md, gathering).
    func hasToKnow(_ what: String, at time: Int64) -> Bool {
        guard let lack = lacks[what] else { return true }
        return !lack.isDenied && time - lack.since < 290_000
    }

    /// Whether the newest history of the episode shows an action that runs.
    func showsRunning(_ key: EpisodeKey) -> Bool {
        running[key.execution.text]?.contains(key.stage) == true
    }

    /// Whether the definition or the history has not come through, or was not asked for since the
    /// newest state or of late, for want of a turn.
    func isLacking(_ key: EpisodeKey, at time: Int64, since poll: Int64) -> Bool {
        let last = askedAt[key.execution.text] ?? .min / 2
        return last < poll || time - last > 10_000 || !lacking(key).isEmpty
    }

    /// Whether the newest definition that was asked for has come through.
    func isDefined(_ key: EpisodeKey) -> Bool { lacks[key.pipeline.description] == nil }

    /// Whether the history may not be read, so that only the state tells what failed.
    func isHistoryDenied(_ key: EpisodeKey) -> Bool { lacks[key.execution.text]?.isDenied == true }

    /// Whether what lacks is neither denied nor answered without content, so that it is asked for
    /// again soon.
    func isPassing(_ key: EpisodeKey) -> Bool {
        lacking(key).allSatisfy { !$0.isDenied && !$0.isEmpty }
    }

    private func lacking(_ key: EpisodeKey) -> [Lack] {
        [key.pipeline.description, key.execution.text].compactMap { lacks[$0] }
    }
}
