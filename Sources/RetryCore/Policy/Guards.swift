import Primitives

/// The result of one guard.
enum GuardResult: Hashable, Sendable {
    /// It does not object to a retry; the text is what it found.
    case pass(String)
    /// It ends the evaluation with this verdict; the text is what it found.
    case stop(Verdict, String)
}

/// The guards: conditions that no rule may override, or only the policy's `when_` keys.
///
/// Order matters, since the first that stops gives the reason: what is certainly final comes before
/// what is transient.
struct Guards {
    /// How long CodePipeline may take to begin its own automatic retry.
    static let nativeRetryGrace = Duration.seconds(120)
    /// When a stage in which something still runs is checked again at the latest.
    static let secondPoll = Duration.seconds(60)
    /// When a definition that is denied or incomplete is read again, as for a missing permission.
    static let definitionAgain = Duration.seconds(3600)

    let situation: Situation
    let facts: StageFacts

    private typealias Entry = (reason: Reason, result: (Guards) -> GuardResult)

    private static var table: [Entry] {
        [
            (.rollbackExecution, { $0.rollbackExecution }),
            (.conditionFailed, { $0.conditionFailed }),
            (.notEvaluable, { $0.historyLags }),
            (.approvalRejected, { $0.approvalRejected }),
            (.approvalFailed, { $0.approvalFailed }),
            (.abandoned, { $0.abandoned }),
            (.rollsBack, { $0.rollsBack }),
            (.skips, { $0.skips }),
            (.modeChanged, { $0.modeChanged }),
            (.definitionChanged, { $0.definitionChanged }),
            (.parallelMode, { $0.parallelMode }),
            (.parallelRefused, { $0.parallelRefused }),
            (.noFailedAction, { $0.noFailedAction }),
            (.unknownStatus, { $0.unknownStatus }),
            (.changeSetConsumed, { $0.changeSetConsumed }),
            (.stackNotUpdatable, { $0.stackNotUpdatable }),
            (.artifactGone, { $0.artifactGone }),
            (.tooOld, { $0.tooOld }),
            (.humanRetried, { $0.humanRetried }),
            (.stageNever, { $0.stageNever }),
            (.definitionUnavailable, { $0.definitionUnavailable }),
            (.nativeRetryPending, { $0.nativeRetryPending }),
            (.providerRetries, { $0.providerRetries }),
            (.actionsInProgress, { $0.actionsInProgress }),
            (.newerExecutionWaiting, { $0.newerExecutionWaiting }),
            (.transitionDisabled, { $0.transitionDisabled }),
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
                let (check, bounded) = bound(verdict, entry.reason, detail)
                return (checks + [check], bounded)
            }
        }
        return (checks, nil)
    }

    /// No wait outlasts the policy's `give_up_after`, so that each episode ends.
    private func bound(
        _ verdict: Verdict,
        _ reason: Reason,
        _ detail: String
    ) -> (Check, Verdict) {
        switch verdict {
        case .wait, .hold:
            let end = givingUp
            guard situation.now > end else { break }
            let text = "\(detail), and give_up_after expired at \(end)"
            return stopped(.gaveUpAfter, .exhausted(.gaveUpAfter), text)
        case .retry, .wouldRetry, .leave, .exhausted: break
        }
        return stopped(reason, verdict, detail)
    }

    var givingUp: WallTime {
        situation.givingUp(after: situation.policy.giveUpAfter)
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
            return bound(verdict, .actionsInProgress, "the stage is InProgress")
        case .cancelled, .stopped, .stopping, .succeeded, .skipped:
            let detail = "the stage is \(latest.status.text)"
            return stopped(.notRetryable, .leave(.notRetryable), detail)
        case .unknown(let status):
            // It may be a transitional status: nothing is sent, and nothing is ended.
            let detail = "the stage has the status \"\(status)\", which is not known"
            return bound(.wait(.unknownStatus, until: soon), .unknownStatus, detail)
        }
    }

    private func stopped(
        _ reason: Reason,
        _ verdict: Verdict,
        _ detail: String
    ) -> (Check, Verdict) {
        (Check(reason: reason, result: .stop, detail: detail), verdict)
    }

    /// The result of a guard that does not object; its text is made only for people.
    func pass(_ text: @autoclosure () -> String) -> GuardResult {
        .pass(situation.isExplained ? text() : "")
    }

    var soon: WallTime { situation.now + Guards.secondPoll }

    var definedStage: StageDefinition? {
        situation.definition?.stages[situation.episode.stage]
    }
}

extension Guards {
    private var rollbackExecution: GuardResult {
        switch situation.stage.latest?.type {
        case .rollback: .stop(.leave(.rollbackExecution), "the execution is a rollback")
        case .standard, .unknown, nil: .pass("the execution is not a rollback")
        }
    }

    private var approvalRejected: GuardResult {
        let approvals = facts.failed.filter { $0.isApproval && !$0.hasErrorDetails }.map(\.name)
        guard approvals.isEmpty else {
            return .stop(
                .leave(.approvalRejected),
                "the approval \(list(approvals)) was rejected or not answered in time"
            )
        }
        return .pass("no approval was rejected")
    }

    /// A rejection has no errorDetails: with them no person was asked, which a retry does not fix.
    private var approvalFailed: GuardResult {
        let approvals = facts.failed.filter { $0.isApproval && $0.hasErrorDetails }
        guard let first = approvals.first else { return .pass("no approval failed") }
        let text = first.texts.first ?? first.code ?? ""
        return .stop(
            .leave(.approvalFailed),
            "the approval \(list(approvals.map(\.name))) failed and was not rejected: \(text)"
        )
    }

    /// The history has lacked what the state shows for too long
    /// (docs/decisions/0014-evidence-that-is-fresh.md).
    private var historyLags: GuardResult {
        switch situation.evidence {
        case .rows: .pass("the execution's history agrees with the state")
        case .denied: .pass("the permission to read the execution's history is missing")
        case .lagging(let what): .stop(.leave(.notEvaluable), what)
        }
    }

    private var abandoned: GuardResult {
        guard facts.abandoned.isEmpty else {
            return .stop(.leave(.abandoned), "\(list(facts.abandoned)) was abandoned by a stop")
        }
        return .pass("no action was abandoned")
    }

    /// A failed entry condition let no action run, and a failed onFailure condition is
    /// CodePipeline's own reaction.
    ///
    /// An onSuccess condition may have failed in an earlier attempt: then the history tells whether
    /// an action of this one failed.
    private var conditionFailed: GuardResult {
        let conditions = situation.stage.conditions
        if conditions.beforeEntry == .failed {
            return .stop(.leave(.conditionFailed), "a beforeEntry condition failed")
        }
        if conditions.onFailure == .failed {
            return .stop(
                .leave(.conditionFailed),
                "an onFailure condition failed: CodePipeline applies its result"
            )
        }
        guard conditions.onSuccess == .failed else { return .pass("no condition failed") }
        switch situation.evidence {
        case .rows where facts.failed.isEmpty:
            return .stop(.leave(.conditionFailed), "a stage condition failed, not an action")
        case .rows:
            return pass("a condition failed, and so did \(list(facts.failed.map(\.name)))")
        case .denied, .lagging:
            return .stop(
                .leave(.conditionFailed),
                "a stage condition failed, and without codepipeline:ListActionExecutions it is "
                    + "not known whether an action of this execution did"
            )
        }
    }

    private var rollsBack: GuardResult {
        if definedStage?.onFailure == .rollback {
            return .stop(.leave(.rollsBack), "the definition's onFailure is ROLLBACK")
        }
        guard definedStage?.failureConditions.contains(.rollback) != true else {
            return .stop(
                .leave(.rollsBack),
                "a condition of the definition's onFailure has the result ROLLBACK"
            )
        }
        return pass(onFailureText)
    }

    private var skips: GuardResult {
        guard definedStage?.reactions.contains(.skip) != true else {
            return .stop(.leave(.skips), "the definition's onFailure is SKIP")
        }
        return pass(onFailureText)
    }

    var onFailureText: String {
        guard let definedStage else { return "the stage's definition is not known" }
        let reactions = definedStage.reactions.map(\.text)
        return reactions.isEmpty
            ? "there is no onFailure" : "onFailure is \(reactions.joined(separator: ", "))"
    }

    private var definitionChanged: GuardResult {
        guard let current = situation.currentVersion else {
            return .pass("the current version is not known")
        }
        let versions = facts.versions.union(situation.history.ranVersions)
        guard let other = versions.filter({ $0 != current }).min() else {
            return pass(
                versions.isEmpty
                    ? "the execution's version is not known"
                    : "the execution ran version \(current), the current one"
            )
        }
        return .stop(
            .leave(.definitionChanged),
            "the execution ran version \(other), the pipeline is at \(current)"
        )
    }

    /// An action that still runs, or has an unknown status, may be the one that failed.
    private var noFailedAction: GuardResult {
        guard facts.failed.isEmpty else {
            return pass("failed: \(list(facts.failed.map(\.name)))")
        }
        if !facts.unknownStatuses.isEmpty { return .pass("an action's status is not known") }
        if !facts.inProgress.isEmpty || !runningConditions.isEmpty {
            return .pass("something in the stage is still running")
        }
        return .stop(.leave(.noFailedAction), "the stage is Failed and no action in it failed")
    }

    private var unknownStatus: GuardResult {
        var unknown = facts.unknownStatuses
        if case .unknown(let type) = situation.stage.latest?.type { unknown.append("type \(type)") }
        if case .unknown(let mode) = situation.definition?.executionMode {
            unknown.append("executionMode \(mode)")
        }
        for case .unknown(let result) in definedStage?.reactions ?? [] {
            unknown.append("onFailure \(result)")
        }
        for case (let place, .unknown(let status)) in situation.stage.conditions.all {
            unknown.append("\(place) condition \(status)")
        }
        for action in facts.failed {
            guard let category = action.category, !ActionCategory.known.contains(category)
            else { continue }
            unknown.append("\(action.name): category \(category)")
        }
        guard unknown.isEmpty else {
            return .stop(
                .leave(.unknownStatus),
                "not known: \(unknown.joined(separator: ", "))"
            )
        }
        return .pass("every status is known")
    }

    private var changeSetConsumed: GuardResult {
        switch situation.read.changeSets {
        case .none: .pass("no change set has already been used")
        case .preparedHere(let action):
            .pass(
                "the change set of \(action) has already been used; ALL_ACTIONS creates a new one"
            )
        case .preparedElsewhere(let action):
            .stop(
                .leave(.changeSetConsumed),
                "the change set of \(action) has already been used, and no action of this stage "
                    + "creates a new one; start a new execution"
            )
        }
    }

    private var stackNotUpdatable: GuardResult {
        let stuck = facts.failed.first { $0.told?.root.stack?.isStuck == true }
        guard let root = stuck?.told?.root, let status = root.stack?.status else {
            return .pass("no stack is known to be beyond an update")
        }
        return .stop(
            .leave(.stackNotUpdatable),
            "the stack \(root.resource ?? "of the action") is in \(status), which no retry of the "
                + "action changes"
        )
    }

    private var artifactGone: GuardResult {
        let gone = facts.failed.filter(\.lacksArtifact).map(\.name)
        guard gone.isEmpty else {
            return .stop(
                .leave(.artifactGone),
                "an input artifact of \(list(gone)) is no longer in its bucket (NoSuchKey); start "
                    + "a new execution"
            )
        }
        return .pass("no input artifact is known to be gone")
    }

    private var tooOld: GuardResult {
        let history = situation.history
        let age = max(.zero, history.firstSeen - history.firstFailure)
        let limit = situation.policy.maxFailureAge
        func text() -> String {
            "the failure was \(age.shortText) old when first detected; "
                + "max_failure_age is \(limit.shortText)"
        }
        return age > limit ? .stop(.leave(.tooOld), text()) : pass(text())
    }
}

extension FailedAction {
    fileprivate var isApproval: Bool { category == .approval }

    /// Whether AWS gave an error, rather than a person's comment.
    fileprivate var hasErrorDetails: Bool {
        [code, message].contains { $0?.isEmpty == false }
    }
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
