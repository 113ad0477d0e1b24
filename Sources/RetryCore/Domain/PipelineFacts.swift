package import Primitives

/// What one GetPipelineState answer says of a pipeline.
package struct PipelineSnapshot: Hashable, Sendable {
    /// The definition's current version; nil when the answer lacks it.
    package var version: Int?
    /// When the pipeline was created; nil when the answer lacks it.
    package var created: WallTime?
    /// The stages in the pipeline's order.
    package var stages: [StageSnapshot]

    /// Makes a snapshot of its parts.
    package init(version: Int?, created: WallTime? = nil, stages: [StageSnapshot]) {
        self.version = version
        self.created = created
        self.stages = stages
    }

    /// Which pipeline it is of, and which definition.
    var edition: PipelineEdition { PipelineEdition(version: version, created: created) }
}

/// What tells one definition of a pipeline from another, and the pipeline from an older one of its
/// name.
struct PipelineEdition: Hashable, Sendable {
    /// The definition's version; an answer may lack it.
    var version: Int?
    /// When the pipeline was created; an answer may lack it.
    var created: WallTime?

    /// Whether a stage, or what ran in it, may be gone since an older answer.
    ///
    /// A stage goes only with another version, its executions only with the pipeline.
    func explainsLoss(since older: PipelineEdition) -> Bool {
        if let version, version != older.version { return true }
        guard let created, let before = older.created else { return false }
        return created != before
    }
}

/// What GetPipelineState says of one stage.
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
    /// What the stage's conditions did.
    package var conditions: StageConditions
    /// How often the stage was retried in its latest execution.
    package var counters: RetryCounters

    /// Makes a snapshot; everything but the name defaults to what a stage that never ran shows.
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

    /// What a retry must change to have taken effect.
    package var mark: StateMark {
        StateMark(
            manualRetries: counters.manual,
            actionExecutions: Set(actions.compactMap(\.executionID)),
            lastStatusChange: actions.compactMap(\.lastStatusChange).max()
        )
    }
}

/// `StageState.latestExecution`.
package struct StageExecution: Hashable, Sendable {
    /// The pipeline execution.
    package var id: ExecutionID
    /// The stage's status in it.
    package var status: StageStatus
    /// Whether it is a rollback; standard when the answer lacks it.
    package var type: ExecutionType

    /// Makes an execution of its parts.
    package init(id: ExecutionID, status: StageStatus, type: ExecutionType = .standard) {
        self.id = id
        self.status = status
        self.type = type
    }
}

/// `StageExecutionStatus` of the API.
package enum StageStatus: Hashable, Sendable {
    /// The definition was updated before the stage could finish.
    case cancelled
    /// An action runs, or the stage is between two actions.
    case inProgress
    /// An action or a condition failed.
    case failed
    /// Somebody stopped the execution.
    case stopped
    /// Somebody asked for a stop, which is under way.
    case stopping
    /// All actions succeeded.
    case succeeded
    /// A condition or onFailure SKIP passed the stage over.
    case skipped
    /// A status that the API model does not have.
    case unknown(String)
}

/// `ExecutionType` of the API.
package enum ExecutionType: Hashable, Sendable {
    /// An ordinary run.
    case standard
    /// A run that brings an older revision back.
    case rollback
    /// A type that the API model does not have.
    case unknown(String)
}

/// What a stage's conditions did in its latest execution, by their place in the stage.
package struct StageConditions: Hashable, Sendable {
    /// `beforeEntryConditionState`: they decide whether an execution may enter.
    package var beforeEntry: ConditionState
    /// `onSuccessConditionState`: they decide whether all that succeeded is a success.
    package var onSuccess: ConditionState
    /// `onFailureConditionState`: they decide what CodePipeline does about a failure.
    package var onFailure: ConditionState

    /// Makes conditions; all default to none.
    package init(
        beforeEntry: ConditionState = .none,
        onSuccess: ConditionState = .none,
        onFailure: ConditionState = .none
    ) {
        self.beforeEntry = beforeEntry
        self.onSuccess = onSuccess
        self.onFailure = onFailure
    }

    /// Every place by the name that the API gives it, in the order of a stage's run.
    package var all: [(place: String, state: ConditionState)] {
        [("beforeEntry", beforeEntry), ("onSuccess", onSuccess), ("onFailure", onFailure)]
    }
}

/// What the conditions of one place of a stage did, taken together.
package enum ConditionState: Hashable, Sendable {
    /// There are none, or all succeeded or were overridden.
    case none
    /// One is being evaluated.
    case inProgress
    /// One failed, errored, or was cancelled or abandoned.
    case failed
    /// A status that the API model does not have.
    case unknown(String)
}

/// `RetryStageMetadata` of the API; zero where it is absent.
package struct RetryCounters: Hashable, Sendable {
    /// Retries by onFailure RETRY: 0 or 1.
    package var automatic: Int
    /// Retries by RetryStageExecution, whoever called it.
    package var manual: Int

    /// Makes counters; both default to zero.
    package init(automatic: Int = 0, manual: Int = 0) {
        self.automatic = automatic
        self.manual = manual
    }
}

/// `ActionState.latestExecution` with the action's name.
package struct ActionSnapshot: Hashable, Sendable {
    /// The action's name.
    package var name: ActionName
    /// This attempt; nil when the action never ran.
    package var executionID: ActionExecutionID?
    /// The attempt's status; nil when the action never ran.
    package var status: ActionStatus?
    /// The only time in the answer that dates a failure.
    package var lastStatusChange: WallTime?
    /// `errorDetails.code`: an open set of words, mostly `JobFailed`.
    package var code: String?
    /// `errorDetails.message`, up to 5,000 characters.
    package var message: String?
    /// The attempt's summary, up to 2,048 characters.
    package var summary: String?
    /// Where a person can look: `externalExecutionUrl`.
    package var url: String?

    /// Makes a snapshot of an action; everything but the name may be absent.
    package init(
        name: ActionName,
        executionID: ActionExecutionID? = nil,
        status: ActionStatus? = nil,
        lastStatusChange: WallTime? = nil,
        code: String? = nil,
        message: String? = nil,
        summary: String? = nil,
        url: String? = nil
    ) {
        self.name = name
        self.executionID = executionID
        self.status = status
        self.lastStatusChange = lastStatusChange
        self.code = code
        self.message = message
        self.summary = summary
        self.url = url
    }
}

/// `ActionExecutionStatus` of the API.
package enum ActionStatus: Hashable, Sendable {
    /// It runs, or waits for an approval.
    case inProgress
    /// A stop gave it up; it may still run at its provider.
    case abandoned
    /// It did its work.
    case succeeded
    /// It failed, was rejected or timed out.
    case failed
    /// A status that the API model does not have.
    case unknown(String)
}

/// The state of a stage as it was before a retry: what verifying compares with.
package struct StateMark: Hashable, Sendable {
    /// `manualStageRetryAttempt`, 0 when absent.
    package var manualRetries: Int
    /// The attempts that the stage's actions showed.
    package var actionExecutions: Set<ActionExecutionID>
    /// The latest `lastStatusChange` of the stage's actions.
    package var lastStatusChange: WallTime?

    /// Makes a mark of its parts.
    package init(
        manualRetries: Int,
        actionExecutions: Set<ActionExecutionID>,
        lastStatusChange: WallTime?
    ) {
        self.manualRetries = manualRetries
        self.actionExecutions = actionExecutions
        self.lastStatusChange = lastStatusChange
    }
}
