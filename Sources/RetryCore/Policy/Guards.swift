/// What a guard says of one situation.
enum GuardResult: Hashable, Sendable {
    /// It has nothing against a retry; what it saw.
    case pass(String)
    /// It ends the reasoning with this verdict; what it saw.
    case stop(Verdict, String)
}

/// The guards: what no rule may lift, and what only the policy's `when_` keys may.
///
/// Order matters, since the first that speaks gives the reason: what is surely final comes before
/// what passes by itself.
struct Guards {
    /// How long CodePipeline is given to begin its own automatic retry.
    static let nativeRetryGrace = Duration.seconds(120)
    /// When a stage in which something still runs is looked at again at the latest.
    static let secondLook = Duration.seconds(60)

    let situation: Situation
    let facts: StageFacts

    private typealias Entry = (reason: Reason, result: (Guards) -> GuardResult)

    private static var table: [Entry] {
        [
            (.rollbackExecution, { $0.rollbackExecution }),
            (.definitionUnavailable, { $0.definitionUnavailable }),
            (.approvalRejected, { $0.approvalRejected }),
            (.abandoned, { $0.abandoned }),
            (.conditionFailed, { $0.conditionFailed }),
            (.rollsBack, { $0.rollsBack }),
            (.skips, { $0.skips }),
            (.definitionChanged, { $0.definitionChanged }),
            (.parallelMode, { $0.parallelMode }),
            (.noFailedAction, { $0.noFailedAction }),
            (.unknownStatus, { $0.unknownStatus }),
            (.changeSetConsumed, { $0.changeSetConsumed }),
            (.tooOld, { $0.tooOld }),
            (.nativeRetryPending, { $0.nativeRetryPending }),
            (.actionsInProgress, { $0.actionsInProgress }),
            (.newerExecutionWaiting, { $0.newerExecutionWaiting }),
            (.transitionDisabled, { $0.transitionDisabled }),
            (.humanRetried, { $0.humanRetried }),
            (.stageNever, { $0.stageNever }),
        ]
    }

    /// Every guard in order up to the first that stops, and its verdict; nil when none stops.
    func run() -> (checks: [Check], verdict: Verdict?) {
        if let (check, verdict) = notFailed() { return ([check], verdict) }
        var checks: [Check] = []
        for entry in Guards.table {
            switch entry.result(self) {
            case .pass(let detail):
                checks.append(Check(reason: entry.reason, result: .pass, detail: detail))
            case .stop(let verdict, let detail):
                checks.append(Check(reason: entry.reason, result: .stop, detail: detail))
                return (checks, verdict)
            }
        }
        return (checks, nil)
    }

    /// A stage that is not Failed in the episode's execution never reaches the guards.
    private func notFailed() -> (Check, Verdict)? {
        guard let latest = situation.stage.latest, latest.id == situation.episode.execution else {
            let shown = situation.stage.latest?.id.text ?? "none"
            let detail = "the stage's latest execution is \(shown)"
            return stopped(.notRetryable, .leave(.notRetryable), detail)
        }
        switch latest.status {
        case .failed: return nil
        case .inProgress:
            let verdict = Verdict.wait(.actionsInProgress, until: soon)
            return stopped(.actionsInProgress, verdict, "the stage is InProgress")
        case .cancelled, .stopped, .stopping, .succeeded, .skipped:
            let detail = "the stage is \(latest.status.text)"
            return stopped(.notRetryable, .leave(.notRetryable), detail)
        case .unknown(let status):
            let detail = "the stage has the status \(status)"
            return stopped(.unknownStatus, .leave(.unknownStatus), detail)
        }
    }

    private func stopped(
        _ reason: Reason,
        _ verdict: Verdict,
        _ detail: String
    ) -> (Check, Verdict) {
        (Check(reason: reason, result: .stop, detail: detail), verdict)
    }

    private var soon: WallTime { situation.now + Guards.secondLook }

    private var definedStage: StageDefinition? {
        situation.definition?.stages[situation.episode.stage]
    }
}

// MARK: What is final

extension Guards {
    private var rollbackExecution: GuardResult {
        switch situation.stage.latest?.type {
        case .rollback: .stop(.leave(.rollbackExecution), "the execution is a rollback")
        case .standard, .unknown, nil: .pass("the execution is not a rollback")
        }
    }

    /// Without an action's category nobody can say that it is not an approval.
    private var definitionUnavailable: GuardResult {
        if situation.evidence == .denied, situation.definition == nil {
            return .stop(
                .leave(.definitionUnavailable),
                "neither history nor definition may be read; allow codepipeline:GetPipeline or "
                    + "codepipeline:ListActionExecutions"
            )
        }
        let unread = facts.failed.filter { $0.category == nil }.map(\.name)
        guard unread.isEmpty || facts.failed.contains(where: \.isApproval) else {
            return .stop(
                .leave(.definitionUnavailable),
                "neither history nor definition gives the category of \(list(unread)); allow "
                    + "codepipeline:GetPipeline"
            )
        }
        let source = situation.evidence == .denied ? "the definition" : "the execution's history"
        return .pass("categories are known from \(source)")
    }

    private var approvalRejected: GuardResult {
        let approvals = facts.failed.filter(\.isApproval).map(\.name)
        guard approvals.isEmpty else {
            return .stop(
                .leave(.approvalRejected),
                "the approval \(list(approvals)) was rejected or not answered in time"
            )
        }
        return .pass("no failed action is an approval")
    }

    private var abandoned: GuardResult {
        guard facts.abandoned.isEmpty else {
            return .stop(.leave(.abandoned), "\(list(facts.abandoned)) was abandoned by a stop")
        }
        return .pass("no action was abandoned")
    }

    /// Without the history a failed action that the state shows may be an older execution's.
    private var conditionFailed: GuardResult {
        guard situation.stage.condition == .failed else { return .pass("no condition failed") }
        if facts.failed.isEmpty {
            return .stop(.leave(.conditionFailed), "a stage condition failed and no action did")
        }
        guard situation.evidence != .denied else {
            return .stop(
                .leave(.conditionFailed),
                "a stage condition failed, and without codepipeline:ListActionExecutions it is "
                    + "not known whether an action of this execution did"
            )
        }
        return .pass("a condition failed, and so did \(list(facts.failed.map(\.name)))")
    }

    private var rollsBack: GuardResult {
        switch definedStage?.onFailure {
        case .rollback:
            return .stop(.leave(.rollsBack), "the definition's onFailure is ROLLBACK")
        case .fail, .retry, .skip, .unknown, nil: return .pass(onFailureText)
        }
    }

    private var skips: GuardResult {
        switch definedStage?.onFailure {
        case .skip: return .stop(.leave(.skips), "the definition's onFailure is SKIP")
        case .fail, .retry, .rollback, .unknown, nil: return .pass(onFailureText)
        }
    }

    private var onFailureText: String {
        guard situation.definition != nil else { return "the definition is not known" }
        return switch definedStage?.onFailure {
        case .rollback: "onFailure is ROLLBACK"
        case .fail: "onFailure is FAIL"
        case .retry: "onFailure is RETRY"
        case .skip: "onFailure is SKIP"
        case .unknown(let result): "onFailure is \(result)"
        case nil: "there is no onFailure"
        }
    }

    private var definitionChanged: GuardResult {
        guard let current = situation.currentVersion else {
            return .pass("the current version is not known")
        }
        guard let other = facts.versions.filter({ $0 != current }).min() else {
            return .pass(
                facts.versions.isEmpty
                    ? "the execution's version is not known"
                    : "the execution ran version \(current), the current one"
            )
        }
        return .stop(
            .leave(.definitionChanged),
            "the execution ran version \(other), the pipeline is at \(current)"
        )
    }

    private var parallelMode: GuardResult {
        switch situation.definition?.executionMode {
        case .parallel:
            .stop(.leave(.parallelMode), "a PARALLEL pipeline has no state")
        case .superseded: .pass("executionMode is SUPERSEDED")
        case .queued: .pass("executionMode is QUEUED")
        case .unknown(let mode): .pass("executionMode is \(mode)")
        case nil: .pass("executionMode is not known")
        }
    }

    /// What still runs, or has a status that is not understood, may be what failed.
    private var noFailedAction: GuardResult {
        guard facts.failed.isEmpty else {
            return .pass("failed: \(list(facts.failed.map(\.name)))")
        }
        if !facts.unknownStatuses.isEmpty { return .pass("an action's status is not understood") }
        if !facts.inProgress.isEmpty || situation.stage.condition == .inProgress {
            return .pass("something in the stage still runs")
        }
        return .stop(.leave(.noFailedAction), "the stage is Failed and no action in it failed")
    }

    private var unknownStatus: GuardResult {
        var unknown = facts.unknownStatuses
        if case .unknown(let type) = situation.stage.latest?.type { unknown.append("type \(type)") }
        if case .unknown(let mode) = situation.definition?.executionMode {
            unknown.append("executionMode \(mode)")
        }
        if case .unknown(let result) = definedStage?.onFailure {
            unknown.append("onFailure \(result)")
        }
        guard unknown.isEmpty else {
            return .stop(
                .leave(.unknownStatus),
                "not understood: \(unknown.joined(separator: ", "))"
            )
        }
        return .pass("every status is understood")
    }

    private var changeSetConsumed: GuardResult {
        switch ChangeSetFinding(situation, facts) {
        case .none: .pass("no change set is used up")
        case .preparedHere(let action):
            .pass("the change set of \(action) is used up; ALL_ACTIONS makes it again")
        case .preparedElsewhere(let action):
            .stop(
                .leave(.changeSetConsumed),
                "the change set of \(action) is used up and no action of this stage makes it; "
                    + "start a new execution"
            )
        }
    }

    private var tooOld: GuardResult {
        let history = situation.history
        let age = max(.zero, history.firstSeen - history.firstFailure)
        let limit = situation.policy.maxFailureAge
        let text =
            "the failure was \(age.shortText) old when first seen, allowed \(limit.shortText)"
        return age > limit ? .stop(.leave(.tooOld), text) : .pass(text)
    }
}

// MARK: What passes, or what people did

extension Guards {
    private var nativeRetryPending: GuardResult {
        guard definedStage?.onFailure == .retry else { return .pass(onFailureText) }
        guard situation.stage.counters.automatic == 0 else {
            return .pass("CodePipeline's own retry is done")
        }
        let until = (facts.lastChange ?? situation.history.firstSeen) + Guards.nativeRetryGrace
        guard situation.now < until else {
            return .pass("CodePipeline's own retry did not come by \(until)")
        }
        return .stop(
            .wait(.nativeRetryPending, until: until),
            "onFailure is RETRY and CodePipeline's own retry may come until \(until)"
        )
    }

    private var actionsInProgress: GuardResult {
        guard facts.inProgress.isEmpty else {
            return .stop(
                .wait(.actionsInProgress, until: soon),
                "in progress: \(list(facts.inProgress))"
            )
        }
        guard situation.stage.condition != .inProgress else {
            return .stop(
                .wait(.actionsInProgress, until: soon),
                "a stage condition is being evaluated"
            )
        }
        return .pass("nothing is in progress")
    }

    private var newerExecutionWaiting: GuardResult {
        let waiting = situation.stage.inbound.map(\.text).joined(separator: ", ")
        guard !waiting.isEmpty else { return .pass("no execution waits to enter") }
        let text = "waiting to enter: \(waiting)"
        switch situation.policy.whenNewerWaiting {
        case .leave: return .stop(.leave(.newerExecutionWaiting), text)
        case .retry: return .pass("\(text); when_newer_waiting is retry")
        }
    }

    /// It holds no longer than the policy's `give_up_after`, so that the episode ends.
    private var transitionDisabled: GuardResult {
        guard !situation.stage.transitionEnabled else {
            return .pass("the transition into the stage is enabled")
        }
        switch situation.policy.whenTransitionDisabled {
        case .retry: return .pass("the transition is disabled; when_transition_disabled is retry")
        case .hold:
            let end = situation.givingUp(after: situation.policy.giveUpAfter)
            guard situation.now <= end else {
                return .stop(
                    .exhausted(.gaveUpAfter),
                    "the transition is disabled and give_up_after ended at \(end)"
                )
            }
            return .stop(
                .hold(.transitionDisabled, until: end.next, nil),
                "the transition into the stage is disabled"
            )
        }
    }

    private var humanRetried: GuardResult {
        let history = situation.history
        let counted = situation.stage.counters.manual
        let known = history.knownManualRetries + (history.hasUnknownAnswer ? 1 : 0)
        let text = "\(counted) manual retries counted, \(known) known"
        guard counted > known else { return .pass(text) }
        switch situation.policy.whenHumanRetried {
        case .leave: return .stop(.leave(.humanRetried), text)
        case .continue: return .pass("\(text); when_human_retried is continue")
        }
    }

    private var stageNever: GuardResult {
        situation.policy.never
            ? .stop(.leave(.stageNever), "the stage's entry says never")
            : .pass("the stage's entry allows retries")
    }

    private func list(_ names: [ActionName]) -> String {
        names.map(\.text).joined(separator: ", ")
    }
}

extension FailedAction {
    fileprivate var isApproval: Bool { category == "Approval" }
}

extension WallTime {
    /// The next millisecond.
    var next: WallTime { self + .milliseconds(1) }
}

extension StageStatus {
    /// The status as the API writes it.
    package var text: String {
        switch self {
        case .cancelled: "Cancelled"
        case .inProgress: "InProgress"
        case .failed: "Failed"
        case .stopped: "Stopped"
        case .stopping: "Stopping"
        case .succeeded: "Succeeded"
        case .skipped: "Skipped"
        case .unknown(let status): status
        }
    }
}
