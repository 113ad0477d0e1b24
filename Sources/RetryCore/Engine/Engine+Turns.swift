/// Whose turn it is to call: retries first, then the targets of a rate group one after the other.
extension Engine {
    /// Makes the calls that the rates and `max_in_flight` allow, one of each group in turn.
    mutating func pump(_ now: Instant) {
        let targets = waitingByGroup
        guard !targets.isEmpty else { return }
        var groups = targets.keys.sorted()
        if groups.count > 1 {
            // Another group begins each time, so that `max_in_flight` starves none.
            let shift = Int(lastCall % UInt64(groups.count))
            groups = Array(groups[shift...] + groups[..<shift])
        }
        while !groups.isEmpty {
            groups = groups.filter { callNext(of: targets[$0] ?? [], in: $0, now) }
        }
    }

    /// The targets for which something waits, by what they share a rate with.
    private var waitingByGroup: [String: [TargetName]] {
        var groups: [String: [TargetName]] = [:]
        for name in wants.keys where wants[name]?.isEmpty == false {
            groups[group(of: name), default: []].append(name)
        }
        return groups
    }

    /// Makes one call of a rate group; false when none can be made now.
    private mutating func callNext(
        of names: [TargetName],
        in group: String,
        _ now: Instant
    ) -> Bool {
        guard let (name, kind) = next(of: names), buckets[group]?.take(now) == true,
            let want = wants[name]?.pop(kind, rate: buckets[group]?.rate ?? 1)
        else { return false }
        targets[name]?.health.turn = lastCall
        make(want, now)
        return true
    }

    /// The target whose turn it is: one with a retry, else the one that has waited longest.
    private func next(of names: [TargetName]) -> (TargetName, WantQueue.Choice)? {
        let shares = callShares
        let ready = names.compactMap { name in
            choice(for: name, shares).map { (name: name, choice: $0, turn: turn(of: name)) }
        }
        let retrying = ready.filter { wants[$0.name]?.hasRetry == true }
        return (retrying.isEmpty ? ready : retrying)
            .min { ($0.turn, $0.name) < ($1.turn, $1.name) }
            .map { ($0.name, $0.choice) }
    }

    private func turn(of name: TargetName) -> UInt64 { targets[name]?.health.turn ?? 0 }

    /// What a target may call now; nil: nothing.
    private func choice(for name: TargetName, _ shares: CallShares) -> WantQueue.Choice? {
        guard let queue = wants[name], !queue.isEmpty, let health = targets[name]?.health
        else { return nil }
        if shares.allow(health, isRetry: false) { return .any }
        return queue.hasRetry && shares.allow(health, isRetry: true) ? .retry : nil
    }

    private var callShares: CallShares {
        var hanging = 0
        for name in targets.keys where targets[name]?.health.isHanging == true {
            hanging += targets[name]?.health.inFlight ?? 0
        }
        return CallShares(
            most: configuration.poll.maxInFlight,
            targets: targets.count,
            inFlight: callsInFlight,
            hanging: hanging
        )
    }

    /// When the next call can be made, or a rate is raised; nil: nothing waits for either.
    var nextTurn: Instant? {
        var earliest = buckets.values.compactMap(\.nextRaise)
        let waiting = waitingByGroup
        guard !waiting.isEmpty else { return earliest.min() }
        let shares = callShares
        for (group, names) in waiting {
            let ready = names.filter { choice(for: $0, shares) != nil }.compactMap { wants[$0] }
            guard !ready.isEmpty, let bucket = buckets[group] else { continue }
            // Looks alone wait for a quarter of a second's tokens, and go out together.
            let count = ready.reduce(0) { $0 + $1.count }
            let isQuiet = ready.allSatisfy(\.hasOnlyLooks)
            let together = isQuiet ? min(count, Int(bucket.rate / 4)) : 1
            earliest.append(bucket.next(tokens: together, lastSeen))
        }
        return earliest.min()
    }
}

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
