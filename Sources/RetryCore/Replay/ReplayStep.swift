package import Primitives

/// The failures of one attempt of a stage: what a policy decides on at once.
package struct ReplayStep: Hashable, Sendable {
    /// The stage execution.
    package let episode: EpisodeKey
    /// How many retries came before; each ended in failures, or it would not be there.
    package let retries: Int
    /// The failures, by action.
    package let failures: [PastFailure]
    /// When the last of them failed.
    package let failedAt: WallTime

    /// Groups failures into steps, the oldest first; those without an end are left out.
    package static func steps(of failures: [PastFailure]) -> [ReplayStep] {
        let dated = failures.filter { $0.attempt.ended != nil && $0.attempt.status == .failed }
        let chains = Dictionary(grouping: dated) { $0.attempt.group }
        var found: [EpisodeKey: [Int: [PastFailure]]] = [:]
        for (group, chain) in chains {
            let ordered = chain.sorted { $0.attempt.started < $1.attempt.started }
            for (index, failure) in ordered.enumerated() {
                found[group.episode, default: [:]][index, default: []].append(failure)
            }
        }
        let steps = found.flatMap { episode, attempts in
            attempts.map { ReplayStep(episode: episode, retries: $0, $1) }
        }
        return steps.sorted {
            ($0.failedAt, $0.episode, $0.retries) < ($1.failedAt, $1.episode, $1.retries)
        }
    }

    /// What the retries of its failures cost that were made; nil: none is known.
    func cost(at prices: ActionPrices) -> RetryCost? {
        let known = failures.compactMap { $0.cost(at: prices) }
        return known.isEmpty ? nil : known.reduce(.nothing) { $0.adding($1) }
    }

    private init(episode: EpisodeKey, retries: Int, _ failures: [PastFailure]) {
        self.episode = episode
        self.retries = retries
        self.failures = failures.sorted { $0.attempt.action < $1.attempt.action }
        failedAt = failures.compactMap(\.attempt.ended).max() ?? .distantPast
    }
}
