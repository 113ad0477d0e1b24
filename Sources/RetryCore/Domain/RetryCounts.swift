/// How CodePipeline's counter `manualStageRetryAttempt` of one stage execution is explained.
///
/// Invariant: of the counter, `foreign` and `own` are explained for certain, up to `late` more may
/// be ours, and anything beyond all three was made by somebody else after we first saw the stage. A
/// retry of ours is in `own` or in `late`, never in both, until the counter shows it or its end is
/// final.
package struct RetryCounts: Hashable, Sendable {
    /// Retries by others from before the ledger knew the episode; they count as spent.
    package var foreign: Int
    /// Retries of ours that CodePipeline counts for certain.
    package var own: Int
    /// Retries of ours that may still take effect; at most this many increments of the counter may
    /// be ours.
    package var late: Int

    /// Creates counts; all default to zero.
    package init(foreign: Int = 0, own: Int = 0, late: Int = 0) {
        self.foreign = foreign
        self.own = own
        self.late = late
    }

    /// The part of a counter that nothing explains: people's retries, another daemon's, or our own
    /// that a lost or restored ledger forgot.
    package func unexplained(of counter: Int) -> Int {
        max(0, counter - own - late - foreign)
    }

    /// AWS accepted one of ours.
    mutating func accepted() { own += 1 }

    /// For this many of ours it is unknown whether AWS executed them.
    mutating func lost(_ count: Int = 1) { late += count }

    /// AWS accepted it, and the state did not change in time: it may still take effect.
    mutating func hadNoEffect() {
        own -= 1
        late += 1
    }

    /// Attributes an increment of the counter to our unknown answers when nothing else explains it.
    mutating func absorb(_ counter: Int) {
        let ours = min(counter - own - foreign, late)
        guard ours > 0 else { return }
        own += ours
        late -= ours
    }

    /// The stage changed after an unknown answer of ours: that explains one of them, whether or not
    /// the counter shows it.
    mutating func landed(_ counter: Int, before: Int) {
        guard late > 0, counter <= before else { return }
        late -= 1
        own += 1
    }
}
