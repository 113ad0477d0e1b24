import CodePipelineSimulator
import Primitives
import RetryCore

/// Judges the daemon by what AWS served and what the daemon could have read, not by its reports.
///
/// A race that no client can avoid is not a fault: a retry is compared with the newest state that
/// reached the daemon, not against AWS's state when the request arrives.
struct Oracle: Sendable {
    /// Who the daemon is in the log of served calls.
    var caller = ServiceModel.Caller.client("daemon")

    /// The laws that can be broken.
    enum Law: String, Sendable {
        case limit = "I1: more retries than the limit allows"
        case intent = "I2: a retry without a durable intent of its own, or sent blindly"
        case guards = "I3: a retry of what must never be retried"
        case running = "I4: ALL_ACTIONS while an action runs"
        case evaluable = "I5: a retry of what cannot be evaluated"
        case watch = "I6: a pipeline is not looked at"
        case outcome = "I7: not exactly one outcome"
        case settled = "what became of a retry is said twice"
        case progress = "a retry later than its wait, two looks and a minute"
        case truth = "an outcome or its reason is not true"
        case scope = "a call for what the config file does not name"
        case unwatched = "a report on what the config file does not name"
        case deferral = "a retry waits for a reason that is not true"
        case rule = "a retry counts against a rule that does not know its error"
        case mode = "a retry in another mode than the policy says"
        case policy = "the policy says no"
        case wait = "a retry too early, or due too late"
        case budget = "more retries than the budget allows"
        case rate = "more calls than the rate allows"
        case stagger = "retries that one pause held go out at once"
        case refusal = "a refused retry is sent again before its wait is over"
        case giveUp = "a retry after give_up_after"
        case tooOld = "a retry of a failure that was too old when it was seen"
        case sameError = "a retry after stop_after_same_error"
        case outage = "a retry that an outage holds"
        case spin = "the engine asks to be called again at once, for nothing"
        case causeOnce = "a service is asked twice about one failure"
        case causeStored = "the ledger is given another cause than a service told"
        case causeDelay = "a decision waits too long for a cause"
        case causeReport = "a service that cannot be asked is reported again"
        case lists = "what has left PARALLEL mode is still listed as often"
        case past = "a retry is made, or not, against what the past says"
        case cost = "a retry is made, or not, against what a ceiling of cost leaves"
        case liveness = "a failed stage has no outcome"
    }

    /// One retry that was sent.
    struct Sent: Sendable {
        var call: CallID
        var rule: RuleName?
        var at: Int64
        var truth: StageTruth
        var answer: RetryAnswer?
        /// When it was answered, or when the next process began without its answer.
        var endedAt: Int64?
        /// Restarts, reloads and pauses until its answer.
        var upheaval = 0

        var isRefused: Bool { if case .refused = answer { true } else { false } }
    }

    /// All that is known of one episode.
    struct Case: Sendable {
        var allowed = 0
        var allowedByRule: [RuleName?: Int] = [:]
        /// What was readable when the newest retry was decided.
        var isDefined = false
        var isHistoryKnown = false
        var usedIntents: Set<Int> = []
        var sent: [Sent] = []
        var effective = 0
        var isSeen = false
        var outcomes = 0
        /// When the newest outcome was reported.
        var endedAt: Int64?
        /// The intents whose result was reported, and in which run.
        var settled: [Int: Int64] = [:]
        /// When it failed first, as far as a state that came through showed it.
        var firstFailedAt: WallTime?
        /// How old the youngest failure was when a state first showed it, before any was reported.
        var leastAge: Duration?
        /// When a failure that was not reported yet went on: what fails later was watched.
        var wentOnAt: WallTime?
        /// Since when it shows as Failed in its current form, and until when something held it.
        var seenFailed: (baseline: StageBaseline?, since: Int64, upheavals: Int)?
        var heldAt: Int64?
        /// The errors that polls showed, one for each attempt: a sibling may fail later.
        var errors: [SeenError] = []
        /// When an attempt was reported to have failed.
        var reportedAt: [Int64] = []
        /// Intents that were recorded and may count without having been sent.
        var recorded = 0
        /// How many retries took effect of which this target's ledger knows.
        var own = 0
        /// Whether it is of an execution in PARALLEL mode, as a read of that one showed.
        var isOfHistory = false
        /// When calls took effect of which nobody knew any more, as far as no retry was decided
        /// since by a state that shows them.
        var strays: [Int64] = []

        /// A state that came through shows the stage as failed.
        mutating func saw(
            _ truth: StageTruth,
            failedAt: WallTime,
            at time: Int64,
            _ upheavals: Int
        ) {
            if reportedAt.isEmpty {
                let isWatched = wentOnAt.map { $0 <= failedAt } ?? false
                let age = isWatched ? .zero : HostClock.epoch + .milliseconds(time) - failedAt
                leastAge = min(leastAge ?? age, age)
            }
            // Of unreported attempts, the newest is the first.
            let isNews = reportedAt.isEmpty && seenFailed?.baseline != truth.baseline
            firstFailedAt = isNews ? failedAt : min(firstFailedAt ?? failedAt, failedAt)
            if seenFailed?.baseline != truth.baseline {
                seenFailed = (truth.baseline, time, upheavals)
                add(Own.error(of: truth), truth, at: time)
            } else if !isCalling(at: time), !errors.isEmpty {
                errors[errors.count - 1].isMissed = false
            }
            let isMoving = truth.hasRunning || truth.hasOpenCondition
            let isHeld = truth.hasNewerWaiting || isMoving || !truth.isTransitionEnabled
            if isHeld { heldAt = time }
        }
    }

    /// Whether the host's clocks and AWS's dates are right.
    let trustsDates: Bool
    /// Whether AWS's dates are right, whatever the host's clocks say.
    let trustsAnswers: Bool
    private(set) var broken: (law: Law, detail: String)?
    var cases: [EpisodeKey: Case] = [:]
    var polls: FewKeys<PipelineKey, Poll> = [:]
    /// The ones before.
    var formerPolls: FewKeys<PipelineKey, Poll> = [:]
    /// What this process knows of PARALLEL pipelines.
    var histories = Histories()
    /// The definitions and histories that the daemon read in this process.
    var readings = Readings()
    /// What services were asked, and told.
    var causes = CauseReads()
    /// What the ledger was asked of the past in this process, and told.
    var past = PastReads()
    /// The executions of each pipeline that were reported to have failed without a stage.
    var reportedFailed: [PipelineKey: Set<ExecutionID>] = [:]
    var pauses: [HeldPause] = []
    var upheavals = 0
    var waits = Waits()
    private var calls: FewKeys<String, CallTimes> = [:]
    private var ceiling: FewKeys<String, Double> = [:]
    var polledAt: FewKeys<PipelineKey, Int64> = [:]
    /// The pipelines that AWS did not have when it served the newest poll of them.
    var missing: Set<PipelineKey> = []
    private(set) var startedAt: Int64 = 0
    /// The intents that this process found open.
    private(set) var unsettled: [EpisodeKey: Intent] = [:]
    private(set) var calmSince: Int64?
    /// When the loop turned again after it did not.
    var wokeAt = Int64.min
    /// Until when the daemon waits for a target that answers nothing.
    private var silentUntil: [TargetName: Int64] = [:]
    /// The config file before the newest reload, and when that came, if something was due then.
    var former: (configuration: Configuration, until: Int64)?
    /// When a reload last gave a target another Region or endpoint.
    var movedAt: [TargetName: Int64] = [:]
    /// The queries to the ledger in this process.
    var recalls = Recalls()
    /// When AWS first gave this process its time, and what it had requested until then.
    var toldAt: Int64?
    /// How long after its request that answer was processed: by so much AWS's time may be taken for
    /// an earlier one.
    var toldAfter: Int64 = 0
    var askedAt: [CallID: Int64] = [:]
    /// How far the host's clock was ahead when this process began, in milliseconds.
    private(set) var hostAhead: Int64 = 0
    /// What was sent, for budgets.
    var sends: [Drawn] = []
    /// What retries were said to cost.
    var charges = Charges()

    /// Whether outcomes and their reasons must be true.
    let judgesTruth: Bool

    init(trustsDates: Bool, trustsAnswers: Bool, judgesTruth: Bool) {
        self.trustsDates = trustsDates
        self.trustsAnswers = trustsAnswers
        self.judgesTruth = judgesTruth
    }

    /// Keeps the first violation.
    mutating func blame(_ law: Law, _ detail: String) {
        if broken == nil, law != .truth || judgesTruth { broken = (law, detail) }
    }

    // MARK: Start and end of the daemon

    mutating func started(
        at time: Int64,
        hostAhead ahead: Int64,
        _ configuration: Configuration,
        _ rows: LedgerModel.Rows
    ) {
        startedAt = time
        readDrawn(configuration, at: time)
        hostAhead = ahead
        toldAt = nil
        toldAfter = 0
        askedAt = [:]
        recalls = Recalls()
        unsettled = rows.intents.compactMapValues { intents in
            let newest = intents.values.max { $0.sequence < $1.sequence }
            return newest.flatMap { $0.state.isSettled ? nil : $0 }
        }
        reportedFailed = [:]
        waits.restart()
        polls = [:]
        formerPolls = [:]
        histories = Histories()
        past = PastReads()
        readings = Readings()
        causes.restart(rows)
        polledAt = [:]
        calls = [:]
        upheavals += 1
        for key in cases.keys {
            guard let last = cases[key]?.sent.indices.last, cases[key]?.sent[last].answer == nil
            else { continue }
            cases[key]?.sent[last].answer = .unknown("kill -9")
            // The previous process may have given the answer up and settled it.
            let givenUpAt = (cases[key]?.sent[last].at ?? 0) + 90_000
            cases[key]?.sent[last].endedAt = min(time, givenUpAt)
        }
    }

    /// Reports that were not stored may be repeated.
    mutating func crashed(_ rows: LedgerModel.Rows) {
        for key in cases.keys where rows.episodes[key]?.outcome == nil {
            cases[key]?.outcomes = 0
            // It is no longer known that it existed; a poll may find it again.
            if rows.episodes[key] == nil {
                cases[key]?.isSeen = false
                cases[key]?.leastAge = nil
                cases[key]?.wentOnAt = nil
                waits.firstReported[key] = nil
            }
        }
        pauses = rows.pauses.values.sorted { $0.scope.description < $1.scope.description }
            .map { HeldPause(scope: $0.scope, until: $0.until) }
    }

    mutating func calmed(at time: Int64) { calmSince = time }

    // MARK: Reads

    mutating func called(_ group: String, at time: Int64, _ configuration: Configuration) {
        let rate = max(ceiling[group] ?? 0, configuration.poll.maxRate)
        ceiling[group] = rate
        let (count, atOnce) = calls.change(group, from: CallTimes()) { $0.add(time) }
        if Double(count) > 61 * rate + 2 { blame(.rate, "\(count) calls in a minute") }
        if Double(atOnce) > 6 * max(1, rate) + 2 { blame(.rate, "\(atOnce) calls in 5 s") }
    }

    /// A call that its target never answers: until then the target may have only one call.
    mutating func unanswered(_ target: TargetName, at time: Int64) {
        silentUntil[target] = time + 90_000
    }

    mutating func polled(_ key: PipelineKey, at time: Int64, _ configuration: Configuration) {
        judgeWatch(key, at: time, configuration)
        polledAt[key] = time
    }

    /// Long but limited: refused permissions and a throttled rate slow polls down.
    ///
    /// A pipeline that must be discovered first is polled after that, and one that AWS does not
    /// have every ten minutes.
    mutating func judgeWatch(
        _ key: PipelineKey,
        at time: Int64,
        _ configuration: Configuration
    ) {
        let silence = silentUntil[key.target] ?? .min
        let since = max(polledAt[key] ?? startedAt, startedAt, wokeAt, silence)
        let isLongCalm = calmSince.map { since > $0 + 1_200_000 } ?? false
        let gap = time - since
        let threePolls = 3 * configuration.poll.quietInterval.wholeMilliseconds
        let absence: Int64 = missing.contains(key) ? 600_000 : 0
        guard gap > (isLongCalm ? 40_000 : 2_040_000) + threePolls + absence else { return }
        let any = EpisodeKey(pipeline: key, stage: "", execution: "")
        guard configuration.policy(of: any) != nil,
            polledAt[key] != nil || !configuration.discovers(key.target)
        else { return }
        blame(.watch, "\(key) was not looked at for \(gap / 1000) s")
    }

    mutating func polled(_ poll: Poll, at time: Int64) {
        guard take(poll, at: time) else { return }
        for truth in poll.stages.values {
            guard let key = truth.episode else { continue }
            guard truth.status == .failed else {
                goesOn(key, since: poll.askedAt)
                continue
            }
            guard let failedAt = truth.failed.map(\.at).max() else { continue }
            if cases[key] == nil { begin(key) }
            cases[key]?.isOfHistory = truth.isOfHistory
            cases[key, default: Case()].saw(truth, failedAt: failedAt, at: time, upheavals)
        }
    }

    // MARK: Retries

    mutating func answered(_ call: CallID, _ answer: RetryAnswer, at time: Int64) {
        for key in cases.keys {
            guard let last = cases[key]?.sent.indices.last, let sent = cases[key]?.sent[last],
                sent.call == call, sent.answer == nil, time - sent.at < 90_000
            else { continue }
            cases[key]?.sent[last].answer = answer
            cases[key]?.sent[last].endedAt = time
            cases[key]?.sent[last].upheaval = upheavals
        }
    }

    mutating func served(_ call: ServedCall) {
        guard call.caller == caller, call.effectiveRetry != nil, let stage = call.stage,
            let execution = call.execution
        else { return }
        retried(StageName(stage), in: ExecutionID(execution))
    }

    /// A retry of this daemon's took effect.
    mutating func retried(_ stage: StageName, in execution: ExecutionID) {
        for key in cases.keys where key.stage == stage && key.execution == execution {
            cases[key]?.effective += 1
            let effective = cases[key].map { $0.effective - $0.strays.count } ?? 0
            let allowed = kin(of: key).map(\.allowed).max() ?? 0
            if effective > allowed {
                blame(.limit, "retry \(effective) of \(allowed) of \(key) took effect")
            }
        }
    }

    // MARK: Reports

    /// Takes a report; `now` is AWS's state.
    mutating func reported(
        _ report: Report,
        at time: Int64,
        _ configuration: Configuration,
        now: (EpisodeKey) -> StageNow
    ) {
        judgeScope(of: report, at: time, configuration)
        judgeOutcome(report, at: time, configuration, now)
        noteWaits(report, at: time)
        switch report {
        case .retryScheduled(let context, let plan, let failure):
            judgeDue(plan, failure, configuration.policy(of: context.key))
        case _: break
        }
        switch report {
        case .stageFailed(let context, _): cases[context.key, default: Case()].isSeen = true
        case .stageRecovered(let context, _, _), .retriesExhausted(let context, _, _, _),
            .stageNotRetried(let context, _, _, _, _), .stageSuperseded(let context, _, _),
            .stageRemoved(let context, _):
            noteOutcome(context.key, report.kind, at: time)
        case .retrySettled(let context, let intent, _),
            .retryWithoutEffect(let context, let intent):
            settled(intent, of: context.key)
        case .resumed(let scope, uid: nil): pauseEnded(scope, at: time)
        case _: break
        }
    }

    /// The result of a retry is reported once; a crash may have kept it from the ledger.
    private mutating func settled(_ intent: Intent, of key: EpisodeKey) {
        let before = cases[key]?.settled.updateValue(startedAt, forKey: intent.sequence)
        guard before == startedAt else { return }
        blame(.settled, "intent \(intent.sequence) of \(key) was settled before")
    }
}

extension IntentState {
    /// Whether the result of the intent is known.
    fileprivate var isSettled: Bool {
        switch self {
        case .open, .accepted, .unknown: false
        case .effective, .withoutEffect, .unsettled, .notExecuted: true
        }
    }
}

extension CallID {
    /// Before every call.
    static let none = CallID(number: 0)
}
