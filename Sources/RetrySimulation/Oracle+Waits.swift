import Primitives
import RetryCore

/// The oracle's state on waits that are longer than a policy's own.
struct Waits: Sendable {
    /// A retry that was reported as deferred.
    struct Held: Sendable {
        var reason: Reason
        var baseline: StageBaseline?
        var upheavals: Int
    }

    /// The retries that the end of one pause released.
    struct Release: Sendable {
        var at: Int64
        var baselines: [EpisodeKey: StageBaseline?]
        var upheavals: Int
        var sent = 0
    }

    /// The same error on many pipelines, as the daemon reported it.
    struct Outage: Sendable {
        var at: Int64
        /// The episodes with an intent since.
        var retried: Set<EpisodeKey> = []
        /// How many episodes with the error have ended since.
        var ended = 0
    }

    /// An error as it was reported last, and when the stage was reported to have failed with it.
    struct Reported: Sendable {
        var fingerprint: Fingerprint?
        var at: Int64
    }

    var held: [EpisodeKey: Held] = [:]
    var releases: [Release] = []
    var errors: [EpisodeKey: Reported] = [:]
    /// When pipelines showed an error of which a retry was then planned.
    var sightings: [Fingerprint: [PipelineKey: Int64]] = [:]
    var outages: [Fingerprint: Outage] = [:]
    /// When the newest outage of an error was over: earlier reports are forgotten.
    var overAt: [Fingerprint: Int64] = [:]
    /// When each episode was first reported to have failed.
    var firstReported: [EpisodeKey: Int64] = [:]

    /// A new process knows nothing of released retries, nor of outages.
    mutating func restart() {
        let known = firstReported
        self = Waits()
        firstReported = known
    }
}

/// Waits that AWS, a person or an outage imposes.
extension Oracle {
    /// The interval between retries that one pause held, in milliseconds.
    private static let stagger: Int64 = 2000
    /// Clocks drift, and deadlines have whole milliseconds.
    private static let slack: Int64 = 100

    // MARK: Reports

    mutating func noteWaits(_ report: Report, at time: Int64) {
        switch report {
        case .stageFailed(let context, let failure):
            let key = context.key
            waits.firstReported[key] = waits.firstReported[key] ?? time
            cases[key, default: Case()].reportedAt.append(time)
            waits.errors[key] = Waits.Reported(fingerprint: failure.fingerprint, at: time)
            waits.held[key] = nil
        case .retryScheduled(let context, _, let failure):
            waits.held[context.key] = nil
            noteError(context.key, failure.fingerprint, at: time)
        case .retryDeferred(let context, let reason, _, _, _, _):
            let baseline = shown(context.key)?.stages[context.key.stage]?.baseline
            waits.held[context.key] = Waits.Held(
                reason: reason,
                baseline: baseline,
                upheavals: upheavals
            )
        case .resumed(let scope, let uid): noteRelease(scope, isByPerson: uid != nil, at: time)
        case .outageHold(let fingerprint, _, _):
            waits.outages[fingerprint] = Waits.Outage(at: time)
        case .outageOver(let fingerprint, _):
            waits.outages[fingerprint] = nil
            waits.sightings[fingerprint] = nil
            waits.overAt[fingerprint] = time
        case .stageRecovered(let context, _, _), .retriesExhausted(let context, _, _, _),
            .stageNotRetried(let context, _, _, _, _), .stageSuperseded(let context, _, _),
            .stageRemoved(let context, _):
            noteEnd(context.key)
        case _: break
        }
    }

    private mutating func noteError(
        _ key: EpisodeKey,
        _ fingerprint: Fingerprint?,
        at time: Int64
    ) {
        guard let fingerprint else { return }
        // Of a failure known before its start, this process need not report when it counted it.
        let sightedAt = waits.errors[key]?.at ?? startedAt
        waits.errors[key] = Waits.Reported(fingerprint: fingerprint, at: sightedAt)
        guard sightedAt > waits.overAt[fingerprint] ?? .min else { return }
        waits.sightings[fingerprint, default: [:]][key.pipeline] = sightedAt
    }

    private mutating func noteEnd(_ key: EpisodeKey) {
        waits.held[key] = nil
        if let error = waits.errors[key]?.fingerprint { waits.outages[error]?.ended += 1 }
    }

    /// The retries that the pause certainly held: deferred because of it, and nothing came in
    /// between.
    ///
    /// One whose definition or history is just being read is decided anew, and nothing holds it
    /// when that ends.
    private mutating func noteRelease(_ scope: PauseScope, isByPerson: Bool, at time: Int64) {
        let before = upheavals - (isByPerson ? 1 : 0)
        var release = Waits.Release(at: time, baselines: [:], upheavals: upheavals)
        for (key, held) in waits.held
        where held.reason == .paused && held.upheavals == before && Own.holds(scope, key)
            && !readings.isReading(key, at: time)
        {
            let baseline = shown(key)?.stages[key.stage]?.baseline
            if baseline == held.baseline { release.baselines[key] = baseline }
        }
        // A retry that another pause still holds is decided again when that one ends.
        for key in waits.held.keys where Own.holds(scope, key) { waits.held[key] = nil }
        if !release.baselines.isEmpty { waits.releases = waits.releases.suffix(20) + [release] }
    }

    // MARK: Calls

    /// The retries that one pause held are sent one by one.
    mutating func judgeRelease(_ key: EpisodeKey, _ truth: StageTruth, at time: Int64) {
        for index in waits.releases.indices {
            let release = waits.releases[index]
            guard release.upheavals == upheavals,
                let baseline = waits.releases[index].baselines.removeValue(forKey: key),
                baseline == truth.baseline
            else { continue }
            waits.releases[index].sent += 1
            let earliest = release.at + Oracle.stagger * Int64(release.sent + 1) - Oracle.slack
            if time < earliest {
                blame(.stagger, "\(key) goes out \(time - release.at) ms after its pause")
            }
        }
    }

    /// Each refusal in a row doubles the wait.
    mutating func judgeRefusals(_ key: EpisodeKey, _ state: Case, at time: Int64) {
        guard let previous = state.sent.last, case .refused(let refusal, _) = previous.answer,
            previous.upheaval == upheavals, let endedAt = previous.endedAt,
            let seen = state.seenFailed, seen.since <= previous.at
        else { return }
        let row = state.sent.reversed().prefix {
            $0.isRefused && $0.at >= max(startedAt, seen.since)
        }
        let earlier = row.dropFirst().count { Own.grows($0.answer) }
        let wait = Own.wait(after: refusal, before: earlier)
        if time - endedAt < wait - wait / 1000 - Oracle.slack {
            let waited = time - endedAt
            blame(.refusal, "\(key) after \(waited) ms, not \(wait) (\(row.count) refusals)")
        }
    }

    /// Nothing is sent after `give_up_after` is over; a call may be under way for three minutes.
    mutating func judgeGivenUp(_ key: EpisodeKey, _ policy: StagePolicy, at time: Int64) {
        guard trustsAnswers, let since = waits.firstReported[key] else { return }
        let longest = policy.longestGiveUp.wholeMilliseconds
        let (start, now) = (
            HostClock.epoch + .milliseconds(since), HostClock.epoch + .milliseconds(time)
        )
        // Closed windows do not count.
        let spent = OwnCalendar(policy.windows).openTime(from: start, to: now)
        if spent > longest + 260_000 {
            blame(.giveUp, "\(key) is retried \((time - since) / 1000) s after it failed")
        }
    }

    /// A failure that is too old when first seen is not retried; somebody else's retry before it is
    /// counted makes it young, and of two that were seen before either was reported the younger
    /// one counts.
    mutating func judgeAge(
        _ key: EpisodeKey,
        _ truth: StageTruth,
        _ state: Case,
        _ policy: StagePolicy
    ) {
        guard trustsAnswers, truth.manualRetries <= state.effective, let age = state.leastAge
        else { return }
        if age > policy.maxFailureAge + .seconds(5) {
            blame(.tooOld, "\(key) was \(age) old when it was seen")
        }
    }

    /// A failure that went on before anything was reported of it fails again, if at all.
    mutating func goesOn(_ key: EpisodeKey, since time: Int64) {
        guard cases[key]?.reportedAt.isEmpty == true else { return }
        cases[key]?.firstFailedAt = nil
        // Once the ledger has said that it is new, it counts as seen since then: what fails later
        // is no failure of before.
        if recalls.isAsking(key) {
            cases[key]?.leastAge = nil
        } else {
            cases[key]?.wentOnAt = HostClock.epoch + .milliseconds(time)
        }
    }

    /// So many attempts in a row with one error end an episode, by the setting of the rule that the
    /// retry counts against.
    mutating func judgeSameError(
        _ key: EpisodeKey,
        _ rule: RuleName?,
        _ state: Case,
        _ policy: StagePolicy
    ) {
        guard let limit = policy.stopAfterSameError(of: rule), let newest = state.errors.last
        else { return }
        // What failed in an attempt after the state that came through only the history tells.
        let run = state.errors.reversed().prefix { seen in
            seen.isWhole && seen.error == newest.error
                && !causes.holdsApart(seen.attempts, newest.attempts)
        }
        let since = max(run.last?.at ?? .max, startedAt)
        let attempts = state.reportedAt.count { $0 >= since }
        if attempts >= limit {
            blame(.sameError, "\(key) after \(attempts) times the same error, allowed \(limit)")
        }
    }

    /// An outage releases one retry each `probe_every`, and one more for each that ended.
    mutating func judgeOutage(_ intent: Intent, at time: Int64, _ configuration: Configuration) {
        let key = intent.episode
        waits.held[key] = nil
        guard let setting = configuration.outageHold, let error = waits.errors[key]?.fingerprint
        else { return }
        if var outage = waits.outages[error] {
            outage.retried.insert(key)
            waits.outages[error] = outage
            let every = setting.probeEvery.wholeMilliseconds
            let probes = Int((time - outage.at + every / 100) / every)
            if outage.retried.count > probes + outage.ended {
                blame(.outage, "\(key) is retried while the outage holds it")
            }
        } else {
            let since = time - setting.within.wholeMilliseconds + 100_000
            let pipelines = (waits.sightings[error] ?? [:]).values.count { $0 > since }
            if pipelines >= setting.pipelines {
                blame(.outage, "\(pipelines) pipelines have one error, and nothing holds \(key)")
            }
        }
    }
}

extension Own {
    /// Milliseconds after a refusal, of which there were so many in a row before.
    static func wait(after refusal: RetryRefusal, before times: Int) -> Int64 {
        func doubling(_ first: Int64, _ longest: Int64) -> Int64 {
            min(longest, first << Int64(min(times, 20))) * 1000
        }
        return switch refusal {
        case .conflict, .throttled, .unreachable: doubling(5, 120)
        case .concurrentLimit: doubling(15, 600)
        case .credentials: doubling(30, 300)
        case .accessDenied: 3_600_000
        case .notRetryable, .stageNotFound, .pipelineNotFound: 15_000
        case .notLatest, .invalid, .other: 0
        }
    }

    /// Whether an answer is a refusal that makes waits grow.
    static func grows(_ answer: RetryAnswer?) -> Bool {
        guard case .refused(let refusal, _) = answer else { return false }
        return wait(after: refusal, before: 0) != wait(after: refusal, before: 1)
    }

    /// The errors of the failed actions, without digits.
    static func error(of truth: StageTruth) -> Set<String> {
        Set(truth.failed.map { "\($0.code): \($0.message.filter { !$0.isNumber })" })
    }
}

extension StagePolicy {
    /// The longest `give_up_after`.
    fileprivate var longestGiveUp: Duration {
        rules.reduce(giveUpAfter) { longest, rule in
            switch rule.action {
            case .never: longest
            case .retry(let limits): max(longest, limits.giveUpAfter)
            }
        }
    }
}
