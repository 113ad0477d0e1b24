import Primitives

extension CredentialMachine {
    mutating func asked(at now: Moment) -> [CredentialEffect] {
        switch phase {
        case .stopped: return [.refuse(.cacheStopped)]
        case .empty(let error, _, let retryAt):
            guard let error, now.instant < retryAt else { return [.wait, .wake] }
            return [.refuse(error)]
        case .fetching(let held, let error, _, _):
            guard let held, held.isServable(at: now.wall) else {
                // Without credentials a caller waits for the first answer, but not through every
                // retry.
                guard let error else { return [.wait] }
                return [.refuse(error)]
            }
            if let blockFrom = held.blockFrom, blockFrom <= now.wall, held.failures == 0,
                !held.isExpired(at: now.wall)
            {
                return [.wait]
            }
            return [.serve(held.keys.credentials)]
        case .holding(var held):
            guard !held.isServable(at: now.wall) else { return [.serve(held.keys.credentials)] }
            // Only a step of the clock leads here: the renewal was planned for an earlier time.
            held.refreshAt = min(held.refreshAt, now.instant)
            phase = .holding(held)
            return [.wait, .wake]
        }
    }

    mutating func deadline(at now: Moment, chance: Double) -> [CredentialEffect] {
        guard let nextDeadline, nextDeadline <= now.instant else { return [] }
        switch phase {
        case .stopped: return []
        case .empty(let error, let failures, _):
            return startFetch(nil, error: error, failures: failures, at: now)
        case .fetching:
            let error = CredentialsError(
                source: "the sources",
                reason: "no answer within \(Self.fetchLimit.shortText)"
            )
            return failed(fetchNumber, error, at: now, chance: chance)
        case .holding(var held):
            // A step of the clock can end the credentials before their planned refresh.
            guard held.refreshAt > now.instant, held.isServable(at: now.wall) else {
                return startFetch(held, error: nil, failures: held.failures, at: now)
            }
            held.checkAt = now.instant + Self.checkInterval
            phase = .holding(held)
            return held.keys.files.isEmpty ? [] : [.check(held.keys.files)]
        }
    }

    private mutating func startFetch(
        _ held: Held?,
        error: CredentialsError?,
        failures: Int,
        at now: Moment
    ) -> [CredentialEffect] {
        fetchNumber += 1
        let giveUpAt = now.instant + Self.fetchLimit
        phase = .fetching(held, error: error, failures: failures, giveUpAt: giveUpAt)
        return [.fetch(fetchNumber, until: giveUpAt)]
    }

    mutating func fetched(
        _ number: Int,
        _ keys: ResolvedCredentials,
        at now: Moment,
        chance: Double
    ) -> [CredentialEffect] {
        guard case .fetching(let old, _, _, _) = phase, number == fetchNumber else { return [] }
        if let reason = keys.credentials.signingError {
            // Kept, they would be refused at each call until they end, which some never do.
            let error = CredentialsError(source: keys.source, reason: reason)
            return failed(number, error, at: now, chance: chance)
        }
        let isExpired = keys.credentials.expiration.map { $0 <= now.wall } ?? false
        guard !isExpired || keys.kind == .instanceMetadata else {
            let error = CredentialsError(
                source: keys.source,
                reason: "the credentials that it gave have already expired"
            )
            return failed(number, error, at: now, chance: chance)
        }
        var held = Held(keys: keys, at: now, chance: chance)
        var reports: [CredentialReport] = []
        if let expiration = keys.credentials.expiration, isExpired {
            held.refreshAt = now.instant + staticStability(chance)
            reports.append(.servingExpired(source: keys.source, expiration: expiration))
        } else {
            reports.append(
                .renewed(
                    source: keys.source,
                    key: keys.credentials.description,
                    expiration: keys.credentials.expiration
                )
            )
        }
        if let old, old.isRejected, old.keys.credentials == keys.credentials {
            held.trustedUntil = now.instant + Self.backoff.longest
            reports.append(.sameKeysAgain(key: keys.credentials.description))
        }
        phase = .holding(held)
        return [.release] + reports.map { .report($0) }
    }

    mutating func failed(
        _ number: Int,
        _ error: CredentialsError,
        at now: Moment,
        chance: Double
    ) -> [CredentialEffect] {
        guard case .fetching(let old, _, let failures, _) = phase, number == fetchNumber else {
            return []
        }
        let count = failures + 1
        guard var held = old, held.isServable(at: now.wall) else {
            let pause = backoff(after: count, chance: chance)
            phase = .empty(
                error: old.map { error.after($0) } ?? error,
                failures: count,
                retryAt: now.instant + pause
            )
            return [.release, .report(.failed(error, isServing: false, retryIn: pause))]
        }
        held.failures = count
        var pause = backoff(after: count, chance: chance)
        var reports: [CredentialReport] = []
        if let expiration = held.keys.credentials.expiration {
            if held.isExpired(at: now.wall) {
                pause = staticStability(chance)
                let source = held.keys.source
                reports = [.servingExpired(source: source, expiration: expiration)]
            } else {
                // Near their end the attempts get closer, so that one of them may still be in time.
                let left = (expiration - now.wall).clamped
                pause = min(pause, max(.seconds(5), left / 2))
            }
        }
        held.refreshAt = now.instant + pause
        held.checkAt = now.instant + Self.checkInterval
        phase = .holding(held)
        reports.append(.failed(error, isServing: true, retryIn: pause))
        return [.release] + reports.map { .report($0) }
    }

    mutating func checked(changed: Bool, at now: Moment) -> [CredentialEffect] {
        guard case .holding(var held) = phase, changed else { return [] }
        held.refreshAt = min(held.refreshAt, now.instant)
        phase = .holding(held)
        return [.report(.filesChanged), .wake]
    }

    mutating func rejected(_ credentials: Credentials, at now: Moment) -> [CredentialEffect] {
        switch phase {
        case .stopped, .empty: return []
        case .fetching(let old, let error, let failures, let giveUpAt):
            guard var held = old, held.accepts(rejectionOf: credentials, at: now) else { return [] }
            held.isRejected = true
            phase = .fetching(held, error: error, failures: failures, giveUpAt: giveUpAt)
            return []
        case .holding(var held):
            guard held.accepts(rejectionOf: credentials, at: now) else { return [] }
            held.isRejected = true
            held.refreshAt = min(held.refreshAt, now.instant)
            phase = .holding(held)
            return [.wake]
        }
    }

    mutating func stop() -> [CredentialEffect] {
        phase = .stopped
        return [.release]
    }

    /// Full jitter between the shortest pause and one that doubles up to the longest.
    private func backoff(after failures: Int, chance: Double) -> Duration {
        let shortest = Self.backoff.shortest.seconds
        var ceiling = shortest
        for _ in 0..<min(failures, 8) { ceiling *= 2 }
        ceiling = min(ceiling, Self.backoff.longest.seconds)
        return .saturating(seconds: shortest + (ceiling - shortest) * chance)
    }

    /// The pause between two queries of IMDS after its credentials ended: 5 to 10 min.
    private func staticStability(_ chance: Double) -> Duration {
        .saturating(seconds: 300 + 300 * chance)
    }
}

extension CredentialMachine.Held {
    /// Plans the refresh of new credentials.
    ///
    /// With a lifetime L the refresh is planned min(15 min, L/4), less up to a fifth of that,
    /// before the end; callers wait for it only in the last min(60 s, L/20).
    init(keys: ResolvedCredentials, at now: Moment, chance: Double) {
        self.keys = keys
        checkAt = now.instant + CredentialMachine.checkInterval
        guard let expiration = keys.credentials.expiration else {
            blockFrom = nil
            refreshAt = now.instant + .longest
            return
        }
        let life = max(.zero, (expiration - now.wall).clamped)
        let early = min(Duration.seconds(900), life / 4).seconds * (1 - 0.2 * chance)
        refreshAt = now.instant + (life - .saturating(seconds: early))
        blockFrom = expiration + (.zero - min(.seconds(60), life / 20))
    }

    /// Whether a refusal is news: it is of these credentials, and the source did not just repeat
    /// them.
    func accepts(rejectionOf credentials: Credentials, at now: Moment) -> Bool {
        keys.credentials == credentials && (trustedUntil.map { $0 <= now.instant } ?? true)
    }
}

extension CredentialsError {
    /// The answer after the refresh task ended.
    static let cacheStopped = CredentialsError(
        source: "the credential cache",
        reason: "it has been stopped"
    )

    /// The failure together with the state of the credentials before it.
    func after(_ held: CredentialMachine.Held) -> CredentialsError {
        let fate: String
        if held.isRejected {
            fate = "AWS refused the credentials \(held.keys.credentials)"
        } else if let expiration = held.keys.credentials.expiration {
            fate = "the credentials \(held.keys.credentials) expired at \(expiration)"
        } else {
            return self
        }
        return CredentialsError(
            source: source,
            reason: "\(reason); \(fate), and no other credentials are available; "
                + "the source is tried again"
        )
    }
}
