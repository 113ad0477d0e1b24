import CodePipelineSimulator
import Primitives
import RetryCore

/// The services that say why actions failed.
extension World {
    /// What becomes of a question.
    private enum CauseFate: CaseIterable {
        case told, denied, throttled, gone, unreadable, late, lost, doubled, partial, withoutLog
    }

    mutating func readCauses(
        _ id: CallID,
        _ key: EpisodeKey,
        _ requests: [CauseRequest]
    ) {
        let isDisturbed = causeRNG.chance(plan.chance(.causes, 0.5))
        let fate = isDisturbed ? causeRNG.pick(CauseFate.allCases) : .told
        var answers: [ActionExecutionID: CauseReport] = [:]
        for request in requests where fate != .partial || causeRNG.chance(0.5) {
            answers[request.attempt] = report(request, of: key, fate)
        }
        let event = Event.causesRead(id, answers)
        let soon = clock.time + causeRNG.span(20...4000)
        func answer(at time: Int64) {
            timetable.add(.answer(event, nil, process: process), at: time)
        }
        switch fate {
        case .told, .denied, .throttled, .gone, .unreadable, .partial, .withoutLog:
            answer(at: soon)
        case .late: answer(at: clock.time + causeRNG.span(9000...40_000))
        case .lost: break
        case .doubled:
            answer(at: soon)
            answer(at: soon + causeRNG.span(0...20_000))
        }
    }

    private mutating func report(
        _ request: CauseRequest,
        of key: EpisodeKey,
        _ fate: CauseFate
    ) -> CauseReport {
        let service = CauseService(provider: request.provider)?.rawValue ?? ""
        func failure(_ kind: CauseFailure.Kind, _ permission: String? = nil) -> CauseReport {
            CauseReport(
                failures: [CauseFailure(service: service, kind: kind, permission: permission)]
            )
        }
        switch fate {
        case .denied: return failure(.denied, "\(service):Describe")
        case .throttled: return failure(.throttled)
        case .gone: return failure(.gone)
        case .unreadable: return failure(.unreadable)
        case .told, .late, .lost, .doubled, .partial, .withoutLog: break
        }
        let permission = AWSOperation.getLogEvents.definition.permission
        let log = CauseFailure(service: "logs", kind: .denied, permission: permission?.action)
        return CauseReport(
            cause: cause(request, of: key),
            failures: fate == .withoutLog ? [log] : [],
            answered: [service]
        )
    }

    /// The cause is the failure's own: the same error has the same one in a seed, which may
    /// contradict CodePipeline's words; only a stack's status differs from run to run.
    private mutating func cause(_ request: CauseRequest, of key: EpisodeKey) -> ActionCause? {
        let name = places.name(of: key.pipeline, configuration)
        let run: ServiceModel.ActionRunView?
        do throws(ServiceError) {
            run = try model.actionRuns(of: name, execution: key.execution.text)
                .first { $0.id == request.attempt.text }
        } catch {
            return nil
        }
        guard let run else { return nil }
        let code = run.errorCode ?? ""
        let words = (run.errorMessage ?? "").filter { !$0.isNumber }
        var own = SimulationRNG(seed: seed, "cause \(request.action) \(code) \(words)")
        let contradicts = own.chance(0.3) && words.hasPrefix("build ")
        let message = run.errorMessage.map { contradicts ? "no route to host: \($0)" : $0 }
        let stack = StackCause(
            status: causeRNG.chance(0.15) ? "ROLLBACK_COMPLETE" : "UPDATE_ROLLBACK_COMPLETE"
        )
        // What is gone stays gone: the attempt decides.
        var ofAttempt = SimulationRNG(seed: seed, "attempt \(request.attempt)")
        let isGone = ofAttempt.chance(0.06)
        let phase = own.pick([nil, "BUILD", "PRE_BUILD", "PROVISIONING"])
        let root = RootCause(
            provider: request.provider,
            phase: isGone ? "DOWNLOAD_SOURCE" : phase,
            code: run.errorCode,
            line: isGone ? "NoSuchKey: The specified key does not exist." : message,
            stack: causeRNG.chance(0.5) ? stack : nil
        )
        let busy = ofAttempt.chance(0.2) ? ofAttempt.span(1000...400_000) : 0
        return ActionCause(root, isUnderWay: isBusy(request.attempt, for: busy))
    }

    /// Whether the service is still at an attempt: for so long since it was first asked.
    private mutating func isBusy(_ attempt: ActionExecutionID, for span: Int64) -> Bool {
        let until = busyUntil[attempt] ?? clock.time + span
        busyUntil[attempt] = until
        return clock.time < until
    }
}

extension Effect {
    /// Whether it asks services for causes.
    var asksForCauses: Bool { if case .readCauses = self { true } else { false } }
}

extension GeneratedScenario {
    /// Adds what a plan of faults needs, from streams of its own, so that other draws stay.
    mutating func addSettings(of plan: FaultSchedule, _ seed: UInt64) {
        if plan.has(.conditions) {
            var conditionRNG = SimulationRNG(seed: seed, "conditions")
            addConditions(&conditionRNG)
        }
        if plan.has(.causes) {
            var settingsRNG = SimulationRNG(seed: seed, "cause settings")
            addCauses(&settingsRNG)
        }
    }

    /// Lets the config files ask services for causes, most of them.
    private mutating func addCauses(_ rng: inout SimulationRNG) {
        for index in configurations.indices {
            let isEnabled = index == 0 || rng.chance(0.8)
            let timeout = rng.pick([10, 10, 3])
            configurations[index].causes =
                isEnabled ? CauseSettings(timeout: .seconds(timeout)) : .off
        }
    }
}
