import Primitives

/// Which calls wait, which are under way, and whose turn is next: rates, concurrency, deadlines.
///
/// It knows targets and rate groups; of pipelines and episodes it knows only the names. Invariant:
/// a call to AWS is in flight for its target from ``begin(_:_:within:)`` to ``end(_:)``.
struct CallScheduler: Hashable, Sendable {
    /// The scheduler's state of one target.
    struct TargetCalls: Hashable, Sendable {
        /// The rate group it belongs to.
        fileprivate(set) var group: RateGroup
        /// The pending calls.
        fileprivate(set) var queue = CallQueue()
        /// The state of its calls.
        var health = TargetHealth()
    }

    /// Targets that share a rate.
    struct Group: Hashable, Sendable {
        /// The name of the group.
        var name: RateGroup
        /// The targets.
        var targets: [TargetName]
    }

    /// The targets.
    var byTarget = Table<TargetName, TargetCalls>()
    /// The rates, by rate group.
    private(set) var rates = Table<RateGroup, RateBucket>()
    /// The targets by rate group, both in order.
    private(set) var groups: [Group] = []
    /// How many calls wait to be made, of all targets.
    private(set) var waiting = 0
    /// Whether a rate is below its ceiling.
    private(set) var isThrottled = false
    /// The calls to AWS under way.
    private(set) var inFlight = 0
    private var most = 1
    private var last: UInt64 = 0
    private(set) var purposes: [CallID: Purpose] = [:]
    private var deadlines = DeadlineQueue<CallID>()

    /// How many calls, to AWS and others, have no answer yet.
    var count: Int { purposes.count }

    /// Takes the targets with the rate group of each, and the limits of the file; keeps the state
    /// of those that remain.
    mutating func watch(
        _ groups: [TargetName: RateGroup],
        _ poll: PollSettings,
        _ now: Instant
    ) {
        most = poll.maxInFlight
        byTarget = byTarget.filter { groups[$0.key] != nil }
        for (name, group) in groups {
            if byTarget[name] == nil { byTarget[name] = TargetCalls(group: group) }
            byTarget[name]?.group = group
        }
        waiting = byTarget.values.reduce(0) { $0 + $1.queue.count }
        self.groups = Dictionary(grouping: groups.keys.sorted()) {
            groups[$0] ?? RateGroup($0.text)
        }
        .map { Group(name: $0.key, targets: $0.value) }.sorted { $0.name < $1.name }
        let used = Set(groups.values)
        rates = rates.filter { used.contains($0.key) }
        for group in used {
            if rates[group] == nil { rates[group] = RateBucket(ceiling: poll.maxRate, now: now) }
            rates[group]?.setCeiling(poll.maxRate, now: now)
        }
        noteThrottling()
    }

    // MARK: Pending calls

    /// Asks for a call; it is made when the rate and the number in flight allow.
    ///
    /// A call already under way is not made again, except a poll or the read of an execution: its
    /// answer may be older than the request for another one.
    mutating func ask(_ pendingCall: PendingCall, _ priority: CallPriority) {
        guard !isUnderWay(pendingCall), let place = byTarget.place(of: pendingCall.target)
        else { return }
        if byTarget[at: place].queue.add(pendingCall, priority) { waiting += 1 }
    }

    /// Whether the same call is under way; a poll never counts as such, nor does the read of an
    /// execution.
    private func isUnderWay(_ pendingCall: PendingCall) -> Bool {
        switch pendingCall {
        case .state, .execution: false
        case .definition, .evidence, .executions, .list, .retry:
            purposes.values.contains(.aws(pendingCall))
        }
    }

    /// Whether RetryStageExecution is under way for an episode.
    func isCalling(_ key: EpisodeKey) -> Bool { isUnderWay(.retry(key)) }

    /// Takes back a call that was not made yet.
    mutating func withdraw(_ pendingCall: PendingCall) {
        guard let place = byTarget.place(of: pendingCall.target) else { return }
        if byTarget[at: place].queue.remove(pendingCall) { waiting -= 1 }
    }

    // MARK: Calls under way

    /// The id that the next call will have.
    var nextID: CallID { CallID(number: last + 1) }

    /// The purpose of a call; nil when it is over.
    func purpose(of id: CallID) -> Purpose? { purposes[id] }

    /// Begins a call.
    mutating func begin(_ purpose: Purpose, _ now: Instant, within: Duration) -> CallID {
        last += 1
        let id = CallID(number: last)
        purposes[id] = purpose
        deadlines.set(id, at: now + within)
        if case .aws(let pendingCall) = purpose {
            inFlight += 1
            if let place = byTarget.place(of: pendingCall.target) {
                byTarget[at: place].health.began(id, now)
            }
        }
        return id
    }

    /// Removes a call from the in-flight table; nil when it was given up before.
    mutating func end(_ id: CallID) -> Purpose? {
        guard let purpose = purposes.removeValue(forKey: id) else { return nil }
        deadlines.remove(id)
        switch purpose {
        case .aws(let pendingCall): ended(id, of: pendingCall.target)
        case .abandoned(let target): ended(id, of: target)
        case .causes, .patterns, .precedents, .intent, .recall: break
        }
        return purpose
    }

    private mutating func ended(_ id: CallID, of target: TargetName) {
        inFlight -= 1
        byTarget[target]?.health.ended(id)
    }

    /// Ignores the answers of calls under way; they count as in flight until they end.
    mutating func abandon(where isOver: (PendingCall) -> Bool) {
        for (id, purpose) in purposes {
            guard case .aws(let pendingCall) = purpose, isOver(pendingCall) else { continue }
            purposes[id] = .abandoned(pendingCall.target)
        }
    }

    /// A call whose deadline has passed; each is returned once.
    mutating func overdue(_ now: Instant) -> CallID? { deadlines.popDue(now) }

    /// Notes that a target answered, whatever the answer; returns whether that ends a reported
    /// error.
    mutating func answered(_ name: TargetName, _ now: Instant) -> Bool {
        byTarget.place(of: name).map { byTarget[at: $0].health.answered(now) } == true
    }

    // MARK: Rates

    /// The rate group of a target.
    func group(of name: TargetName) -> RateGroup {
        byTarget[name]?.group ?? RateGroup(name.text)
    }

    /// AWS limited a target's rate; the new one when that starts a throttling period.
    mutating func throttled(_ name: TargetName, _ now: Instant) -> Double? {
        let group = group(of: name)
        let begins = rates[group]?.throttled(now) == true
        noteThrottling()
        return begins ? rates[group]?.rate : nil
    }

    /// The rate of a group in requests per second.
    func rate(of group: RateGroup) -> Double {
        rates.place(of: group).map { rates[at: $0].rate } ?? 1
    }

    /// Takes a token of a group if there is one.
    mutating func takeTurn(of group: RateGroup, _ now: Instant) -> Bool {
        rates.place(of: group).map { rates[at: $0].take(now) } == true
    }

    /// Takes the next call that the target at a place may make, and notes that it has its turn.
    mutating func pop(_ kind: CallQueue.Choice, at place: Int, rate: Double) -> PendingCall? {
        guard let pendingCall = byTarget[at: place].queue.pop(kind, rate: rate) else { return nil }
        waiting -= 1
        byTarget[at: place].health.turn = last + 1
        return pendingCall
    }

    /// How many of the concurrent calls one target may have now.
    var shares: InFlightLimits {
        var hanging = 0
        for place in byTarget.values.indices where byTarget[at: place].health.isHanging {
            hanging += byTarget[at: place].health.inFlight
        }
        return InFlightLimits(
            most: most,
            targets: byTarget.count,
            inFlight: inFlight,
            hanging: hanging
        )
    }

    /// When the next call is given up; nil: none is under way.
    var nextGivenUp: Instant? { deadlines.next }

    /// Raises throttled rates that are due; returns those that are fully recovered, by group.
    mutating func recoverRates(_ now: Instant) -> [(group: RateGroup, rate: Double)] {
        guard isThrottled else { return [] }
        defer { noteThrottling() }
        return rates.keys.sorted().compactMap { group in
            guard rates[group]?.recover(now) == true else { return nil }
            return rates[group].map { (group, $0.rate) }
        }
    }

    /// Updates whether any rate is below its ceiling, which every event asks.
    private mutating func noteThrottling() {
        isThrottled = rates.contains { $0.value.isThrottled }
    }
}
