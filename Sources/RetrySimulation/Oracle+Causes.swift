import Primitives
import RetryCore

/// What services say of causes: it may change the rule, and nothing else.
extension Oracle {
    /// What a call, a write or a report says of the causes that are waited for.
    mutating func noteCauses(_ effect: Effect, at time: Int64, by now: Instant) {
        switch effect {
        case .readCauses(let id, let key, let requests, let within):
            asked(id, key, requests.map(\.attempt), within: within, at: time, by: now)
        // What has changed meanwhile is read first, within limits of its own.
        case .readDefinition(_, let pipeline), .readEvidence(_, let pipeline, _),
            .readExecution(_, let pipeline, _):
            for key in causes.waits.keys where key.pipeline == pipeline { causes.waits[key] = nil }
        case .matchPatterns:
            let end = now + CauseReads.matching
            for (key, wait) in causes.waits where wait.until < end && wait.matches < 3 {
                causes.waits[key]?.matches += 1
                causes.waits[key]?.until = end
            }
        // Another episode of the execution may begin, which knows only what the ledger has.
        case .recall(_, let key): causes.forget(key)
        case .recordIntent(_, let intent): causes.waits[intent.episode] = nil
        case .record(let writes):
            for case .episode(let record) in writes { judgeStored(record) }
        case .report(let report): noteReport(report)
        case .readState, .listExecutions, .listPipelines, .readPrecedents, .retry: break
        }
    }

    /// Services are asked of an episode's failures.
    private mutating func asked(
        _ call: CallID,
        _ key: EpisodeKey,
        _ attempts: [ActionExecutionID],
        within: Duration,
        at time: Int64,
        by now: Instant
    ) {
        if within.wholeMilliseconds > CauseReads.longest {
            blame(.causeDelay, "\(key) wants to wait \(within)")
        }
        let again = causes.ask(call, key, attempts, within: within, at: time)
        if let again { blame(.causeOnce, "\(key) asks again about \(again)") }
        // Of a failure that was reported before, nothing need be said once more.
        guard !causes.isCounted(attempts, of: key) else { return }
        let baseline = shown(key)?.stages[key.stage]?.baseline
        causes.waits[key] = CauseReads.Wait(baseline: baseline, until: now + within)
    }

    /// What the ledger is given of causes is what services told.
    private mutating func judgeStored(_ record: EpisodeRecord) {
        if record.outcome != nil { causes.forget(record.key) }
        guard let attempt = causes.misfit(of: record) else { return }
        blame(.causeStored, "\(attempt) of \(record.key)")
    }

    private mutating func noteReport(_ report: Report) {
        guard let key = report.episode else { return }
        causes.waits[key] = nil
        switch report {
        // That its service is still at it is said once, however often it is asked again.
        case .stageFailed, .retryDeferred(_, .providerRetries, _, _, _, _): break
        default: return
        }
        for poll in [shown(key), formerShown(key)] {
            let shown = poll?.stages[key.stage]?.baseline?.actionExecutions ?? []
            causes.count(shown, of: key)
        }
    }

    /// A failure of which services were asked is reported when their time is over, unless its stage
    /// has moved on.
    mutating func judgeCauses(at now: Instant) {
        for (key, wait) in causes.waits {
            if shown(key)?.stages[key.stage]?.baseline != wait.baseline {
                causes.waits[key] = nil
            } else if now >= wait.until {
                blame(.causeDelay, "\(key) still waits for a cause")
            }
        }
    }

    /// A service that cannot be asked is reported once.
    mutating func judgeCauseFailure(_ failure: CauseFailure, of target: TargetName) {
        if !causes.note(failure, of: target) {
            blame(.causeReport, "\(failure.service) of \(target) again")
        }
    }

    /// Whether a service told in time that a failed action's stack cannot be updated.
    func isStuck(_ truth: StageTruth, certainly: Bool) -> Bool {
        truth.failed.contains { run in
            causes.told[run.attempt].map { $0.isStuck && ($0.isCertain || !certainly) } == true
        }
    }

    /// Whether a service told in time that an input artifact of a failed action is gone.
    func lacksArtifact(_ truth: StageTruth, certainly: Bool) -> Bool {
        truth.failed.contains { run in
            causes.told[run.attempt].map { $0.lacksArtifact && ($0.isCertain || !certainly) }
                == true
        }
    }

    /// Whether the newest word of a service was that it is still at it.
    func isUnderWay(_ truth: StageTruth) -> Bool {
        truth.failed.contains { causes.told[$0.attempt]?.underWayAt != nil }
    }

    /// The same, where that came in time; a daemon that asks nobody any more waits a minute.
    func isRepeated(_ truth: StageTruth, isAsking: Bool, at time: Int64) -> Bool {
        truth.failed.contains { run in
            guard let told = causes.told[run.attempt], let answeredAt = told.underWayAt else {
                return false
            }
            return told.isCertain && (isAsking || time - answeredAt < CauseReads.again)
        }
    }

    /// The lines that the rules may have looked at beside CodePipeline's words; nil: none.
    ///
    /// What certainly came in time is one more text of the failure, and what did not may be.
    func lines(of attempt: ActionExecutionID) -> [String?] {
        guard let told = causes.told[attempt] else { return [nil] }
        return told.isCertain ? [told.line] : [nil, told.line]
    }
}

extension Report {
    /// The episode that it is about; nil: it is about none.
    fileprivate var episode: EpisodeKey? {
        switch self {
        case .stageFailed(let context, _), .retryScheduled(let context, _, _),
            .retryDeferred(let context, _, _, _, _, _), .retrySent(let context, _, _),
            .retryAccepted(let context, _, _), .retryRefused(let context, _, _, _),
            .retryUnknown(let context, _, _), .retryWithoutEffect(let context, _),
            .retryCost(let context, _, _, _),
            .retrySettled(let context, _, _), .wouldRetry(let context, _, _),
            .stageRecovered(let context, _, _), .retriesExhausted(let context, _, _, _),
            .stageNotRetried(let context, _, _, _, _), .stageSuperseded(let context, _, _),
            .stageRemoved(let context, _):
            context.key
        case .pipelineFound, .pipelineLost, .parallelRefused, .stagesUnmatched, .sourceFailed,
            .stageStuck, .executionFailed, .started, .stopping, .configLoaded, .configRejected,
            .targetDegraded, .targetRecovered, .targetDuplicate, .targetDistinct, .ledgerDegraded,
            .ledgerRecovered, .patternUnmatched, .executionsDenied, .throttled, .causeUnavailable,
            .throttlingOver, .pollingSlowed, .pollingKept, .outageHold, .outageOver, .paused,
            .resumed:
            nil
        }
    }
}
