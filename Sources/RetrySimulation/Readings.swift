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
    /// When each was received last.
    private var readAt: [Subject: Int64] = [:]
    /// The pipelines of which the newest definition says PARALLEL.
    private var parallel: Set<PipelineKey> = []
    /// The version of the newest definition, and since when answers have had an older
    /// one.
    private var versions: [PipelineKey: Int] = [:]
    private var olderSince: [PipelineKey: Int64] = [:]
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
            noteMode(id, definition, time)
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
            readAt[what] = time
        } else {
            lacks[what]?.isDenied = failure?.kind == .accessDenied
            lacks[what]?.isEmpty = failure == nil
        }
    }

    /// Keeps the mode of a definition that counts.
    private mutating func noteMode(_ id: CallID, _ definition: PipelineDefinition, _ time: Int64) {
        guard let (what, askedAt) = pending[id], time - askedAt < 90_000,
            id > newest[what] ?? .none, case .definition(let key) = what,
            !definition.stages.isEmpty
        else { return }
        noteVersion(key, definition.version, time)
        if definition.executionMode == .parallel {
            parallel.insert(key)
        } else {
            parallel.remove(key)
        }
    }

    /// How long the daemon takes an older definition for a late one, a tenth more for the drift of
    /// the clock.
    private static let lateness: Int64 = 330_000

    private mutating func noteVersion(_ key: PipelineKey, _ version: Int?, _ time: Int64) {
        guard let version else { return }
        if version < versions[key] ?? 0 {
            let since = olderSince[key] ?? time
            olderSince[key] = since
            guard time - since >= Readings.lateness else { return }
        }
        versions[key] = version
        olderSince[key] = nil
    }

    /// Whether a PARALLEL pipeline was made again: no poll shows that, and an older definition than
    /// the known one is believed when it lasts for five minutes.
    func isMadeAgain(_ key: PipelineKey) -> Bool { olderSince[key] != nil }

    /// Whether the newest definition that was received says PARALLEL.
    func isParallel(_ key: PipelineKey) -> Bool { parallel.contains(key) }

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

    /// Whether the definition of a PARALLEL pipeline is to be read again, for its polls do not show
    /// its version: the known one is a minute old when an execution fails, a tenth less for the
    /// drift of the clock, or an execution runs another one.
    func isRenewed(_ key: PipelineKey, at time: Int64, changedAt: Int64) -> Bool {
        guard let readAt = readAt[.definition(key)] else { return true }
        return time - readAt >= 54_000 || changedAt > readAt - 20_000
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
