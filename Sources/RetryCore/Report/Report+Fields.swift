extension Report {
    /// The fields that apply, RETRYD_EVENT first; values stay under 4 KiB.
    package var fields: [(ReportField, String)] {
        var fields = FieldList()
        fields.add(.event, kind.rawValue)
        addSubject(to: &fields)
        addDetails(to: &fields)
        return fields.list
    }

    private func addSubject(to fields: inout FieldList) {
        switch self {
        case .targetDegraded(let context, _), .targetRecovered(let context, _),
            .targetDuplicate(let context, _, _), .targetDistinct(let context, _),
            .throttled(let context, _), .throttlingOver(let context, _),
            .pollingSlowed(let context, _), .pollingKept(let context, _),
            .executionsDenied(let context, _), .patternUnmatched(let context, _):
            fields.add(.target, context.target.text)
            fields.add(.region, context.region)
        case .pipelineFound(let context, _), .pipelineLost(let context, _, _),
            .pipelineUnsupported(let context), .stagesUnmatched(let context, _, _):
            fields.add(context.key, region: context.region, account: context.account)
        case .sourceFailed(let context, let stage, _):
            fields.add(context.key, region: context.region, account: context.account)
            fields.add(.stage, stage.text)
        case .stageStuck(let context, let stage, let execution, _, _):
            fields.add(context.key, region: context.region, account: context.account)
            fields.add(.stage, stage.text)
            fields.add(.executionID, execution.text)
        case .executionFailed(let context, let execution, _):
            fields.add(context.key, region: context.region, account: context.account)
            fields.add(.executionID, execution.text)
        case .stageFailed(let context, _), .retryScheduled(let context, _, _),
            .retryDeferred(let context, _, _, _, _, _), .retrySent(let context, _, _),
            .retryAccepted(let context, _, _), .retryRefused(let context, _, _, _),
            .retryUnknown(let context, _, _), .retrySettled(let context, _, _),
            .retryWithoutEffect(let context, _), .wouldRetry(let context, _, _),
            .stageRecovered(let context, _, _), .retriesExhausted(let context, _, _, _),
            .stageLeft(let context, _, _, _, _), .stageSuperseded(let context, _, _),
            .stageGone(let context, _):
            fields.add(context)
        case .paused(let pause): fields.add(pause.scope)
        case .resumed(let scope, _): fields.add(scope)
        case .started, .stopping, .configLoaded, .configRejected, .ledgerDegraded,
            .ledgerRecovered, .outageHold, .outageOver:
            break
        }
    }

    private func addDetails(to fields: inout FieldList) {
        switch self {
        case .targetDegraded(_, let failure), .executionsDenied(_, let failure):
            fields.add(failure)
        case .executionFailed(_, _, let summary): fields.add(.errorMessage, summary)
        case .targetRecovered(_, let span), .targetDistinct(_, let span),
            .ledgerRecovered(let span):
            fields.add(.elapsed, span.microseconds)
        case .targetDuplicate: fields.add(.reason, Reason.duplicateTarget.rawValue)
        case .ledgerDegraded: fields.add(.reason, Reason.ledgerUnavailable.rawValue)
        case .pipelineLost(_, let loss, let failure):
            fields.add(.reason, loss.rawValue)
            fields.add(failure)
        case .stageFailed(_, let failure), .sourceFailed(_, _, let failure):
            fields.add(failure)
        case .stageStuck(_, _, _, let failure, let span):
            fields.add(failure)
            fields.add(.elapsed, span.microseconds)
        case .retryScheduled(_, let plan, let failure), .wouldRetry(_, let plan, let failure):
            fields.add(plan)
            fields.add(failure)
        case .retryDeferred(_, let reason, _, let plan, _, _):
            fields.add(.reason, reason.rawValue)
            if let plan { fields.add(plan) }
        case .outageHold(let fingerprint, _, let next):
            fields.add(.reason, Reason.outageHold.rawValue)
            fields.add(.fingerprint, fingerprint.text)
            fields.add(.due, next.rfc3339)
        case .outageOver(let fingerprint, let span):
            fields.add(.fingerprint, fingerprint.text)
            fields.add(.elapsed, span.microseconds)
        case .retrySent, .retryAccepted, .retryRefused, .retryUnknown, .retrySettled,
            .retryWithoutEffect:
            addCall(to: &fields)
        case .stageRecovered, .retriesExhausted, .stageLeft, .stageSuperseded, .stageGone:
            addOutcome(to: &fields)
        case .started, .stopping, .configLoaded, .configRejected, .pipelineFound,
            .patternUnmatched, .stagesUnmatched, .pipelineUnsupported, .throttled, .throttlingOver,
            .pollingSlowed, .pollingKept,
            .paused, .resumed:
            break
        }
    }

    private func addCall(to fields: inout FieldList) {
        switch self {
        case .retrySent(_, let intent, let limit):
            fields.add(intent)
            fields.add(.maxRetries, "\(limit)")
        case .retryAccepted(_, let intent, let requestID):
            fields.add(intent)
            fields.add(.awsRequestID, requestID)
        case .retryRefused(_, let intent, let reason, let failure):
            fields.add(intent)
            fields.add(.reason, reason.rawValue)
            fields.add(failure)
        case .retryUnknown(_, let intent, _), .retrySettled(_, let intent, _),
            .retryWithoutEffect(_, let intent):
            fields.add(intent)
        case _: break
        }
    }

    private func addOutcome(to fields: inout FieldList) {
        switch self {
        case .stageRecovered(_, let retries, let span):
            fields.add(.outcome, Outcome.recovered.rawValue)
            fields.add(.retry, "\(retries)")
            fields.add(.elapsed, span.microseconds)
        case .retriesExhausted(_, let reason, let retries, let failure):
            fields.add(.outcome, Outcome.exhausted.rawValue)
            fields.add(.reason, reason.rawValue)
            fields.add(.retry, "\(retries)")
            fields.add(failure)
        case .stageLeft(_, let reason, let retries, let failure, _):
            fields.add(.outcome, Outcome.left.rawValue)
            fields.add(.reason, reason.rawValue)
            fields.add(.retry, "\(retries)")
            fields.add(failure)
        case .stageSuperseded(_, _, let retries):
            fields.add(.outcome, Outcome.superseded.rawValue)
            fields.add(.retry, "\(retries)")
        case .stageGone(_, let retries):
            fields.add(.outcome, Outcome.gone.rawValue)
            fields.add(.retry, "\(retries)")
        case _: break
        }
    }
}

/// Collects fields; nil and empty values are left out, long ones cut.
private struct FieldList {
    /// journalctl shows values of 4096 bytes and more as null unless asked for all.
    static let longestValue = 4095

    private(set) var list: [(ReportField, String)] = []

    mutating func add(_ field: ReportField, _ value: String?) {
        guard let value, !value.isEmpty else { return }
        list.append((field, value.cut(toUTF8: FieldList.longestValue)))
    }

    mutating func add(_ key: PipelineKey, region: String, account: String?) {
        add(.target, key.target.text)
        add(.region, region)
        add(.account, account)
        add(.pipeline, key.pipeline.text)
    }

    mutating func add(_ context: EpisodeContext) {
        add(context.key.pipeline, region: context.region, account: context.account)
        add(.stage, context.key.stage.text)
        add(.executionID, context.key.execution.text)
        add(.policy, context.policy.text)
    }

    mutating func add(_ scope: PauseScope) {
        add(.target, scope.target?.text)
        add(.pipeline, scope.pipeline?.text)
        add(.stage, scope.stage?.text)
    }

    mutating func add(_ plan: RetryPlan) {
        add(.rule, plan.rule?.text)
        add(.mode, plan.mode.rawValue)
        add(.retry, "\(plan.number)")
        add(.maxRetries, "\(plan.limit)")
        add(.due, plan.due.rfc3339)
    }

    mutating func add(_ intent: Intent) {
        add(.rule, intent.rule?.text)
        add(.mode, intent.mode.rawValue)
        add(.retry, "\(intent.number)")
        add(.awsOperation, "RetryStageExecution")
    }

    mutating func add(_ failure: FailureFacts) {
        add(.action, failure.action?.text)
        add(.errorCode, failure.code)
        add(.errorMessage, failure.message)
        add(.fingerprint, failure.fingerprint?.text)
        add(.url, failure.url)
    }

    mutating func add(_ failure: CallFailure) {
        if !list.contains(where: { $0.0 == .awsOperation }) {
            add(.awsOperation, failure.operation)
        }
        add(.awsError, failure.code)
        add(.awsRequestID, failure.requestID)
    }
}

extension Duration {
    fileprivate var microseconds: String {
        let (seconds, attoseconds) = clamped.components
        return "\(seconds * 1_000_000 + attoseconds / 1_000_000_000_000)"
    }
}

extension String {
    /// The text cut to so many bytes of UTF-8, between two characters.
    package func cut(toUTF8 limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(startIndex, offsetBy: limit)
        while end > startIndex, end.samePosition(in: unicodeScalars) == nil {
            end = utf8.index(before: end)
        }
        return String(self[..<end])
    }
}
