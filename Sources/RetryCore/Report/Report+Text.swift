extension Report {
    /// What the entry is about.
    package var kind: ReportKind {
        switch self {
        case .started: .started
        case .stopping: .stopping
        case .configLoaded: .configLoaded
        case .configRejected: .configRejected
        case .targetDegraded, .targetDuplicate, .ledgerDegraded, .executionsDenied:
            .targetDegraded
        case .targetRecovered, .targetDistinct, .ledgerRecovered: .targetRecovered
        case .pipelineFound: .pipelineFound
        case .pipelineLost: .pipelineLost
        case .pipelineUnsupported: .pipelineUnsupported
        case .patternUnmatched, .stagesUnmatched: .configUnmatched
        case .sourceFailed: .sourceFailed
        case .stageStuck: .stageStuck
        case .executionFailed: .executionFailed
        case .throttled, .throttlingOver: .throttled
        case .pollingSlowed, .pollingKept: .pollingSlowed
        case .stageFailed: .stageFailed
        case .retryScheduled: .retryScheduled
        case .retryDeferred: .retryDeferred
        case .retrySent: .retrySent
        case .retryAccepted: .retryAccepted
        case .retryRefused: .retryRefused
        case .retryUnknown: .retryUnknown
        case .retrySettled: .retrySettled
        case .retryWithoutEffect: .retryWithoutEffect
        case .wouldRetry: .wouldRetry
        case .stageRecovered: .stageRecovered
        case .retriesExhausted: .retriesExhausted
        case .stageLeft: .stageLeft
        case .stageSuperseded: .stageSuperseded
        case .stageGone: .stageGone
        case .outageHold: .outageHold
        case .outageOver: .outageOver
        case .paused: .paused
        case .resumed: .resumed
        }
    }

    /// How loud the entry is: what needs a person is an error, what changed a notice.
    package var level: ReportLevel {
        switch self {
        case .configRejected: .error
        case .retryRefused(_, _, let reason, _):
            switch reason {
            case .accessDenied, .invalidRequest: .error
            case .busy, .executionLimit, .throttled: .info
            case _: .warning
            }
        case .stageLeft(_, .invalidRequest, _, _, _),
            .retryDeferred(_, _, _, _, _, isError: true):
            .error
        case .pipelineLost(_, .accessDenied, _): .error
        case .targetDegraded(_, let failure):
            failure.kind == .accessDenied || failure.kind == .credentials ? .error : .warning
        case .ledgerDegraded, .targetDuplicate: .error
        case .patternUnmatched, .stagesUnmatched, .pipelineLost, .pipelineUnsupported,
            .sourceFailed, .stageStuck, .throttled,
            .pollingSlowed, .retryUnknown,
            .retryWithoutEffect, .retriesExhausted, .outageHold, .executionFailed:
            .warning
        case .started, .stopping, .configLoaded, .targetRecovered, .targetDistinct,
            .ledgerRecovered, .stageFailed, .retrySent, .stageRecovered, .stageLeft, .wouldRetry,
            .outageOver,
            .paused, .resumed, .stageSuperseded, .stageGone:
            .notice
        case .pipelineFound, .throttlingOver, .pollingKept, .retryScheduled, .retryDeferred,
            .retryAccepted,
            .retrySettled, .executionsDenied:
            .info
        }
    }

    /// One line for people.
    package var message: String {
        switch self {
        case .started, .stopping, .configLoaded, .configRejected: serviceMessage
        case .targetDegraded, .targetRecovered, .targetDuplicate, .targetDistinct,
            .ledgerDegraded, .ledgerRecovered,
            .pipelineFound, .pipelineLost, .pipelineUnsupported, .sourceFailed, .stageStuck,
            .throttled, .throttlingOver, .pollingSlowed, .pollingKept:
            watchMessage
        case .executionFailed, .executionsDenied, .patternUnmatched, .stagesUnmatched:
            outsideMessage
        case .retrySent, .retryAccepted, .retryRefused, .retryUnknown, .retrySettled,
            .retryWithoutEffect:
            callMessage
        case .stageFailed, .retryScheduled, .retryDeferred, .wouldRetry: waitMessage
        case .stageRecovered, .retriesExhausted, .stageLeft, .stageSuperseded, .stageGone:
            outcomeMessage
        case .outageHold, .outageOver, .paused, .resumed: brakeMessage
        }
    }

    private var serviceMessage: String {
        switch self {
        case .started(let version, let targets, let pipelines, let patterns, let isDryRun):
            "pipeline-retryd \(version) started: \(counted(targets, "target")), "
                + "\(counted(pipelines, "pipeline")) by name"
                + (patterns > 0 ? ", others by \(counted(patterns, "pattern"))" : "")
                + (isDryRun ? "; dry run: nothing is retried" : "")
        case .stopping(let why): "stopping: \(why)"
        case .configLoaded(let path, let changes):
            "\(path) is in force"
                + (changes.isEmpty ? "" : ": " + changes.joined(separator: "; "))
        case .configRejected(let path, let faults):
            "\(path) was refused; a daemon that runs keeps its former configuration, and a restart "
                + "would fail: " + faults.joined(separator: "; ")
        case _: ""
        }
    }

    private var watchMessage: String {
        switch self {
        case .targetDegraded(let context, let failure):
            "\(context.place): \(failure.sentence); "
                + "it is tried again without end"
        case .targetRecovered(let context, let span):
            "\(context.place) answers again, after \(span.shortText)"
        case .targetDuplicate(let context, let elder, let pipelines):
            "\(context.place) is the same account and Region as "
                + "target \(elder): \(counted(pipelines, "pipeline")) in both "
                + (pipelines == 1 ? "is" : "are") + " retried by \(elder) only"
        case .targetDistinct(let context, let span):
            "\(context.place) shares no pipeline with another target "
                + "any more, after \(span.shortText)"
        case .ledgerDegraded(let why):
            "\(why) Watching goes on."
        case .ledgerRecovered(let span): "the ledger takes writes again, after \(span.shortText)"
        case .pipelineFound(let context, let again):
            "\(context.key): " + (again ? "is back and is watched" : "found and watched")
        case .pipelineLost(let context, let loss, let failure):
            "\(context.key): \(loss.sentence) (\(failure.sentence)); "
                + (failure.operation == "ListPipelines"
                    ? "watched again when ListPipelines shows it" : "looked at every 10m")
        case .pipelineUnsupported(let context):
            "\(context.key): its executionMode is PARALLEL, which has no state to act on; "
                + "it is not retried until the mode changes"
        case .sourceFailed(let context, let stage, let failure):
            "\(context.key): source action \(failure.action?.text ?? "") of stage \(stage) can not "
                + "look for a new revision, so that no execution starts: \(failure.said)"
        case .stageStuck(let context, let stage, let execution, let failure, let span):
            "\(context.key) stage \(stage): InProgress for \(span.shortText) with nothing left to "
                + "run in execution \(execution), action \(failure.action?.text ?? "") failed: "
                + "\(failure.said); stop the execution or start another"
        case .throttled(let context, let rate):
            "\(context.place): AWS limits the rate; down to "
                + "\(rate.shortText) requests/s"
        case .throttlingOver(let context, let rate):
            "\(context.place): back at \(rate.shortText) requests/s"
        case .pollingSlowed(let context, let demand):
            "\(context.place): \(demand.text) on the average"
        case .pollingKept(let context, let demand):
            "\(context.place): \(demand.text)"
        case _: ""
        }
    }

    private var outsideMessage: String {
        switch self {
        case .executionFailed(let context, let execution, let summary):
            "\(context.key): execution \(execution) failed and no stage shows it"
                + (summary.map { ": \($0.prefix(300))" } ?? "; AWS gives no reason")
                + " (no retry can help: mend the cause and start a new execution)"
        case .executionsDenied(let context, let failure):
            "\(context.place): \(failure.sentence); executions that fail before any stage are not "
                + "seen, everything else goes on; it is tried again every "
                + "\(Timing.accessDenied.shortText)"
        case .patternUnmatched(let context, let glob):
            "\(context.place): no pipeline matches \"\(glob)\" of the config file; "
                + "the next list may show one"
        case .stagesUnmatched(let context, let stages, let known):
            "\(context.key): the config file sets \(stages.listed), and the pipeline has no such "
                + "stage; it has \(known.listed)"
        case _: ""
        }
    }

    private var callMessage: String {
        switch self {
        case .retrySent(let context, let intent, let limit):
            "\(context.place): retry \(intent.number) of \(limit) sent (\(intent.mode.rawValue))"
        case .retryAccepted(let context, let intent, _):
            "\(context.place): retry \(intent.number) accepted"
        case .retryRefused(let context, let intent, .accessDenied, let failure):
            "\(context.place): retry \(intent.number) refused: \(failure.sentence). Allow "
                + "codepipeline:RetryStageExecution on \(context.stageARN) (a policy on the "
                + "pipeline's ARN is not enough)"
        case .retryRefused(let context, let intent, _, let failure):
            "\(context.place): retry \(intent.number) refused: \(failure.sentence)"
        case .retryUnknown(let context, let intent, let why):
            "\(context.place): retry \(intent.number) may or may not have been executed "
                + "(\(why)); it counts, and the state is read to find out"
        case .retrySettled(let context, let intent, let tookEffect):
            "\(context.place): retry \(intent.number) "
                + (tookEffect
                    ? "was executed after all"
                    : "shows no sign of effect; it counts all the same")
        case .retryWithoutEffect(let context, let intent):
            "\(context.place): AWS accepted retry \(intent.number) and nothing moved within "
                + "\(Timing.effect.shortText); it counts"
        case _: ""
        }
    }

    private var waitMessage: String {
        switch self {
        case .stageFailed(let context, let failure):
            "\(context.place) failed: \(failure.sentence)"
        case .retryScheduled(let context, let plan, _):
            "\(context.place): \(plan.sentence) due \(plan.due.rfc3339)"
        case .retryDeferred(let context, let reason, let until, _, let detail, _):
            "\(context.place): waits, \(reason.sentence)" + parenthesis(detail)
                + "; looked at again by \(until.rfc3339)"
        case .wouldRetry(let context, let plan, _):
            "\(context.place): would send \(plan.sentence) due \(plan.due.rfc3339); "
                + "dry run or shadow: nothing is sent"
        case _: ""
        }
    }

    private var outcomeMessage: String {
        switch self {
        case .stageRecovered(let context, let retries, let span):
            "\(context.place) recovered after \(counted(retries, "retry", "retries")), "
                + "\(span.shortText) after it first failed"
        case .retriesExhausted(let context, let reason, let retries, let failure):
            "\(context.place) given up after \(counted(retries, "retry", "retries")): "
                + "\(reason.sentence). Last error: \(failure.sentence)"
        case .stageLeft(let context, let reason, _, _, let detail):
            "\(context.place) left alone: \(reason.sentence)" + parenthesis(detail)
        case .stageSuperseded(let context, let other, let retries):
            "\(context.place): "
                + (other.map { "execution \($0) took the stage" }
                    ?? "another execution took the stage")
                + ", after \(counted(retries, "retry", "retries"))"
        case .stageGone(let context, _): "\(context.place): the stage or pipeline is gone"
        case _: ""
        }
    }

    private var brakeMessage: String {
        switch self {
        case .outageHold(let fingerprint, let pipelines, let next):
            "the same error on \(counted(pipelines, "pipeline")) holds all of them; one is "
                + "tried at \(next.rfc3339): \(fingerprint)"
        case .outageOver(let fingerprint, let span):
            "the hold of \(span.shortText) is over, retries are let go one by one: "
                + "\(fingerprint)"
        case .paused(let pause):
            "paused \(pause.scope) by uid \(pause.uid)"
                + (pause.until.map { " until \($0.rfc3339)" } ?? " until resumed")
                + ": \(pause.reason)"
        case .resumed(let scope, let uid):
            "resumed \(scope) " + (uid.map { "by uid \($0)" } ?? "by itself")
        case _: ""
        }
    }
}

extension TargetContext {
    /// `target prod (eu-west-1)`, the beginning of every sentence on a target.
    var place: String {
        "target \(target) (\(region.isEmpty ? "Region not known yet" : region))"
    }
}

extension EpisodeContext {
    /// `target/pipeline stage Deploy`, the beginning of every sentence on an episode.
    var place: String { "\(key.pipeline) stage \(key.stage)" }
}

extension CallFailure {
    /// Operation, code and message as one part of a sentence.
    package var sentence: String {
        let what = message.isEmpty ? "\(kind)" : message
        let isSaid = code.map { what.hasPrefix($0) } ?? true
        return "\(operation): " + (isSaid ? "" : "\(code ?? ""): ") + what
    }
}

extension FailureFacts {
    /// Action, code and message as one part of a sentence.
    var sentence: String {
        guard let action else { return "no failed action" }
        let what = message.map { ": \($0.prefix(300))" } ?? ""
        return "action \(action)" + (code.map { " \($0)" } ?? "") + what
    }
}

extension RetryPlan {
    /// `retry 2 of 5 (FAILED_ACTIONS, rule queue full)`.
    var sentence: String {
        "retry \(number) of \(limit) (\(mode.rawValue)"
            + (rule.map { ", rule \($0)" } ?? "") + ")"
    }
}

private func parenthesis(_ detail: String) -> String {
    detail.isEmpty ? "" : " (\(detail))"
}

private func counted(_ count: Int, _ one: String, _ many: String? = nil) -> String {
    "\(count) \(count == 1 ? one : many ?? one + "s")"
}

extension FailureFacts {
    /// The code and the text, as far as there are any.
    fileprivate var said: String {
        let parts = [code, message].compactMap { $0?.isEmpty == false ? $0 : nil }
        return parts.isEmpty ? "AWS gives no error" : parts.joined(separator: ": ")
    }
}

extension [StageName] {
    /// `Build, Deploy`, as far as a line has room.
    fileprivate var listed: String {
        prefix(20).map(\.text).joined(separator: ", ")
            + (count > 20 ? " and \(count - 20) more" : "")
    }
}
