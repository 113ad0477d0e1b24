import Primitives

/// Which call is next: retries first, then the targets of a rate group in round-robin order.
extension CallScheduler {
    /// One call of each group in turn, until none can be made.
    struct Round {
        /// The groups that may still call, the next one first, with the targets for which
        /// something waits.
        fileprivate var groups: ArraySlice<Group>
        /// Those that called in this turn.
        fileprivate var called: [Group] = []
    }

    /// Begins a round.
    func round() -> Round {
        let groups = waitingByGroup
        guard groups.count > 1 else { return Round(groups: groups[...]) }
        // Another group begins each time, so that `max_in_flight` starves none.
        let shift = Int((nextID.number - 1) % UInt64(groups.count))
        return Round(groups: (groups[shift...] + groups[..<shift])[...])
    }

    /// Takes the next call of a round; nil when none can be made now.
    mutating func next(_ round: inout Round, _ now: Instant) -> PendingCall? {
        while true {
            if round.groups.isEmpty {
                guard !round.called.isEmpty else { return nil }
                round.groups = round.called[...]
                round.called = []
            }
            guard let group = round.groups.popFirst() else { return nil }
            if let pendingCall = next(of: group, now) {
                round.called.append(group)
                return pendingCall
            }
        }
    }

    /// The groups with the targets for which something waits, in order.
    private var waitingByGroup: [Group] {
        guard waiting > 0 else { return [] }
        return groups.compactMap { group in
            let targets = group.targets.filter { byTarget[$0]?.queue.isEmpty == false }
            return targets.isEmpty ? nil : Group(name: group.name, targets: targets)
        }
    }

    /// Takes one call of a rate group; nil when none can be made now.
    private mutating func next(of group: Group, _ now: Instant) -> PendingCall? {
        guard waiting > 0, let (name, kind) = next(of: group.targets),
            takeTurn(of: group.name, now)
        else { return nil }
        let pendingCall = pop(kind, of: name, rate: rate(of: group.name))
        if pendingCall != nil { giveTurn(to: name) }
        return pendingCall
    }

    /// The target whose turn it is: one with a retry, else the one that has waited longest.
    private func next(of names: [TargetName]) -> (TargetName, CallQueue.Choice)? {
        let shares = shares
        let ready = names.compactMap { name in
            choice(for: name, shares).map { (name: name, choice: $0, turn: turn(of: name)) }
        }
        let retrying = ready.filter { byTarget[$0.name]?.queue.hasRetry == true }
        return (retrying.isEmpty ? ready : retrying)
            .min { ($0.turn, $0.name) < ($1.turn, $1.name) }
            .map { ($0.name, $0.choice) }
    }

    private func turn(of name: TargetName) -> UInt64 { byTarget[name]?.health.turn ?? 0 }

    /// Which calls a target may make now; nil: none.
    private func choice(for name: TargetName, _ shares: InFlightLimits) -> CallQueue.Choice? {
        guard let targetCalls = byTarget[name], !targetCalls.queue.isEmpty else { return nil }
        if shares.allow(targetCalls.health, isRetry: false) { return .any }
        return targetCalls.queue.hasRetry && shares.allow(targetCalls.health, isRetry: true)
            ? .retry : nil
    }

    /// When the next call can be made, or a rate is raised; nil: nothing waits for either.
    func nextTurn(_ now: Instant) -> Instant? {
        var earliest = isThrottled ? rates.compactMap(\.value.nextRaise) : []
        guard waiting > 0 else { return earliest.min() }
        let shares = shares
        for group in waitingByGroup {
            let ready = group.targets.filter { choice(for: $0, shares) != nil }
                .compactMap { byTarget[$0] }
            guard !ready.isEmpty, let bucket = rates[group.name] else { continue }
            // Polls alone wait for a quarter of a second's tokens, and are sent together.
            let count = ready.reduce(0) { $0 + $1.queue.count }
            let isQuiet = ready.allSatisfy(\.queue.hasOnlyPolls)
            let together = isQuiet ? min(count, Int(bucket.rate / 4)) : 1
            earliest.append(bucket.next(tokens: together, now))
        }
        return earliest.min()
    }
}
