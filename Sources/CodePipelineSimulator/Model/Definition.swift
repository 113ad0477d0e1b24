extension ServiceModel {
    /// How executions of one pipeline share its stages (API enum ExecutionMode).
    package enum ExecutionMode: String, Hashable, Sendable, CaseIterable {
        /// A newer execution replaces one that waits in front of a stage.
        case superseded = "SUPERSEDED"
        /// Executions wait in line.
        case queued = "QUEUED"
        /// Executions do not see each other; the pipeline has no state.
        case parallel = "PARALLEL"
    }

    /// The actions that a retry runs again (API enum StageRetryMode).
    package enum RetryMode: String, Hashable, Sendable, CaseIterable {
        /// The failed actions only.
        case failedActions = "FAILED_ACTIONS"
        /// The stage from its first action.
        case allActions = "ALL_ACTIONS"
    }

    /// The kind of an action (API enum ActionCategory).
    package enum Category: String, Hashable, Sendable, CaseIterable {
        /// Reads a revision.
        case source = "Source"
        /// Builds.
        case build = "Build"
        /// Deploys.
        case deploy = "Deploy"
        /// Tests.
        case test = "Test"
        /// Calls a function or state machine.
        case invoke = "Invoke"
        /// Waits for a person.
        case approval = "Approval"
        /// Runs commands.
        case compute = "Compute"
    }

    /// A stage's own reaction to its failure (API shape FailureConditions).
    package enum OnFailure: Hashable, Sendable {
        /// One automatic retry in the given mode.
        case retry(RetryMode)
        /// A new execution of type ROLLBACK.
        case rollback
        /// The stage becomes Skipped and the execution continues.
        case skip
        /// The stage stays failed, as without any condition.
        case fail

        /// The name in API enum Result.
        package var result: String {
            switch self {
            case .retry: "RETRY"
            case .rollback: "ROLLBACK"
            case .skip: "SKIP"
            case .fail: "FAIL"
            }
        }
    }

    /// The effect of a failed stage condition (API enum Result, the values for conditions).
    ///
    /// The user guide has SKIP for beforeEntry and ROLLBACK for the others; the API takes both
    /// everywhere.
    package enum ConditionResult: String, Hashable, Sendable, CaseIterable {
        /// The stage fails, or stays failed.
        case fail = "FAIL"
        /// The stage is skipped.
        case skip = "SKIP"
        /// The stage fails and is rolled back.
        case rollback = "ROLLBACK"
    }

    /// Where a stage has conditions.
    package enum ConditionPlace: Hashable, Sendable, CaseIterable {
        /// Before the first action.
        case beforeEntry
        /// After the last action.
        case onSuccess
        /// After the failure of an action.
        case onFailure
    }

    /// One action of a stage.
    package struct Action: Hashable, Sendable {
        /// The name, unique in the stage.
        package var name: String
        /// The category.
        package var category: Category
        /// `AWS`, `ThirdParty` or `Custom`.
        package var owner: String
        /// The provider, such as `CodeBuild`.
        package var provider: String
        /// The version of the action type.
        package var version: String
        /// Actions of one run order start together; 1 to 999.
        package var runOrder: Int
        /// How long the action may run; nil: as long as it likes.
        package var timeout: Duration?
        /// The configuration map.
        package var configuration: [String: String]

        /// Creates an action; by default one of AWS CodeBuild.
        package init(
            name: String,
            category: Category = .build,
            owner: String = "AWS",
            provider: String = "CodeBuild",
            version: String = "1",
            runOrder: Int = 1,
            timeout: Duration? = nil,
            configuration: [String: String] = [:]
        ) {
            self.name = name
            self.category = category
            self.owner = owner
            self.provider = provider
            self.version = version
            self.runOrder = runOrder
            self.timeout = timeout
            self.configuration = configuration
        }
    }

    /// One stage of a pipeline.
    package struct Stage: Hashable, Sendable {
        /// The name, unique in the pipeline.
        package var name: String
        /// The automatic behaviour on failure; nil: none.
        package var onFailure: OnFailure?
        /// The effect of a failed entry condition; nil: there is no such condition.
        package var beforeEntry: ConditionResult?
        /// The effect of a failed success condition; nil: there is no such condition.
        package var onSuccess: ConditionResult?
        /// The effect of a failed condition of onFailure; nil: there is no such condition.
        package var failureCondition: ConditionResult?
        /// The actions.
        package var actions: [Action]

        /// Creates a stage.
        package init(
            name: String,
            onFailure: OnFailure? = nil,
            beforeEntry: ConditionResult? = nil,
            onSuccess: ConditionResult? = nil,
            failureCondition: ConditionResult? = nil,
            actions: [Action]
        ) {
            self.name = name
            self.onFailure = onFailure
            self.beforeEntry = beforeEntry
            self.onSuccess = onSuccess
            self.failureCondition = failureCondition
            self.actions = actions
        }
    }

    /// One version of a pipeline's definition.
    package struct Definition: Hashable, Sendable {
        /// The pipeline's name.
        package var name: String
        /// How executions share the stages.
        package var executionMode: ExecutionMode
        /// `V1` or `V2`.
        package var pipelineType: String
        /// The service role's ARN.
        package var roleARN: String
        /// The stages in order.
        package var stages: [Stage]
        /// The declaration as a caller of UpdatePipeline wrote it, returned verbatim.
        package var declaration: JSON?

        /// Creates a definition.
        package init(
            name: String,
            executionMode: ExecutionMode = .superseded,
            pipelineType: String = "V2",
            roleARN: String = "arn:aws:iam::111122223333:role/pipeline",
            stages: [Stage],
            declaration: JSON? = nil
        ) {
            self.name = name
            self.executionMode = executionMode
            self.pipelineType = pipelineType
            self.roleARN = roleARN
            self.stages = stages
            self.declaration = declaration
        }

        func stageIndex(_ name: String) -> Int? {
            stages.firstIndex { $0.name == name }
        }
    }
}
