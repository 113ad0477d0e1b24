package import Primitives

/// What GetPipeline answers: the structure that the state lacks.
package struct PipelineDefinition: Hashable, Sendable, Decodable {
    /// The pipeline's name.
    package let name: String?
    /// The version of the definition.
    package let version: Int?
    /// How its executions meet.
    package let executionMode: ExecutionMode?
    /// The pipeline's generation.
    package let pipelineType: PipelineType?
    /// The stages in order.
    package let stages: [StageDeclaration]
    /// The pipeline's ARN.
    package let pipelineArn: String?
    /// When the pipeline was created.
    package let created: WallTime?
    /// When its definition was last changed.
    package let updated: WallTime?

    private enum CodingKeys: String, CodingKey {
        case pipeline, metadata
    }

    private enum PipelineKeys: String, CodingKey {
        case name, version, executionMode, pipelineType, stages
    }

    private enum MetadataKeys: String, CodingKey {
        case pipelineArn, created, updated
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        let pipeline = try members.nestedContainer(keyedBy: PipelineKeys.self, forKey: .pipeline)
        name = try pipeline.value(.name)
        version = try pipeline.value(.version)
        executionMode = try pipeline.value(.executionMode)
        pipelineType = try pipeline.value(.pipelineType)
        stages = try pipeline.needed(.stages)
        let metadata =
            members.contains(.metadata)
            ? try members.nestedContainer(keyedBy: MetadataKeys.self, forKey: .metadata) : nil
        pipelineArn = try metadata?.value(.pipelineArn)
        created = try metadata?.time(.created)
        updated = try metadata?.time(.updated)
    }
}

/// One stage of a definition (StageDeclaration).
package struct StageDeclaration: Hashable, Sendable, Decodable {
    /// The stage's name.
    package let name: String?
    /// Its actions in order.
    package let actions: [ActionDeclaration]
    /// What the pipeline does itself when the stage fails.
    package let onFailure: FailureConditions?

    private enum CodingKeys: String, CodingKey {
        case name, actions, onFailure
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        name = try members.value(.name)
        actions = try members.list(.actions)
        onFailure = try members.value(.onFailure)
    }
}

/// What a pipeline does itself when a stage fails (FailureConditions).
package struct FailureConditions: Hashable, Sendable, Decodable {
    /// The reaction.
    package let result: FailureResult?
    /// Which actions its own retry repeats, by AWS's name.
    package let retryMode: String?
    /// The conditions, each with a reaction of its own.
    package let conditions: [FailureCondition]

    private enum CodingKeys: String, CodingKey {
        case result, retryConfiguration, conditions
    }

    private struct RetryConfiguration: Decodable {
        let retryMode: String?
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        result = try members.value(.result)
        retryMode = try members.value(.retryConfiguration, of: RetryConfiguration.self)?.retryMode
        conditions = try members.list(.conditions)
    }
}

/// One condition of a stage's failure (Condition).
package struct FailureCondition: Hashable, Sendable, Decodable {
    /// What the pipeline does when the condition is not met.
    package let result: FailureResult?
}

/// One action of a definition (ActionDeclaration).
package struct ActionDeclaration: Hashable, Sendable, Decodable {
    /// The action's name.
    package let name: String?
    /// What it does and with what.
    package let actionTypeId: ActionTypeID?
    /// Actions of one number run at once; default 1.
    package let runOrder: Int?
    /// The Region that it runs in, where it is not the pipeline's.
    package let region: String?
    /// Its own time limit in minutes.
    package let timeoutInMinutes: Int?
    /// What its configuration says of change sets; nothing else of it is kept.
    package let configuration: ChangeSetConfiguration?
}

/// The keys of an action's configuration that are about CloudFormation's change sets.
package struct ChangeSetConfiguration: Hashable, Sendable, Decodable {
    /// What the action does, such as `CHANGE_SET_EXECUTE`.
    package let actionMode: String?
    /// The change set that it makes or executes.
    package let changeSetName: String?
    /// The stack that it works on.
    package let stackName: String?

    private enum CodingKeys: String, CodingKey {
        case actionMode = "ActionMode"
        case changeSetName = "ChangeSetName"
        case stackName = "StackName"
    }

    /// Picks the keys out of a configuration as ListActionExecutions gives it.
    package init(_ configuration: [String: String]) {
        actionMode = configuration[CodingKeys.actionMode.rawValue]
        changeSetName = configuration[CodingKeys.changeSetName.rawValue]
        stackName = configuration[CodingKeys.stackName.rawValue]
    }
}

/// What an action does and with what (ActionTypeId).
package struct ActionTypeID: Hashable, Sendable, Decodable {
    /// The kind of work.
    package let category: ActionCategory?
    /// Who makes the provider.
    package let owner: ActionOwner?
    /// The provider, such as `CodeBuild` or `Manual`.
    package let provider: String?
    /// The version of the action type.
    package let version: String?
}
