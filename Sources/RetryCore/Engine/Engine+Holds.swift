import Primitives

/// Pauses by command and outages, and how the episodes that they hold continue.
extension Engine {
    /// The most pauses at once; ``hasRoom(for:)`` tells whether one more can be set.
    package static let mostPauses = Pauses.most

    /// Sets a pause, replacing one of the same scope.
    ///
    /// With a span its end is computed again from now; without one ``Pause/until`` or `resume` ends
    /// it.
    mutating func putOn(_ ordered: Pause, for span: Duration?, _ now: Instant) {
        var pause = ordered
        if let span { pause.until = time(for: pause.scope, now) + span }
        makeRoom(for: pause.scope)
        holds.pauses.put(pause, end: span.map { now + $0 })
        output.writes.append(.pause(pause))
        report(.paused(pause))
        for key in episodes.keys where pause.scope.contains(key) { reconsider(key, now) }
    }

    mutating func lift(_ scope: PauseScope, uid: UInt32?, _ now: Instant) {
        let lifted = holds.pauses.lifted(by: scope)
        guard !lifted.isEmpty else { return }
        for pause in lifted { end(pause, uid: uid) }
        release(episodes.keys.filter { key in lifted.contains { $0.scope.contains(key) } }, now)
    }

    mutating func end(_ pause: Pause, uid: UInt32?) {
        holds.pauses.remove(pause.scope)
        output.writes.append(.resume(pause.scope))
        report(.resumed(pause.scope, uid: uid))
    }

    /// Decides again because a pause was set; a wait that AWS or the disk asked for continues.
    private mutating func reconsider(_ key: EpisodeKey, _ now: Instant) {
        if episodes.live[key]?.isPinned == false { deliver(key, .reconsider, now) }
    }

    /// Releases held retries one after the other, so that they do not all hit AWS at once.
    ///
    /// A pinned deferral keeps its time: it waits for something other than the hold that was
    /// lifted.
    mutating func release(_ keys: [EpisodeKey], _ now: Instant) {
        var wait = Duration.zero
        for key in keys {
            guard case .deferred(_, pinned: false, _) = episodes.live[key]?.phase else { continue }
            wait += Timing.stagger
            deliver(key, .released(at: now + wait), now)
        }
    }

    // A closure that names what it calls, since the method as a value would copy the engine.
    var nextPauseEnd: Instant? {
        holds.pauses.isEmpty ? nil : holds.pauses.nextEnd { instant($0, $1) }
    }

    mutating func endPauses(_ now: Instant) {
        guard !holds.pauses.isEmpty else { return }
        for pause in pausesOver(now) {
            end(pause, uid: nil)
            release(episodes.keys.filter { pause.scope.contains($0) }, now)
        }
    }

    private func pausesOver(_ now: Instant) -> [Pause] {
        holds.pauses.over(now) { instant($0, $1) }
    }

    /// When a pause of the ledger ends.
    private func instant(_ scope: PauseScope, _ until: WallTime) -> Instant {
        // The host's clock may be wrong after a boot, and until an answer of AWS gives the time
        // nothing can be retried anyway: after a while the host's clock is believed.
        if let clock = clock(for: scope) { return clock.instant(of: until, now: host.lastSeen) }
        return host.startedAt + max(Timing.idle, until - host.startedWall)
    }

    /// AWS's clock for a scope, once an answer gave its time; all of AWS has the same time, also
    /// after a reload removed the target that gave it.
    private func clock(for scope: PauseScope) -> ServerClock? {
        let own = scope.target.flatMap { fleet.targets[$0]?.clock }
        if let own, own.isConfirmed { return own }
        return configuration.targets.lazy.compactMap { self.fleet.targets[$0.name]?.clock }
            .first { $0.isConfirmed } ?? fleet.formerClock
    }

    private func time(for scope: PauseScope, _ now: Instant) -> WallTime {
        clock(for: scope)?.read(now) ?? host.time(now)
    }

    /// The first answer gave AWS's time: the ends of pauses that the ledger stored by the host's
    /// clock are corrected.
    mutating func restatePauses(_ now: Instant) {
        let times = holds.pauses.all.map { time(for: $0.scope, now) }
        for pause in holds.pauses.restate(now, times) { output.writes.append(.pause(pause)) }
    }

    /// The valid names for each part of a scope.
    package func names(in scope: PauseScope) -> ScopeNames {
        fleet.names(in: scope, configuration.targets.map(\.name))
    }

    /// The watched pipelines of a scope, in order.
    package func pipelines(in scope: PauseScope) -> [PipelineKey] { fleet.keys(in: scope) }

    /// Whether there is room for one more pause, once those that can no longer hold anything are
    /// dropped.
    package func hasRoom(for scope: PauseScope) -> Bool {
        holds.pauses.hasRoom(for: scope)
            || holds.pauses.all.contains { names(in: $0.scope).lack($0.scope) }
    }

    /// Drops the pauses of names that are no longer watched when the number of pauses is at its
    /// limit.
    mutating func makeRoom(for scope: PauseScope) {
        guard !holds.pauses.hasRoom(for: scope) else { return }
        for pause in holds.pauses.all where names(in: pause.scope).lack(pause.scope) {
            end(pause, uid: nil)
        }
    }

    // MARK: Outages

    /// Counts a failure; enough pipelines with the same error begin a hold.
    mutating func noteOutage(_ key: EpisodeKey, _ now: Instant) {
        guard let setting = configuration.outageHold, let record = episodes.live[key]?.record,
            episodes.live[key]?.notedFailure != record.lastFailure
        else { return }
        episodes.live[key]?.notedFailure = record.lastFailure
        holds.outages.probeFailed(key, setting, now)
        guard let error = record.lastFingerprint,
            let outage = holds.outages.see(error, on: key.pipeline, setting, now)
        else { return }
        let next = serverTime(key.pipeline.target, now) + setting.probeEvery
        report(.outageHold(error, pipelines: outage.seen.count, nextProbe: next))
        for other in episodes.keys where other != key { hold(other, error, now) }
    }

    /// Retries that were decided before the hold began wait with the others.
    private mutating func hold(_ key: EpisodeKey, _ fingerprint: Fingerprint, _ now: Instant) {
        guard episodes.live[key]?.record.lastFingerprint == fingerprint else { return }
        deliver(key, .outageBegan, now)
    }

    /// Releases a probe, forgets old sightings, and ends a hold that nothing waits for.
    mutating func stepOutages(_ now: Instant) {
        for (error, outage) in holds.outages.due(now) {
            if outage.holdsSince != nil {
                probe(error, now)
            } else {
                holds.outages.forgetOld(error, now)
            }
        }
    }

    /// Of the waiting episodes, the one with the fewest retries is released as the probe.
    private mutating func probe(_ fingerprint: Fingerprint, _ now: Instant) {
        let every = configuration.outageHold?.probeEvery ?? Timing.effectPoll
        let held = heldEpisodes(by: fingerprint).map { key in
            (retries: episodes.live[key]?.countedRetries ?? 0, key: key)
        }
        if let first = held.min(by: { ($0.retries, $0.key) < ($1.retries, $1.key) })?.key {
            holds.outages.letGo(first, of: fingerprint, every: every, now)
            deliver(first, .letThrough, now)
            return
        }
        switch concern(with: fingerprint) {
        case .deciding: holds.outages.tryAgain(fingerprint, at: now + Timing.effectPoll)
        case .probing: holds.outages.tryAgain(fingerprint, at: now + every)
        case .none: endOutage(fingerprint, now)
        }
    }

    private func heldEpisodes(by fingerprint: Fingerprint) -> [EpisodeKey] {
        episodes.keys.filter { key in
            guard case .deferred(.outageHold, _, _) = episodes.live[key]?.phase else {
                return false
            }
            return episodes.live[key]?.record.lastFingerprint == fingerprint
        }
    }

    /// How the episodes with an error are affected.
    private enum Concern {
        /// One is just being decided and may come to wait.
        case deciding
        /// All of them were released, or are retried anyway.
        case probing
        /// There is none.
        case none
    }

    private func concern(with fingerprint: Fingerprint) -> Concern {
        var concern = Concern.none
        for episode in episodes.live.values where episode.record.lastFingerprint == fingerprint {
            switch episode.phase.name {
            case .resuming, .gathering, .tracing, .matching, .comparing, .pending, .deferred,
                .rechecking:
                return .deciding
            case .recording, .queued, .calling, .verifying, .settling, .running:
                concern = .probing
            case .ended: break
            }
        }
        return concern
    }

    /// A stage with the error succeeded, a probe or one that somebody else retried: the common
    /// cause is over.
    mutating func probeRecovered(_ key: EpisodeKey, _ now: Instant) {
        let error = episodes.live[key]?.record.lastFingerprint
        for other in holds.outages.errors
        where holds.outages[other]?.probes.contains(key) == true || other == error {
            endOutage(other, now)
        }
    }

    /// The configuration no longer has outage holds.
    mutating func endOutages(_ now: Instant) {
        for error in holds.outages.errors { endOutage(error, now) }
        holds.outages.endAll()
    }

    private mutating func endOutage(_ fingerprint: Fingerprint, _ now: Instant) {
        guard let since = holds.outages[fingerprint]?.holdsSince else { return }
        let held = heldEpisodes(by: fingerprint)
        holds.outages.end(fingerprint)
        report(.outageOver(fingerprint, after: now - since))
        release(held, now)
    }
}
