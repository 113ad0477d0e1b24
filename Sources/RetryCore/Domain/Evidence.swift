package import Primitives

/// What actually ran in one pipeline execution: the answer of ListActionExecutions.
package enum Evidence: Hashable, Sendable {
    /// The rows of the execution, of all stages, with the attempts that the state shows.
    case rows([ActionRow])
    /// The rows still lack what the state shows after the longest wait; the text names what is
    /// missing.
    case lagging(String)
    /// The permission `codepipeline:ListActionExecutions` is missing.
    case denied
}

/// One row of ListActionExecutions: one attempt of one action.
package struct ActionRow: Hashable, Sendable {
    /// The stage that the action belongs to.
    package var stage: StageName
    /// The action and its attempt, with its error.
    package var action: ActionSnapshot
    /// `actionTypeId.category`, such as `Build`, `Approval`; nil when absent.
    package var category: ActionCategory?
    /// `actionTypeId.provider`, such as `CodeBuild`; nil when absent.
    package var provider: String?
    /// What the action does with a change set, by its configuration; nil when that does not say.
    package var changeSet: ChangeSetUse?
    /// When the attempt started.
    package var started: WallTime?
    /// The definition's version that this execution runs.
    package var pipelineVersion: Int?
    /// Where it ran; nil where no cause is read: it did not fail, or the provider has no service
    /// that could be asked.
    package var run: ActionRun?

    /// Creates a row.
    package init(
        stage: StageName,
        action: ActionSnapshot,
        category: ActionCategory? = nil,
        provider: String? = nil,
        changeSet: ChangeSetUse? = nil,
        started: WallTime? = nil,
        pipelineVersion: Int? = nil,
        run: ActionRun? = nil
    ) {
        self.run = run
        self.stage = stage
        self.action = action
        self.category = category
        self.provider = provider
        self.changeSet = changeSet
        self.started = started
        self.pipelineVersion = pipelineVersion
    }
}

/// A pipeline's definition as GetPipeline returns it, reduced to what a decision needs.
package struct PipelineDefinition: Hashable, Sendable {
    /// The definition's version.
    package var version: Int?
    /// How executions share the pipeline.
    package var executionMode: ExecutionMode
    /// The account, from `metadata.pipelineArn`; nil when absent.
    package var account: String?
    /// The ARN's partition, such as `aws`; nil when absent.
    package var partition: String?
    /// The stages by name.
    package var stages: [StageName: StageDefinition]

    /// Creates a definition.
    package init(
        version: Int?,
        executionMode: ExecutionMode,
        account: String? = nil,
        partition: String? = nil,
        stages: [StageName: StageDefinition]
    ) {
        self.version = version
        self.executionMode = executionMode
        self.account = account
        self.partition = partition
        self.stages = stages
    }
}

/// `ExecutionMode` of the API.
package enum ExecutionMode: Hashable, Sendable {
    /// A newer execution overtakes a waiting one; the default.
    case superseded
    /// Executions go one by one.
    case queued
    /// Executions run side by side and the pipeline has no state.
    case parallel
    /// A mode that the API model does not have.
    case unknown(String)
}

/// One stage of a definition.
package struct StageDefinition: Hashable, Sendable {
    /// `onFailure.result`; nil when absent: the stage simply fails, unless a condition decides
    /// otherwise.
    package var onFailure: FailureResult?
    /// `onFailure.conditions[].result` in their order: what CodePipeline does when one fails.
    package var failureConditions: [FailureResult]
    /// The actions by name.
    package var actions: [ActionName: ActionKind]

    /// Creates a stage.
    package init(
        onFailure: FailureResult? = nil,
        failureConditions: [FailureResult] = [],
        actions: [ActionName: ActionKind] = [:]
    ) {
        self.onFailure = onFailure
        self.failureConditions = failureConditions
        self.actions = actions
    }

    /// Everything that CodePipeline may do by itself when the stage fails, as written.
    package var reactions: [FailureResult] { [onFailure].compactMap(\.self) + failureConditions }
}

/// `Result` of the API: what CodePipeline itself does when a stage fails.
package enum FailureResult: Hashable, Sendable {
    /// It brings an older revision back.
    case rollback
    /// Nothing.
    case fail
    /// It retries once, immediately.
    case retry
    /// It skips the stage.
    case skip
    /// A result that the API model does not have.
    case unknown(String)
}

extension FailureResult {
    /// The result as the API writes it.
    var text: String {
        switch self {
        case .rollback: "ROLLBACK"
        case .fail: "FAIL"
        case .retry: "RETRY"
        case .skip: "SKIP"
        case .unknown(let result): result
        }
    }
}

/// An action in the definition: its `actionTypeId` and its position in the stage.
package struct ActionKind: Hashable, Sendable {
    /// Such as `Source`, `Build`, `Test`, `Deploy`, `Approval`, `Invoke`, `Compute`; nil when the
    /// answer does not say: then an approval cannot be ruled out.
    package var category: ActionCategory?
    /// Such as `CodeBuild`; nil when the answer does not say.
    package var provider: String?
    /// The declaration's `runOrder`, 1 to 999: actions with the same number run in parallel; nil
    /// when the answer does not say.
    package var runOrder: Int?
    /// How it uses a change set, by its configuration; nil when the configuration does not say.
    package var changeSet: ChangeSetUse?

    /// Creates a kind.
    package init(
        category: ActionCategory?,
        provider: String?,
        runOrder: Int? = nil,
        changeSet: ChangeSetUse? = nil
    ) {
        self.category = category
        self.provider = provider
        self.runOrder = runOrder
        self.changeSet = changeSet
    }
}

extension [ActionRow] {
    /// The newest attempt of each action of one stage, by name; of equally new ones the first,
    /// since AWS lists the newest first.
    var newestOfEach: [ActionRow] {
        var newest: [ActionName: ActionRow] = [:]
        for row in self {
            if let known = newest[row.action.name], row.age <= known.age { continue }
            newest[row.action.name] = row
        }
        return newest.values.sorted { $0.action.name < $1.action.name }
    }
}
