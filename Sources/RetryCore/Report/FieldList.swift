import Primitives

/// Collects fields; nil and empty values are omitted, long ones cut.
struct FieldList {
    /// journalctl shows values of 4096 bytes and more as null unless asked for all.
    static let longestValue = 4095

    private(set) var list: [(ReportField, String)] = []

    mutating func add(_ field: ReportField, _ value: String?) {
        guard let value, !value.isEmpty else { return }
        list.append((field, value.cut(toUTF8: FieldList.longestValue)))
    }

    mutating func add(_ context: TargetContext) {
        add(.target, context.target.text)
        add(.region, context.region)
    }

    mutating func add(_ context: PipelineContext) {
        add(context.key, region: context.region, account: context.account)
    }

    private mutating func add(_ key: PipelineKey, region: String, account: String?) {
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
        add(plan.cost)
    }

    mutating func add(_ cost: RetryCost?) {
        add(.costMinutes, cost.map { "\($0.minutes)" })
        add(.costMoney, cost.map { RetryCost.money($0.price) })
    }

    mutating func add(_ intent: Intent) {
        add(.rule, intent.rule?.text)
        add(.mode, intent.mode.rawValue)
        add(.retry, "\(intent.number)")
        add(.awsOperation, AWSOperation.retryStageExecution.name)
    }

    mutating func add(_ failure: FailureFacts) {
        add(.action, failure.action?.text)
        add(.errorCode, failure.code)
        add(.errorMessage, failure.message)
        add(.fingerprint, failure.fingerprint?.text)
        add(.url, failure.url)
        if let cause = failure.cause { add(cause) }
    }

    private mutating func add(_ cause: RootCause) {
        add(.causeProvider, cause.provider)
        add(.causePhase, cause.phase)
        add(.causeCode, cause.code ?? cause.deploymentCode)
        add(.causeLine, cause.line)
        add(.causeURL, cause.url)
    }

    mutating func add(_ failure: CallFailure) {
        if !list.contains(where: { $0.0 == .awsOperation }) {
            add(.awsOperation, failure.operationName)
        }
        add(.awsError, failure.code)
        add(.awsRequestID, failure.requestID)
    }
}
