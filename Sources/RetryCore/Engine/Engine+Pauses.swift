import Primitives

/// Pauses by command, and how what they held goes on.
extension Engine {
    /// The most pauses at once; ``hasRoom(for:)`` says whether one more can be put on.
    package static let mostPauses = Pauses.most

    /// Puts a pause on, in place of one of the same scope.
    ///
    /// With a span its end is reckoned anew, from now on; without one ``Pause/until`` or `resume`
    /// ends it.
    mutating func putOn(_ ordered: Pause, for span: Duration?, _ now: Instant) {
        var pause = ordered
        if let span { pause.until = time(for: pause.scope, now) + span }
        makeRoom(for: pause.scope)
        holds.pauses.put(pause, end: span.map { now + $0 })
        writes.append(.pause(pause))
        report(.paused(pause))
        for key in liveEpisodes where pause.scope.contains(key) { reconsider(key, now) }
    }

    mutating func lift(_ scope: PauseScope, uid: UInt32?, _ now: Instant) {
        let lifted = holds.pauses.lifted(by: scope)
        guard !lifted.isEmpty else { return }
        for pause in lifted { end(pause, uid: uid) }
        release(liveEpisodes.filter { key in lifted.contains { $0.scope.contains(key) } }, now)
    }

    mutating func end(_ pause: Pause, uid: UInt32?) {
        holds.pauses.remove(pause.scope)
        writes.append(.resume(pause.scope))
        report(.resumed(pause.scope, uid: uid))
    }

    /// Decides anew because a pause was put on; what AWS or the disk asked to be waited for goes
    /// on waiting.
    private mutating func reconsider(_ key: EpisodeKey, _ now: Instant) {
        if episodes[key]?.isFirmlyDeferred == false { redecide(key, now) }
    }

    /// Lets held retries go bit by bit (retry semantics, lesson 27).
    ///
    /// A firm deferral keeps its time: it waits for something else than what was lifted.
    mutating func release(_ keys: [EpisodeKey], _ now: Instant) {
        var wait = Duration.zero
        for key in keys {
            guard case .deferred(let reason, firm: false, _) = episodes[key]?.phase else {
                continue
            }
            wait += Timing.stagger
            setPhase(key, .deferred(reason, firm: true, until: now + wait))
        }
    }

    var nextPauseEnd: Instant? { holds.pauses.nextEnd(instant) }

    mutating func endPauses(_ now: Instant) {
        for pause in holds.pauses.over(now, instant) {
            end(pause, uid: nil)
            release(liveEpisodes.filter { pause.scope.contains($0) }, now)
        }
    }

    /// When a pause of the ledger ends.
    private func instant(_ scope: PauseScope, _ until: WallTime) -> Instant {
        // The host's clock may be wrong after a boot, and as long as no answer of AWS says better
        // nothing can be retried anyway: it is believed after a while.
        if let clock = clock(for: scope) { return clock.instant(of: until, now: lastSeen) }
        return startedAt + max(Timing.idle, until - startedWall)
    }

    /// AWS's clock for a scope, once an answer told it; all of AWS has the same time.
    private func clock(for scope: PauseScope) -> ServerClock? {
        let own = scope.target.flatMap { targets[$0]?.clock }
        if let own, own.isConfirmed { return own }
        return configuration.targets.lazy.compactMap { self.targets[$0.name]?.clock }
            .first { $0.isConfirmed }
    }

    private func time(for scope: PauseScope, _ now: Instant) -> WallTime {
        clock(for: scope)?.read(now) ?? hostTime(now)
    }

    /// The first answer of AWS told her time: pauses that the ledger has by the host's clock get
    /// their true ends.
    mutating func restatePauses(_ now: Instant) {
        let times = holds.pauses.all.map { time(for: $0.scope, now) }
        for pause in holds.pauses.restate(now, times) { writes.append(.pause(pause)) }
    }
}

extension Episode {
    /// Whether it waits for a time that nothing but that time, or a change of its own, ends.
    var isFirmlyDeferred: Bool {
        if case .deferred(_, firm: true, _) = phase { true } else { false }
    }

    /// Whether another config file can not have changed what it waits for.
    ///
    /// A denied permission, refused keys and an endpoint that does not answer are what a reload is
    /// for; how busy AWS is and what the disk says are not.
    var outlastsReload: Bool {
        if case .deferred(let reason, firm: true, _) = phase {
            Episode.outlastingReload.contains(reason)
        } else {
            false
        }
    }

    private static let outlastingReload: Set<Reason> = [
        .busy, .executionLimit, .throttled, .notRetryable, .ledgerUnavailable,
        // Already let go, each at its time.
        .paused, .outageHold,
    ]
}
