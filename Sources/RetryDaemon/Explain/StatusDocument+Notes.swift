import RetryCore

/// A running daemon's knowledge of one failed stage, for `explain`.
///
/// In addition to the reasoning on AWS's state, since the daemon knows more: pauses by command,
/// budgets, outages, and when it saw the failure first.
extension StatusDocument {
    /// The live episode of a key; nil: it has none.
    func episode(of key: EpisodeKey) -> Episode? {
        episodes.first {
            $0.executionID == key.execution.text && isOf($0.target, $0.pipeline, $0.stage, key)
        }
    }

    /// The first pause that holds a stage.
    func pause(of key: EpisodeKey) -> Hold? {
        pauses.first {
            isOf(
                $0.target ?? key.pipeline.target.text,
                $0.pipeline ?? key.pipeline.pipeline.text,
                $0.stage ?? key.stage.text,
                key
            )
        }
    }

    /// Notes for the reader in addition to the reasoning.
    func notes(on key: EpisodeKey) -> [String] {
        var notes: [String] = []
        let end = ended.first {
            $0.executionID == key.execution.text && isOf($0.target, $0.pipeline, $0.stage, key)
        }
        if let episode = episode(of: key) {
            notes.append("the daemon reports it as \(episode.state)")
        } else if let end {
            notes.append("the daemon has ended it: \(end.end)")
        } else {
            notes.append("the daemon has no open episode for this failure")
        }
        if let pause = pause(of: key) { notes.append("paused in the daemon: \(pause.text)") }
        if config.dryRun { notes.append("the daemon is in dry run and retries nothing") }
        return notes
    }

    private func isOf(
        _ target: String,
        _ pipeline: String,
        _ stage: String,
        _ key: EpisodeKey
    ) -> Bool {
        target == key.pipeline.target.text && pipeline == key.pipeline.pipeline.text
            && stage == key.stage.text
    }
}
