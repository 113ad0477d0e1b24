/// How many calls one target may have under way, so that one that hangs leaves the others theirs.
struct CallShares: Hashable, Sendable {
    /// `poll.max_in_flight`.
    var most: Int
    /// How many targets there are.
    var targets: Int
    /// The calls under way, of all targets.
    var inFlight: Int
    /// Those of targets that hang.
    var hanging: Int

    /// The most places of one target: twice its fair share.
    private var cap: Int { targets < 2 ? most : min(most, max(2, 2 * most / targets)) }
    /// Up to so many places a target need not think of the others.
    private var fair: Int { max(1, most / max(1, targets)) }
    /// Whoever takes more than its fair share leaves so many places free.
    private var reserve: Int { targets < 2 ? 0 : most / 4 }

    /// Whether a target may begin another call.
    ///
    /// One that hangs has a single place until a call succeeds, and all that hang have half of the
    /// places together. A retry has a place of its own beside the looks.
    func allow(_ target: TargetHealth, isRetry: Bool) -> Bool {
        guard inFlight < most else { return false }
        let places = target.isHanging ? 1 : cap
        if isRetry { return target.inFlight < places + 1 }
        guard target.inFlight < places else { return false }
        if target.isHanging { return hanging < max(1, most / 2) }
        return target.inFlight < fair || most - inFlight > reserve
    }
}
