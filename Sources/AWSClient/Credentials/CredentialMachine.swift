package import Primitives

/// One reading of both clocks.
package struct Moment: Hashable, Sendable {
    /// The monotonic time: deadlines are reckoned in it.
    package let instant: Instant
    /// The time of day, skew-corrected: expirations are held against it.
    package let wall: WallTime

    /// Makes a moment of both readings.
    package init(instant: Instant, wall: WallTime) {
        self.instant = instant
        self.wall = wall
    }
}

/// What happens to the credentials of one client.
package enum CredentialEvent: Hashable, Sendable {
    /// A caller wants keys.
    case asked
    /// The machine's deadline may be reached; `chance` (0..<1) feeds jitter.
    case deadline(chance: Double)
    /// The fetch of that number brought keys.
    case fetched(Int, ResolvedCredentials, chance: Double)
    /// The fetch of that number failed.
    case failed(Int, CredentialsError, chance: Double)
    /// The files were looked at.
    case checked(changed: Bool)
    /// AWS refused these keys.
    case rejected(Credentials)
    /// The shell ended.
    case stopped
}

/// What the shell does about it, in order.
package enum CredentialEffect: Hashable, Sendable {
    /// Answer the caller with these keys.
    case serve(Credentials)
    /// Let the caller wait for `release` and ask again.
    case wait
    /// Answer the caller with this error.
    case refuse(CredentialsError)
    /// Ask the sources, under this number, until this deadline.
    case fetch(Int, until: Instant)
    /// Look whether these files changed.
    case check([String: FileStamp?])
    /// Let all who wait ask again.
    case release
    /// Reckon the deadline anew: it came nearer.
    case wake
    /// Say what happened.
    case report(CredentialReport)
}

/// What the cache tells the world; no secret is in it.
package enum CredentialReport: Hashable, Sendable {
    /// Keys were fetched; the source, the short key id, when they end.
    case renewed(source: String, key: String, expiration: WallTime?)
    /// A fetch failed; `isServing` tells whether older keys still serve.
    case failed(CredentialsError, isServing: Bool, retryIn: Duration)
    /// IMDS keys are used after their end because the service gives no newer ones.
    case servingExpired(source: String, expiration: WallTime)
    /// A credentials file changed.
    case filesChanged
    /// AWS refuses keys and the source gives the same again.
    case sameKeysAgain(key: String)
}

/// The life of one set of credentials as a pure machine: no clock, no chance, no waiting inside.
///
/// Each phase but `stopped` has its own deadline, so that a lost answer is a deadline reached and
/// no error is for ever. Keys that are still good are served while a fetch fails.
package struct CredentialMachine: Hashable, Sendable {
    /// Keys in use.
    package struct Held: Hashable, Sendable {
        /// The keys and their source.
        package let keys: ResolvedCredentials
        /// When they are renewed.
        package var refreshAt: Instant
        /// When their files are looked at.
        package var checkAt: Instant
        /// From when on callers rather wait for a fetch in flight; nil without expiration.
        package let blockFrom: WallTime?
        /// How many fetches failed since they came.
        package var failures = 0
        /// Whether AWS refused them and no answer of the source followed yet.
        package var isRejected = false
        /// Until when another refusal of the same keys changes nothing.
        package var trustedUntil: Instant?
    }

    /// What the machine is at.
    package enum Phase: Hashable, Sendable {
        /// No keys. Until `retryAt` callers get the error; there is none before the first fetch.
        /// Leads to `fetching`.
        case empty(error: CredentialsError?, failures: Int, retryAt: Instant)
        /// A fetch is in flight; older keys may serve meanwhile. Leads to `holding` or `empty`.
        case fetching(Held?, error: CredentialsError?, failures: Int, giveUpAt: Instant)
        /// Keys serve. Leads to `fetching`.
        case holding(Held)
        /// The end.
        case stopped
    }

    /// The phase.
    package internal(set) var phase: Phase
    /// The number of the latest fetch; answers under another number are too late.
    package internal(set) var fetchNumber = 0

    /// The longest time that one fetch may take.
    package static let fetchLimit = Duration.seconds(120)
    /// The shortest and longest pause after a failed fetch.
    package static let backoff = (shortest: Duration.seconds(30), longest: Duration.seconds(300))
    /// How often files are looked at.
    package static let checkInterval = Duration.seconds(30)

    /// Starts without keys; the first fetch is due at once.
    package init(at start: Instant) {
        phase = .empty(error: nil, failures: 0, retryAt: start)
    }

    /// The next time something is due; nil exactly when stopped.
    package var nextDeadline: Instant? {
        switch phase {
        case .empty(_, _, let retryAt): retryAt
        case .fetching(_, _, _, let giveUpAt): giveUpAt
        case .holding(let held): min(held.refreshAt, held.checkAt)
        case .stopped: nil
        }
    }

    /// The keys that the machine has, servable or not.
    package var held: Held? {
        switch phase {
        case .fetching(let held, _, _, _): held
        case .holding(let held): held
        case .empty, .stopped: nil
        }
    }

    /// Takes one event.
    package mutating func handle(_ event: CredentialEvent, at now: Moment) -> [CredentialEffect] {
        switch event {
        case .asked: asked(at: now)
        case .deadline(let chance): deadline(at: now, chance: chance)
        case .fetched(let number, let keys, let chance):
            fetched(number, keys, at: now, chance: chance)
        case .failed(let number, let error, let chance):
            failed(number, error, at: now, chance: chance)
        case .checked(let changed): checked(changed: changed, at: now)
        case .rejected(let credentials): rejected(credentials, at: now)
        case .stopped: stop()
        }
    }
}

extension CredentialMachine.Held {
    /// Whether the keys ended.
    func isExpired(at wall: WallTime) -> Bool {
        guard let expiration = keys.credentials.expiration else { return false }
        return expiration <= wall
    }

    /// Whether the keys may be served at all: not ended, or of a source that stays good (IMDS).
    func isServable(at wall: WallTime) -> Bool {
        !isRejected && (!isExpired(at: wall) || keys.kind == .instanceMetadata)
    }
}
