import Primitives

/// One stage as GetPipelineState shows it.
package struct StageSnapshot: Hashable, Sendable {
    /// The stage's name.
    package var name: StageName
    /// The execution that reached the stage last; nil when none ever did.
    package var latest: StageExecution?
    /// The executions that wait to enter the stage and still can; never ``latest`` itself.
    package var inbound: [ExecutionID]
    /// Whether executions may enter the stage; true when the answer does not say.
    package var transitionEnabled: Bool
    /// The actions, which may show an older execution than ``latest``.
    package var actions: [ActionSnapshot]
    /// The results of the stage's conditions.
    package var conditions: StageConditions
    /// How often the stage was retried in its latest execution.
    package var counters: RetryCounters

    /// Creates a snapshot; everything but the name defaults to a stage that never ran.
    package init(
        name: StageName,
        latest: StageExecution? = nil,
        inbound: [ExecutionID] = [],
        transitionEnabled: Bool = true,
        actions: [ActionSnapshot] = [],
        conditions: StageConditions = StageConditions(),
        counters: RetryCounters = RetryCounters()
    ) {
        self.name = name
        self.latest = latest
        self.inbound = inbound
        self.transitionEnabled = transitionEnabled
        self.actions = actions
        self.conditions = conditions
        self.counters = counters
    }

    /// The values of which a retry must change at least one to have taken effect.
    package var baseline: StageBaseline {
        StageBaseline(
            manualRetries: counters.manual,
            actionExecutions: Set(actions.compactMap(\.executionID)),
            lastStatusChange: actions.compactMap(\.lastStatusChange).max()
        )
    }
}

/// `RetryStageMetadata` of the API; zero where it is absent.
package struct RetryCounters: Hashable, Sendable {
    /// Retries by onFailure RETRY: 0 or 1.
    package var automatic: Int
    /// Retries by RetryStageExecution, no matter who called it.
    package var manual: Int

    /// Creates counters; both default to zero.
    package init(automatic: Int = 0, manual: Int = 0) {
        self.automatic = automatic
        self.manual = manual
    }

    /// Counts the retries in a history, which does not tell whose each was: of a stage with
    /// onFailure RETRY the first is CodePipeline's own.
    init(of retries: Int, retriesItself: Bool) {
        automatic = retriesItself ? min(1, retries) : 0
        manual = retries - automatic
    }

    /// The same retries with those that were counted before as they were counted: whose they were
    /// does not change when the definition does.
    func following(_ known: RetryCounters) -> RetryCounters {
        let all = automatic + manual
        guard known.automatic + known.manual > 0 else { return self }
        let isLater = all > known.automatic + known.manual
        let own = isLater ? max(known.automatic, automatic) : min(known.automatic, all)
        return RetryCounters(automatic: own, manual: all - own)
    }
}
