import RetryCore

/// The definitions and histories that one process of the daemon requested, and the answers.
///
/// A denied or unanswered request cannot be blamed on it; anything that it never requested it could
/// have read.
struct Readings: Sendable {
    /// What is requested.
    enum Subject: Hashable, Sendable {
        /// The definition of a pipeline.
        case definition(PipelineKey)
        /// The history of an execution, as its target reads it.
        case history(PipelineKey, ExecutionID)

        /// The history of an episode's execution.
        static func history(of key: EpisodeKey) -> Subject { .history(key.pipeline, key.execution) }
    }

    /// A request without an answer so far.
    private struct Lack: Sendable {
        var since: Int64
        /// Whether the newest answer was a refusal, or missing.
        var isDenied = false
        var isEmpty = false
    }

    /// The reads under way.
    private var pending: [CallID: (what: Subject, at: Int64)] = [:]
    private var newest: [Subject: CallID] = [:]
    private var lacks: [Subject: Lack] = [:]
    private var askedAt: [Subject: Int64] = [:]
    /// The stages of each execution in which the newest history shows an action that runs.
    private var running: [Subject: Set<StageName>] = [:]

    /// A definition or an execution's history is requested.
    mutating func asked(_ call: CallID, for what: Subject, at time: Int64) {
        pending[call] = (what, time)
        askedAt[what] = time
        if lacks[what] == nil { lacks[what] = Lack(since: time) }
    }

    /// Takes an answer; the daemon waits 90 s for any.
    mutating func record(_ event: Event, at time: Int64) {
        switch event {
        // An invalid answer gives no information.
        case .definitionRead(let id, .read(let definition, _)):
            note(id, !definition.stages.isEmpty, nil, time)
        case .definitionRead(let id, .failed(let failure)): note(id, false, failure, time)
        case .evidenceRead(let id, .read(let rows, _)):
            if let history = pending[id]?.what {
                let moving = rows.filter { $0.action.status == .inProgress }
                running[history] = Set(moving.map(\.stage))
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

    /// A reload gave a target other credentials or another place: the definitions of before may be
    /// those of another account, and so may those under way.
    mutating func forgetDefinitions(of target: TargetName, at time: Int64) {
        for what in askedAt.keys where what.isDefinition(of: target) {
            lacks[what] = Lack(since: time)
        }
        pending = pending.filter { !$0.value.what.isDefinition(of: target) }
    }

    /// Whether the definition or the history is being read, or has to be requested again.
    func isReading(_ key: EpisodeKey, at time: Int64) -> Bool {
        let subjects = [Subject.definition(key.pipeline), .history(of: key)]
        return lacking(key).contains { !$0.isDenied }
            || pending.values.contains { subjects.contains($0.what) && time - $0.at < 90_000 }
    }

    /// Whether something had to be known: it was not denied, nor requested in vain for the five
    /// minutes that the daemon waits (docs/STATES.md, gathering).
    func hasToKnow(_ what: Subject, at time: Int64) -> Bool {
        guard let lack = lacks[what] else { return true }
        return !lack.isDenied && time - lack.since < 290_000
    }

    /// Whether the newest history of the episode shows an action that runs.
    func showsRunning(_ key: EpisodeKey) -> Bool {
        running[.history(of: key)]?.contains(key.stage) == true
    }

    /// Whether the definition or the history was not received, or was not requested since the
    /// newest state or recently, for lack of a turn.
    func isLacking(_ key: EpisodeKey, at time: Int64, since poll: Int64) -> Bool {
        let last = askedAt[.history(of: key)] ?? .min / 2
        return last < poll || time - last > 10_000 || !lacking(key).isEmpty
    }

    /// Whether the newest requested definition was received.
    func isDefined(_ key: EpisodeKey) -> Bool { lacks[.definition(key.pipeline)] == nil }

    /// Whether the history may not be read, so that only the state tells what failed.
    func isHistoryDenied(_ key: EpisodeKey) -> Bool { lacks[.history(of: key)]?.isDenied == true }

    /// Whether the missing answer is neither denied nor empty, so that it is requested again soon.
    func isPassing(_ key: EpisodeKey) -> Bool {
        lacking(key).allSatisfy { !$0.isDenied && !$0.isEmpty }
    }

    private func lacking(_ key: EpisodeKey) -> [Lack] {
        [Subject.definition(key.pipeline), .history(of: key)].compactMap { lacks[$0] }
    }
}

extension Readings.Subject {
    /// Whether it is the definition of a pipeline of a target.
    fileprivate func isDefinition(of target: TargetName) -> Bool {
        if case .definition(let key) = self { key.target == target } else { false }
    }
}
