import Primitives

/// The pauses by command.
///
/// Three clocks are involved. A pause that was set in this run ends by the monotonic clock, which
/// no step of the host's time of day moves. In the ledger it ends by AWS's time, which is still
/// valid after a restart: the caller, who knows AWS's clock, converts it to the monotonic clock.
struct Pauses: Hashable, Sendable {
    /// The most pauses at once.
    static let most = 1000

    /// Converts the end of a pause of the ledger from AWS's time to the monotonic clock.
    typealias Reckoning = (PauseScope, WallTime) -> Instant

    /// The pauses, in the order in which they were set.
    private(set) var all: [Pause]
    /// When those of this run end, by the monotonic clock.
    private var ends: [PauseScope: Instant] = [:]

    /// Takes the pauses of the ledger.
    init(_ pauses: [Pause]) {
        all = pauses
    }

    /// Whether there is none.
    var isEmpty: Bool { all.isEmpty }

    /// The first pause that holds an episode.
    func first(holding key: EpisodeKey) -> Pause? { all.first { $0.scope.contains(key) } }

    /// When the last of the pauses that hold an episode expires; nil: one has no end.
    func lastEnd(holding key: EpisodeKey) -> WallTime? {
        let ends = all.filter { $0.scope.contains(key) }.map(\.until)
        return ends.contains(nil) ? nil : ends.compactMap(\.self).max()
    }

    /// Whether there is room for one more scope beside those that are paused.
    func hasRoom(for scope: PauseScope) -> Bool {
        all.count < Pauses.most || all.contains { $0.scope == scope }
    }

    /// The pauses that a command lifts: those of its scope, or all for everything.
    func lifted(by scope: PauseScope) -> [Pause] {
        all.filter { scope == PauseScope() || $0.scope == scope }
    }

    /// Sets a pause, replacing one of the same scope.
    mutating func put(_ pause: Pause, end: Instant?) {
        remove(pause.scope)
        all.append(pause)
        ends[pause.scope] = end
    }

    /// Removes the pause of a scope.
    mutating func remove(_ scope: PauseScope) {
        all.removeAll { $0.scope == scope }
        ends[scope] = nil
    }

    /// The pauses that have expired.
    func over(_ now: Instant, _ reckon: Reckoning) -> [Pause] {
        all.filter { end(of: $0, reckon).map { $0 <= now } == true }
    }

    /// When the next pause expires; nil: none has an end.
    func nextEnd(_ reckon: Reckoning) -> Instant? {
        all.compactMap { end(of: $0, reckon) }.min()
    }

    /// When a pause expires; nil: only `resume` ends it.
    private func end(of pause: Pause, _ reckon: Reckoning) -> Instant? {
        pause.until.map { ends[pause.scope] ?? reckon(pause.scope, $0) }
    }

    /// Corrects the end of each pause set in this run, which the ledger stored by the host's clock,
    /// to AWS's time; returns those that changed.
    ///
    /// `times` has AWS's current time for each pause of ``all``.
    mutating func restate(_ now: Instant, _ times: [WallTime]) -> [Pause] {
        var changed: [Pause] = []
        for (index, time) in zip(all.indices, times) {
            guard let end = ends[all[index].scope] else { continue }
            let until = time + (end - now)
            guard all[index].until != until else { continue }
            all[index].until = until
            changed.append(all[index])
        }
        return changed
    }
}
