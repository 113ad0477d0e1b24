package import Primitives

/// One reading of both clocks.
package struct Moment: Hashable, Sendable {
    /// The monotonic time: deadlines are computed in it.
    package let instant: Instant
    /// The time of day, skew-corrected: expirations are compared with it.
    package let wall: WallTime

    /// Creates a moment from both readings.
    package init(instant: Instant, wall: WallTime) {
        self.instant = instant
        self.wall = wall
    }
}

/// An event in the life of one client's credentials.
package enum CredentialEvent: Hashable, Sendable {
    /// A caller needs credentials.
    case asked
    /// The machine's deadline may be reached; `chance` (0..<1) feeds jitter.
    case deadline(chance: Double)
    /// The fetch of that number returned credentials.
    case fetched(Int, ResolvedCredentials, chance: Double)
    /// The fetch of that number failed.
    case failed(Int, CredentialsError, chance: Double)
    /// The files were checked.
    case checked(changed: Bool)
    /// AWS refused these credentials.
    case rejected(Credentials)
    /// The shell ended.
    case stopped
}

/// The shell's reactions, in order.
package enum CredentialEffect: Hashable, Sendable {
    /// Answer the caller with these credentials.
    case serve(Credentials)
    /// Let the caller wait for `release` and ask again.
    case wait
    /// Answer the caller with this error.
    case refuse(CredentialsError)
    /// Query the sources, under this number, until this deadline.
    case fetch(Int, until: Instant)
    /// Check whether these files changed.
    case check([String: FileStamp?])
    /// Let all waiters ask again.
    case release
    /// Compute the deadline again: it became earlier.
    case wake
    /// Report what happened.
    case report(CredentialReport)
}

/// A report of the cache; no secret is in it.
package enum CredentialReport: Hashable, Sendable {
    /// Credentials were fetched; the source, the short key id, when they end.
    case renewed(source: String, key: String, expiration: WallTime?)
    /// A fetch failed; `isServing` tells whether older credentials are still served.
    case failed(CredentialsError, isServing: Bool, retryIn: Duration)
    /// IMDS credentials are used after their end because the service gives no newer ones.
    case servingExpired(source: String, expiration: WallTime)
    /// A credentials file changed.
    case filesChanged
    /// AWS refuses credentials and the source gives the same ones again.
    case sameKeysAgain(key: String)
}

/// The life of one set of credentials as a pure machine: no clock, no randomness, no waiting
/// inside.
///
/// Each phase but `stopped` has its own deadline, so that a lost answer becomes a reached deadline
/// and no error lasts for ever. Credentials that are still valid are served while a fetch fails.
package struct CredentialMachine: Hashable, Sendable {
    /// The credentials in use.
    package struct Held: Hashable, Sendable {
        /// The credentials and their source.
        package let keys: ResolvedCredentials
        /// When they are renewed.
        package var refreshAt: Instant
        /// When their files are checked.
        package var checkAt: Instant
        /// From when on callers rather wait for a fetch in flight; nil without expiration.
        package let blockFrom: WallTime?
        /// How many fetches failed since they came.
        package var failures = 0
        /// Whether AWS refused them and the source has not answered since.
        package var isRejected = false
        /// Until when another refusal of the same credentials changes nothing.
        package var trustedUntil: Instant?
    }

    /// The phase of the machine.
    package enum Phase: Hashable, Sendable {
        /// No credentials. Until `retryAt` callers get the error; there is none before the first
        /// fetch. Can transition to `fetching`.
        case empty(error: CredentialsError?, failures: Int, retryAt: Instant)
        /// A fetch is in flight; older credentials may be served meanwhile. Can transition to
        /// `holding` or `empty`.
        case fetching(Held?, error: CredentialsError?, failures: Int, giveUpAt: Instant)
        /// Credentials are served. Can transition to `fetching`.
        case holding(Held)
        /// The end.
        case stopped
    }

    /// The phase.
    package internal(set) var phase: Phase
    /// The number of the latest fetch; answers with another number are too late.
    package internal(set) var fetchNumber = 0

    /// The longest time that one fetch may take.
    package static let fetchLimit = Duration.seconds(120)
    /// The shortest and longest pause after a failed fetch.
    package static let backoff = (shortest: Duration.seconds(30), longest: Duration.seconds(300))
    /// How often files are checked.
    package static let checkInterval = Duration.seconds(30)

    /// Starts without credentials; the first fetch is due immediately.
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

    /// The credentials that the machine has, servable or not.
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
    /// Whether the credentials have ended.
    func isExpired(at wall: WallTime) -> Bool {
        guard let expiration = keys.credentials.expiration else { return false }
        return expiration <= wall
    }

    /// Whether the credentials may be served at all: not ended, or from a source that stays valid
    /// (IMDS).
    func isServable(at wall: WallTime) -> Bool {
        !isRejected && (!isExpired(at: wall) || keys.kind == .instanceMetadata)
    }
}
