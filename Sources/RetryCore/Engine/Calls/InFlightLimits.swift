/// How many calls one target may have under way, so that one that hangs leaves the others their
/// share.
struct InFlightLimits: Hashable, Sendable {
    /// `poll.max_in_flight`.
    var most: Int
    /// How many targets there are.
    var targets: Int
    /// The calls under way, of all targets.
    var inFlight: Int
    /// Those of targets that hang.
    var hanging: Int

    /// The most calls of one target: twice its fair share.
    private var cap: Int { targets < 2 ? most : min(most, max(2, 2 * most / targets)) }
    /// The fair share: up to this many calls, a target need not leave room for others.
    private var fair: Int { max(1, most / max(1, targets)) }
    /// A target above its fair share leaves this many calls free.
    private var reserve: Int { targets < 2 ? 0 : most / 4 }

    /// Whether a target may begin another call.
    ///
    /// A target that hangs may have one call until one succeeds, and all hanging targets together
    /// half of the calls. A retry is allowed one more beside the polls.
    func allow(_ target: TargetHealth, isRetry: Bool) -> Bool {
        guard inFlight < most else { return false }
        let places = target.isHanging ? 1 : cap
        if isRetry { return target.inFlight < places + 1 }
        guard target.inFlight < places else { return false }
        if target.isHanging { return hanging < max(1, most / 2) }
        return target.inFlight < fair || most - inFlight > reserve
    }
}
