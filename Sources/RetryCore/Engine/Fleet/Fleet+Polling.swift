import Primitives

/// When a pipeline is polled: everything begins with GetPipelineState.
extension Fleet {
    /// Whether a call may be requested; a state poll waits only once, and is requested again after
    /// one that is under way.
    mutating func admits(_ pendingCall: PendingCall) -> Bool {
        guard targets.place(of: pendingCall.target) != nil else { return false }
        if case .execution(let key) = pendingCall { return parallel[key.pipeline] != nil }
        guard case .state(let key) = pendingCall else { return true }
        guard let place = pipelines.place(of: key) else { return false }
        switch pipelines[at: place].poll {
        case .none, .queued: pipelines[at: place].poll = .queued
        case .inFlight(let id, _):
            pipelines[at: place].poll = .inFlight(id, again: true)
            return false
        }
        polls.remove(key)
        return true
    }

    /// Requests a call.
    mutating func ask(_ pendingCall: PendingCall, _ priority: CallPriority, _ turn: inout FleetTurn)
    {
        if admits(pendingCall) { turn.add(.ask(pendingCall, priority)) }
    }

    /// A poll is under way; returns the known digest if only a changed state matters.
    mutating func pollBegan(_ key: PipelineKey, _ id: CallID, isSettled: Bool) -> StateDigest? {
        guard let place = pipelines.place(of: key) else { return nil }
        pipelines[at: place].poll = .inFlight(id, again: false)
        // Executions of a PARALLEL pipeline that concern an episode are read singly.
        if pipelines[at: place].isParallel { return pipelines[at: place].digest }
        // Executions that a list left uncertain are decided by a state that is read.
        let isUncertain = pipelines[at: place].executions.recheck != nil
        return isSettled && !isUncertain ? pipelines[at: place].digest : nil
    }

    /// A poll was answered; returns whether another one must follow, nil when it was not expected.
    mutating func pollEnded(_ key: PipelineKey, _ id: CallID) -> Bool? {
        guard let place = pipelines.place(of: key),
            case .inFlight(id, let again) = pipelines[at: place].poll
        else { return nil }
        pipelines[at: place].poll = .none
        return again
    }

    /// Sets when a pipeline is polled next, unless a poll waits or is under way already.
    mutating func poll(_ key: PipelineKey, at instant: Instant, _ turn: inout FleetTurn) {
        guard let place = pipelines.place(of: key) else { return }
        switch pipelines[at: place].poll {
        case .none:
            let due = onGrid(instant, turn)
            if due <= turn.now {
                ask(.state(key), priority(at: place, turn), &turn)
            } else {
                polls.set(key, at: min(due, polls[key] ?? due))
            }
        case .queued: break
        case .inFlight(let id, _):
            if instant <= turn.now { pipelines[at: place].poll = .inFlight(id, again: true) }
        }
    }

    /// A poll is due.
    mutating func pollDue(_ key: PipelineKey, _ turn: inout FleetTurn) {
        guard let place = pipelines.place(of: key) else { return }
        ask(.state(key), priority(at: place, turn), &turn)
    }

    /// The last point of the grid that is not later.
    func onGrid(_ instant: Instant, _ turn: FleetTurn) -> Instant {
        let grid = max(1, PollPace.grid(turn.configuration.poll).wholeMilliseconds)
        let passed = (instant - turn.host.startedAt).wholeMilliseconds
        return min(instant, turn.host.startedAt + .milliseconds(passed / grid * grid))
    }

    /// The priority of the next poll of the pipeline at a place.
    func priority(at place: Int, _ turn: FleetTurn) -> CallPriority {
        PollPace.priority(
            isActive: isActive(at: place, turn),
            rest: turn.now - pipelines[at: place].restsSince
        )
    }

    /// Whether a stage of the pipeline at a place is active or a failure of it is not over.
    func isActive(at place: Int, _ turn: FleetTurn) -> Bool {
        if pipelines[at: place].isMoving { return true }
        guard !turn.episodes.live.isEmpty else { return false }
        if pipelines[at: place].stages.values.contains(where: {
            turn.episodes.live.place(of: $0) != nil
        }) {
            return true
        }
        guard !parallel.isEmpty, let watch = parallel[pipelines.keys[place]] else { return false }
        return watch.episodes.contains { turn.episodes.live.place(of: $0) != nil }
    }

    /// Whether another poll with the same bytes could change nothing: no episode is live.
    ///
    /// A poll that was not taken leaves no digest, see ``Engine``.
    func isSettled(_ key: PipelineKey, _ episodes: Episodes) -> Bool {
        guard let place = pipelines.place(of: key) else { return false }
        return pipelines[at: place].stages.values.allSatisfy { episodes.ended.contains($0) }
            && parallel[key]?.episodes.allSatisfy { episodes.ended.contains($0) } != false
    }

    mutating func schedulePoll(_ key: PipelineKey, _ turn: inout FleetTurn) {
        guard let place = pipelines.place(of: key) else { return }
        let settles = turn.episodes.awaitsEffect(of: pipelines[at: place].stages)
        let rest = turn.now - pipelines[at: place].restsSince
        let wait = PollPace.wait(
            isActive: isActive(at: place, turn),
            rest: rest,
            turn.configuration.poll
        )
        poll(key, at: turn.now + (settles ? min(wait, Timing.effectPoll) : wait), &turn)
    }

    /// Spreads the first polls over one interval, but lets a small installation see everything
    /// soon.
    func firstDelay(_ key: PipelineKey, _ turn: FleetTurn) -> Duration {
        guard pipelines.count > Int(turn.configuration.poll.maxRate) else { return .zero }
        return .saturating(
            seconds: turn.configuration.poll.interval.seconds * share(of: key, turn.host)
        )
    }

    /// The position of a pipeline in an interval, from 0 up to 1: the same in every run.
    func share(of key: PipelineKey, _ host: EngineHost) -> Double {
        var hash = StableHash()
        hash.add(host.seed)
        hash.add(key.description)
        var random = SplitMix64(seed: hash.value)
        return random.uniform()
    }
}
