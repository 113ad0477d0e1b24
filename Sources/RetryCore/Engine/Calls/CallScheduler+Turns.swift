import Primitives

/// Which call is next: retries first, then the targets of a rate group in round-robin order.
extension CallScheduler {
    /// One call of each group in turn, until none can be made.
    struct Round {
        /// The groups that may still call, the next one first.
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

    /// The groups for whose targets something waits, in order.
    private var waitingByGroup: [Group] {
        guard waiting > 0 else { return [] }
        return groups.compactMap { group in
            let isWaiting = group.targets.contains { name in
                byTarget.place(of: name).map { !byTarget[at: $0].queue.isEmpty } == true
            }
            return isWaiting ? group : nil
        }
    }

    /// Takes one call of a rate group; nil when none can be made now.
    private mutating func next(of group: Group, _ now: Instant) -> PendingCall? {
        guard waiting > 0, let (place, kind) = next(of: group.targets),
            takeTurn(of: group.name, now)
        else { return nil }
        return pop(kind, at: place, rate: rate(of: group.name))
    }

    /// The place of the target whose turn it is, of names in order: one with a retry, else the one
    /// that has waited longest.
    private func next(of names: [TargetName]) -> (place: Int, choice: CallQueue.Choice)? {
        let shares = shares
        var best: (place: Int, choice: CallQueue.Choice)?
        var least: (priority: Int, turn: UInt64) = (.max, .max)
        for name in names {
            guard let place = byTarget.place(of: name), let choice = choice(at: place, shares)
            else { continue }
            let priority = byTarget[at: place].queue.hasRetry ? 0 : 1
            let turn = byTarget[at: place].health.turn
            guard (priority, turn) < least else { continue }
            least = (priority, turn)
            best = (place, choice)
        }
        return best
    }

    /// Which calls the target at a place may make now; nil: none.
    private func choice(at place: Int, _ shares: InFlightLimits) -> CallQueue.Choice? {
        guard !byTarget[at: place].queue.isEmpty else { return nil }
        if shares.allow(byTarget[at: place].health, isRetry: false) { return .any }
        return byTarget[at: place].queue.hasRetry
            && shares.allow(byTarget[at: place].health, isRetry: true)
            ? .retry : nil
    }

    /// When the next call can be made, or a rate is raised; nil: nothing waits for either.
    func nextTurn(_ now: Instant) -> Instant? {
        var earliest = isThrottled ? rates.compactMap(\.value.nextRaise) : []
        guard waiting > 0 else { return earliest.min() }
        let shares = shares
        for group in waitingByGroup {
            var count = 0
            var isQuiet = true
            for name in group.targets {
                guard let place = byTarget.place(of: name), choice(at: place, shares) != nil
                else { continue }
                count += byTarget[at: place].queue.count
                isQuiet = isQuiet && byTarget[at: place].queue.hasOnlyPolls
            }
            guard count > 0, let bucket = rates[group.name] else { continue }
            // Polls alone wait for a quarter of a second's tokens, and are sent together.
            let together = isQuiet ? min(count, Int(bucket.rate / 4)) : 1
            earliest.append(bucket.next(tokens: together, now))
        }
        return earliest.min()
    }
}
