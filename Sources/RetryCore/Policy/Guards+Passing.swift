import Primitives

/// The guards of transient conditions and of people's actions.
extension Guards {
    /// Without the definition it is unknown what CodePipeline does itself, and which actions are
    /// approvals.
    ///
    /// It is read again: a permission may be granted, and errors may pass.
    var definitionUnavailable: GuardResult {
        guard let definition = situation.definition else {
            return unavailable(
                "the definition is denied or cannot be read; allow "
                    + "codepipeline:\(AWSOperation.getPipeline.name)"
            )
        }
        guard let stage = definition.stages[situation.episode.stage] else {
            return unavailable("the definition has no stage \(situation.episode.stage)")
        }
        let unknown = facts.failed.filter { action in
            stage.actions[action.name].map { $0.category == nil } ?? (action.category == nil)
        }
        guard unknown.isEmpty else {
            let names = list(unknown.map(\.name))
            return unavailable("the definition does not give the category of \(names)")
        }
        return .pass("the definition is known")
    }

    private func unavailable(_ detail: String) -> GuardResult {
        let until = situation.now + Guards.definitionAgain
        return .stop(.hold(.definitionUnavailable, until: until, nil), detail)
    }

    var nativeRetryPending: GuardResult {
        guard definedStage?.reactions.contains(.retry) == true else {
            return pass(onFailureText)
        }
        guard situation.stage.counters.automatic == 0 else {
            return .pass("CodePipeline's own retry is done")
        }
        let until = (facts.lastChange ?? situation.history.firstSeen) + Guards.nativeRetryGrace
        guard situation.now < until else {
            return pass("CodePipeline's own retry had not started by \(until)")
        }
        return .stop(
            .wait(.nativeRetryPending, until: until),
            "onFailure is RETRY and CodePipeline's own retry may still start before \(until)"
        )
    }

    /// A retry would meet what the service does by itself; it is asked again each minute, for an
    /// hour at most (``CauseTracing/rounds``).
    var providerRetries: GuardResult {
        let busy = facts.failed.filter { $0.told?.isUnderWay == true }
        let answered = busy.compactMap { $0.told?.answeredAt }.max() ?? situation.now
        guard !busy.isEmpty, situation.now < answered + Guards.secondPoll else {
            return .pass("no service is known to repeat an action or to roll it back")
        }
        return .stop(
            .wait(.providerRetries, until: answered + Guards.secondPoll),
            "the service that ran \(list(busy.map(\.name))) still repeats it, or returns to what "
                + "was before"
        )
    }

    var actionsInProgress: GuardResult {
        guard facts.inProgress.isEmpty else {
            return .stop(
                .wait(.actionsInProgress, until: soon),
                "in progress: \(list(facts.inProgress))"
            )
        }
        guard runningConditions.isEmpty else {
            return .stop(
                .wait(.actionsInProgress, until: soon),
                "a condition is being evaluated: \(runningConditions.joined(separator: ", "))"
            )
        }
        return .pass("nothing is in progress")
    }

    var runningConditions: [String] {
        situation.stage.conditions.all.filter { $0.state == .inProgress }.map(\.place)
    }

    var newerExecutionWaiting: GuardResult {
        let waiting = situation.stage.inbound.map(\.text).joined(separator: ", ")
        guard !waiting.isEmpty else { return .pass("no execution waits to enter") }
        let text = "waiting to enter: \(waiting)"
        switch situation.policy.whenNewerWaiting {
        case .hold: return .stop(.hold(.newerExecutionWaiting, until: givingUp.next, nil), text)
        case .leave: return .stop(.leave(.newerExecutionWaiting), text)
        case .retry: return .pass("\(text); when_newer_waiting is retry")
        }
    }

    var transitionDisabled: GuardResult {
        guard !situation.stage.transitionEnabled else {
            return .pass("the transition into the stage is enabled")
        }
        switch situation.policy.whenTransitionDisabled {
        case .retry: return .pass("the transition is disabled; when_transition_disabled is retry")
        case .hold:
            return .stop(
                .hold(.transitionDisabled, until: givingUp.next, nil),
                "the transition into the stage is disabled"
            )
        }
    }

    var humanRetried: GuardResult {
        let history = situation.history
        let counted = situation.stage.counters.manual
        let known = history.counts.own + min(1, history.counts.late)
        func text() -> String {
            "AWS counts \(counted) manual \(counted == 1 ? "retry" : "retries"), "
                + "the daemon accounts for \(known)"
        }
        guard counted > known else { return pass(text()) }
        // Of the retries in a history only the definition tells whether one was CodePipeline's own.
        let isOpen = situation.stage.latest?.historyMode != nil && situation.definition == nil
        if isOpen, counted == known + 1 {
            return pass("\(text()); one may be CodePipeline's own")
        }
        switch situation.policy.whenHumanRetried {
        case .leave: return .stop(.leave(.humanRetried), text())
        case .continue: return pass("\(text()); when_human_retried is continue")
        }
    }

    var stageNever: GuardResult {
        situation.policy.never
            ? .stop(.leave(.stageNever), "the stage's entry says never")
            : .pass("the stage's entry allows retries")
    }

    func list(_ names: [ActionName]) -> String {
        names.map(\.text).joined(separator: ", ")
    }
}
