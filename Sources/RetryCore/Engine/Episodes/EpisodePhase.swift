package import Primitives

/// The phase of an episode; every live phase carries its own deadline.
///
/// docs/STATES.md documents them; a test compares the page with ``EpisodePhase/transitions``.
package enum EpisodePhase: Hashable, Sendable {
    /// Known from the ledger; the first poll after the start has yet to show the stage.
    case resuming(until: Instant)
    /// The definition and the execution's history are being read, since then.
    case gathering(since: Instant, until: Instant)
    /// Services are asked for the causes of the failed actions.
    case tracing(until: Instant)
    /// The patterns of the rules are being evaluated.
    case matching(CallID, until: Instant)
    /// The ledger is asked what came of failures like this one; `checked` when the retry is due.
    case comparing(CallID, checked: Bool, until: Instant)
    /// A retry is decided and waits for its time.
    case pending(RetryPlan, until: Instant)
    /// Something other than its time holds it; a poll does not re-evaluate a pinned deferral.
    case deferred(Reason, pinned: Bool, until: Instant)
    /// It is due: a poll that was asked for at or after this call shows whether the facts hold.
    case rechecking(after: CallID, until: Instant)
    /// The intent is being made durable; if it becomes uncertain, it is decided again and not sent.
    case recording(CallID, Intent, isUncertain: Bool, until: Instant)
    /// The intent is durable and the call waits for its turn.
    case queued(Intent, until: Instant)
    /// The call is under way.
    case calling(CallID, Intent, until: Instant)
    /// AWS accepted it: a poll requested after this call must show that the state changed; `polled`
    /// once one has shown no change.
    case verifying(Intent, after: CallID, polled: Bool, until: Instant)
    /// The answer is unknown: polls requested after this call show whether the state changed.
    case settling(Intent, after: CallID, polled: Bool, until: Instant)
    /// The stage runs again.
    case running(until: Instant)
    /// The outcome is reported; the stage is watched for another execution.
    case ended

    /// When the phase must be checked again; nil exactly when it has ended.
    package var deadline: Instant? {
        switch self {
        case .resuming(let until), .gathering(_, let until), .tracing(let until),
            .matching(_, let until), .comparing(_, _, let until), .pending(_, let until),
            .deferred(_, _, let until),
            .rechecking(_, let until), .recording(_, _, _, let until), .queued(_, let until),
            .calling(_, _, let until), .verifying(_, _, _, let until),
            .settling(_, _, _, let until), .running(let until):
            until
        case .ended: nil
        }
    }

    /// The phase's name without its data.
    package var name: Name {
        switch self {
        case .resuming: .resuming
        case .gathering: .gathering
        case .tracing: .tracing
        case .matching: .matching
        case .comparing: .comparing
        case .pending: .pending
        case .deferred: .deferred
        case .rechecking: .rechecking
        case .recording: .recording
        case .queued: .queued
        case .calling: .calling
        case .verifying: .verifying
        case .settling: .settling
        case .running: .running
        case .ended: .ended
        }
    }

    /// The names of the phases, as docs/STATES.md and `status` have them.
    package enum Name: String, Hashable, Sendable, CaseIterable {
        /// ``EpisodePhase/resuming(until:)``
        case resuming
        /// ``EpisodePhase/gathering(since:until:)``
        case gathering
        /// ``EpisodePhase/tracing(until:)``
        case tracing
        /// ``EpisodePhase/matching(_:until:)``
        case matching
        /// ``EpisodePhase/comparing(_:checked:until:)``
        case comparing
        /// ``EpisodePhase/pending(_:until:)``
        case pending
        /// ``EpisodePhase/deferred(_:pinned:until:)``
        case deferred
        /// ``EpisodePhase/rechecking(after:until:)``
        case rechecking
        /// ``EpisodePhase/recording(_:_:isUncertain:until:)``
        case recording
        /// ``EpisodePhase/queued(_:until:)``
        case queued
        /// ``EpisodePhase/calling(_:_:until:)``
        case calling
        /// ``EpisodePhase/verifying(_:after:polled:until:)``
        case verifying
        /// ``EpisodePhase/settling(_:after:polled:until:)``
        case settling
        /// ``EpisodePhase/running(until:)``
        case running
        /// ``EpisodePhase/ended``
        case ended
    }

    /// Where each phase can go; the engine refuses every other step.
    ///
    /// Every phase but `ended` can end: another execution takes the stage at any time.
    package static let transitions: [Name: Set<Name>] = [
        .resuming: [.gathering, .running, .verifying, .settling, .ended],
        .gathering: [
            .tracing, .matching, .comparing, .pending, .deferred, .rechecking, .running, .ended,
        ],
        .tracing: [
            .gathering, .matching, .comparing, .pending, .deferred, .rechecking, .running, .ended,
        ],
        .matching: [.gathering, .comparing, .pending, .deferred, .rechecking, .running, .ended],
        .comparing: [.gathering, .pending, .deferred, .rechecking, .recording, .running, .ended],
        .pending: [.pending, .gathering, .comparing, .deferred, .rechecking, .running, .ended],
        .deferred: [.deferred, .gathering, .comparing, .pending, .rechecking, .running, .ended],
        .rechecking: [.gathering, .comparing, .pending, .deferred, .recording, .running, .ended],
        .recording: [.deferred, .queued, .ended],
        .queued: [.calling, .gathering, .deferred, .running, .ended],
        .calling: [.verifying, .settling, .deferred, .ended],
        .verifying: [.gathering, .running, .ended],
        .settling: [.gathering, .running, .ended],
        .running: [.gathering, .ended],
        .ended: [],
    ]
}

extension EpisodePhase {
    /// The same phase with another deadline.
    func with(deadline until: Instant) -> EpisodePhase {
        switch self {
        case .resuming: .resuming(until: until)
        case .gathering(let since, _): .gathering(since: since, until: until)
        case .tracing: .tracing(until: until)
        case .matching(let id, _): .matching(id, until: until)
        case .comparing(let id, let checked, _): .comparing(id, checked: checked, until: until)
        case .pending(let plan, _): .pending(plan, until: until)
        case .deferred(let reason, let pinned, _): .deferred(reason, pinned: pinned, until: until)
        case .rechecking(let after, _): .rechecking(after: after, until: until)
        case .recording(let id, let intent, let isUncertain, _):
            .recording(id, intent, isUncertain: isUncertain, until: until)
        case .queued(let intent, _): .queued(intent, until: until)
        case .calling(let id, let intent, _): .calling(id, intent, until: until)
        case .verifying(let intent, let after, let polled, _):
            .verifying(intent, after: after, polled: polled, until: until)
        case .settling(let intent, let after, let polled, _):
            .settling(intent, after: after, polled: polled, until: until)
        case .running: .running(until: until)
        case .ended: .ended
        }
    }

    /// The same phase with the intent being written marked uncertain; other phases are unchanged.
    var uncertain: EpisodePhase {
        guard case .recording(let id, let intent, _, let until) = self else { return self }
        return .recording(id, intent, isUncertain: true, until: until)
    }
}
