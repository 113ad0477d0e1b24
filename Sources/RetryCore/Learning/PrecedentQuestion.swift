package import Primitives

/// A question about the past: what came of failures like this one, and of its revision.
package struct PrecedentQuestion: Hashable, Sendable {
    /// The failed stage execution.
    package var episode: EpisodeKey
    /// The failed action that decides.
    package var action: ActionName
    /// When it failed, by AWS's clock.
    package var failedAt: WallTime
    /// What failures must have in common with it to count, the most telling first.
    package var levels: [PrecedentLevel]
    /// The trials that are asked for; nil: none are.
    package var window: TrialWindow?
    /// Whether the revision's past is asked for.
    package var asksRevision: Bool
    /// The actions whose usual time is asked for: those that the retry would run; empty: none.
    package var durations: [ActionName]

    /// Creates a question.
    package init(
        episode: EpisodeKey,
        action: ActionName,
        failedAt: WallTime,
        levels: [PrecedentLevel],
        window: TrialWindow?,
        asksRevision: Bool,
        durations: [ActionName] = []
    ) {
        self.episode = episode
        self.action = action
        self.failedAt = failedAt
        self.levels = levels
        self.window = window
        self.asksRevision = asksRevision
        self.durations = durations
    }

    /// A question about the revision of a failed attempt.
    package init(of failed: ActionAttempt) {
        let levels: [PrecedentLevel?] = [
            failed.causeFingerprint.map { .cause($0, provider: failed.provider) },
            failed.fingerprint.map { .error($0, provider: failed.provider) },
        ]
        self.init(
            episode: failed.group.episode,
            action: failed.action.action,
            failedAt: failed.ended ?? failed.started,
            levels: levels.compactMap(\.self),
            window: nil,
            asksRevision: true
        )
    }

    /// The action as attempts name it.
    package var actionKey: ActionKey { key(of: action) }

    /// Another action of the stage, likewise.
    package func key(of action: ActionName) -> ActionKey {
        ActionKey(pipeline: episode.pipeline, stage: episode.stage, action: action)
    }

    /// The levels of one error, which tell whether it is the same in another execution.
    package var errorLevels: [PrecedentLevel] {
        levels.filter { level in
            switch level {
            case .cause, .error: true
            case .rule, .kind: false
            }
        }
    }
}
