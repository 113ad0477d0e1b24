/// A report as the journal gets it.
package struct ReportEntry: Sendable {
    /// The kind of the entry.
    package let kind: ReportKind
    /// Its level: error when a person is needed, notice for a change.
    package let level: ReportLevel
    /// One line for people.
    package let message: String
    /// The fields that apply, RETRYD_EVENT first; values stay under 4 KiB.
    package let fields: [(ReportField, String)]

    /// Creates an entry; RETRYD_EVENT is added automatically.
    init(
        _ kind: ReportKind,
        _ level: ReportLevel,
        _ message: String,
        fields add: (inout FieldList) -> Void = { _ in }
    ) {
        self.kind = kind
        self.level = level
        self.message = message
        var fields = FieldList()
        fields.add(.event, kind.rawValue)
        add(&fields)
        self.fields = fields.list
    }
}

extension Report {
    /// The kind of the entry.
    package var kind: ReportKind { entry.kind }

    /// The level of the entry.
    package var level: ReportLevel { entry.level }

    /// One line for people.
    package var message: String { entry.message }

    /// The fields that apply.
    package var fields: [(ReportField, String)] { entry.fields }

    /// The report as the journal gets it; each event is in one of the `ReportEntry+` files.
    package var entry: ReportEntry {
        switch self {
        case .started(let a, let b, let c, let d, let e):
            .started(version: a, targets: b, pipelines: c, patterns: d, isDryRun: e)
        case .stopping(let why): .stopping(why)
        case .configLoaded(let path, let changes): .configLoaded(path: path, changes: changes)
        case .configRejected(let path, let errors): .configRejected(path: path, errors: errors)
        case .targetDegraded(let context, let failure): .targetDegraded(context, failure)
        case .targetRecovered(let context, let span): .targetRecovered(context, after: span)
        case .targetDuplicate(let context, let elder, let n):
            .targetDuplicate(context, of: elder, pipelines: n)
        case .targetDistinct(let context, let span): .targetDistinct(context, after: span)
        case .ledgerDegraded(let why): .ledgerDegraded(why)
        case .ledgerRecovered(let span): .ledgerRecovered(after: span)
        case .pipelineFound(let context, let again): .pipelineFound(context, again: again)
        case .pipelineLost(let context, let loss, let error): .pipelineLost(context, loss, error)
        case .parallelRefused(let context, let failure): .parallelRefused(context, failure)
        case .patternUnmatched(let context, let glob): .patternUnmatched(context, glob)
        case .stagesUnmatched(let a, let set, let has): .stagesUnmatched(a, set, has: has)
        case .sourceFailed(let context, let stage, let error): .sourceFailed(context, stage, error)
        case .stageStuck(let context, let stage, let run, let failure, let span):
            .stageStuck(context, stage, run, failure, since: span)
        case .executionFailed(let context, let execution, let summary):
            .executionFailed(context, execution, summary)
        case .executionsDenied(let context, let failure): .executionsDenied(context, failure)
        case .causeUnavailable(let context, let failure): .causeUnavailable(context, failure)
        case .throttled(let context, let rate): .throttled(context, rate: rate)
        case .throttlingOver(let context, let rate): .throttlingOver(context, rate: rate)
        case .pollingSlowed(let context, let demand): .pollingSlowed(context, demand)
        case .pollingKept(let context, let demand): .pollingKept(context, demand)
        case .stageFailed(let context, let failure): .stageFailed(context, failure)
        case .retryScheduled(let a, let plan, let error): .retryScheduled(a, plan, error)
        case .retryDeferred(let context, let reason, let until, let plan, let detail, let isError):
            .retryDeferred(context, reason, until: until, plan, detail: detail, isError: isError)
        case .retrySent(let context, let retry, let most): .retrySent(context, retry, limit: most)
        case .retryAccepted(let context, let intent, let id):
            .retryAccepted(context, intent, requestID: id)
        case .retryRefused(let context, let intent, let reason, let failure):
            .retryRefused(context, intent, reason, failure)
        case .retryUnknown(let context, let intent, let why): .retryUnknown(context, intent, why)
        case .retrySettled(let context, let intent, let tookEffect):
            .retrySettled(context, intent, tookEffect: tookEffect)
        case .retryWithoutEffect(let context, let intent): .retryWithoutEffect(context, intent)
        case .retryCost(let a, let b, let c, let cost): .retryCost(a, b, expected: c, cost)
        case .wouldRetry(let context, let plan, let failure): .wouldRetry(context, plan, failure)
        case .stageRecovered(let context, let count, let span):
            .stageRecovered(context, retries: count, after: span)
        case .retriesExhausted(let context, let reason, let count, let failure):
            .retriesExhausted(context, reason, retries: count, failure)
        case .stageNotRetried(let context, let why, let count, let failure, let text):
            .stageNotRetried(context, why, retries: count, failure, detail: text)
        case .stageSuperseded(let context, let other, let count):
            .stageSuperseded(context, by: other, retries: count)
        case .stageRemoved(let context, let count): .stageRemoved(context, retries: count)
        case .outageHold(let error, let n, let at): .outageHold(error, pipelines: n, nextProbe: at)
        case .outageOver(let error, let span): .outageOver(error, after: span)
        case .paused(let pause): .paused(pause)
        case .resumed(let scope, let uid): .resumed(scope, uid: uid)
        }
    }
}
