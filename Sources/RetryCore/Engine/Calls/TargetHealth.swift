import Primitives

/// Tracks a target's calls; the reported state reflects lasting conditions, not single answers.
///
/// Invariant: `failures` counts the polls and lists that failed since the last answer; `fresh` has
/// those of their pipelines that had answered before, ``TargetHealth/enough`` at most.
struct TargetHealth: Hashable, Sendable {
    /// Failures in a row, and pipelines, from which a target counts as degraded.
    static let enough = 3
    /// For how long there must have been no answer.
    static let lasting = Duration.seconds(5)
    /// Consecutive answers after which it has recovered.
    static let recovered = 2
    /// A call that failed after this long, with no answer meanwhile, was hanging.
    static let slow = Duration.seconds(5)

    /// The number of the call that had its last turn.
    var turn: UInt64 = 0
    /// Whether the calls hang: one of them failed late, and none has been answered since it began.
    private(set) var isHanging = false

    private var underWay: [CallID: Instant] = [:]
    /// Start time of the call that ended most recently.
    private var newestBegan: Instant?
    private var failures = 0
    private var failsSince: Instant?
    private var fresh: Set<PipelineName> = []
    private var answers = 0
    private var answeredAt: Instant?

    /// The calls under way.
    var inFlight: Int { underWay.count }

    /// A call begins.
    mutating func began(_ id: CallID, _ now: Instant) {
        underWay[id] = now
    }

    /// A call has ended; its result follows.
    mutating func ended(_ id: CallID) {
        newestBegan = underWay.removeValue(forKey: id)
    }

    /// AWS answered, whatever the answer; returns whether a reported error is over.
    @discardableResult
    mutating func answered(_ now: Instant) -> Bool {
        failures = 0
        failsSince = nil
        fresh = []
        isHanging = false
        answeredAt = now
        answers = min(answers + 1, TargetHealth.recovered)
        return hasRecovered
    }

    /// Whether a reported error is over.
    var hasRecovered: Bool { answers >= TargetHealth.recovered }

    /// A call failed for a cause that concerns the whole target: earlier answers no longer count.
    mutating func refused() {
        answers = 0
    }

    /// A call of any kind got no result.
    mutating func failed(_ now: Instant) {
        guard let began = newestBegan, now - began >= TargetHealth.slow,
            answeredAt.map({ $0 < began }) ?? true
        else { return }
        isHanging = true
    }

    /// A poll or list failed.
    ///
    /// The pipeline is named only when its previous poll was answered: one that keeps failing gives
    /// no new information about the target.
    mutating func lost(_ pipeline: PipelineName?, _ now: Instant) {
        failures += 1
        failsSince = failsSince ?? now
        guard let pipeline else { return }
        answers = 0
        if fresh.count < TargetHealth.enough { fresh.insert(pipeline) }
    }

    /// Whether nothing of the target works, for long enough to be reported.
    ///
    /// `failsWhole` tells whether the newest poll of every pipeline failed; it is evaluated only
    /// where it matters.
    func isDown(
        _ kind: CallFailure.Kind,
        _ now: Instant,
        failsWhole: () -> Bool
    ) -> Bool {
        if kind == .unreachable, answeredAt == nil { return true }
        guard failures >= TargetHealth.enough, let failsSince,
            now - failsSince >= TargetHealth.lasting
        else { return false }
        return fresh.count >= TargetHealth.enough || failsWhole()
    }
}
