package import Primitives

/// One page of what ListActionExecutions answers, newest first.
package struct ActionExecutionPage: Hashable, Sendable, Decodable {
    /// The executions.
    package let actionExecutionDetails: [ActionExecutionDetail]
    /// What asks for the next page; absent on the last.
    package let nextToken: String?

    private enum CodingKeys: String, CodingKey {
        case actionExecutionDetails, nextToken
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        actionExecutionDetails = try members.needed(.actionExecutionDetails)
        nextToken = try members.value(.nextToken)
    }
}

/// One attempt of one action, with its pipeline execution (ActionExecutionDetail).
package struct ActionExecutionDetail: Hashable, Sendable, Decodable {
    /// The pipeline execution.
    package let pipelineExecutionId: String?
    /// The attempt's id, as in the pipeline's state.
    package let actionExecutionId: String?
    /// The version of the definition.
    package let pipelineVersion: Int?
    /// The stage.
    package let stageName: String?
    /// The action.
    package let actionName: String?
    /// When it began.
    package let startTime: WallTime?
    /// When it changed last.
    package let lastUpdateTime: WallTime?
    /// Who changed it last, as an ARN.
    package let updatedBy: String?
    /// How it stands.
    package let status: ActionExecutionStatus?
    /// What the action does and with what.
    package let actionTypeId: ActionTypeID?
    /// The action's configuration, such as the build project's name.
    package let configuration: [String: String]
    /// The Region that it ran in.
    package let region: String?
    /// What the provider says about its run.
    package let result: ActionExecutionResult?

    private enum CodingKeys: String, CodingKey {
        case pipelineExecutionId, actionExecutionId, pipelineVersion, stageName, actionName
        case startTime, lastUpdateTime, updatedBy, status, input, output
    }

    private struct Input: Decodable {
        let actionTypeId: ActionTypeID?
        let configuration: [String: String]
        let region: String?

        enum CodingKeys: String, CodingKey {
            case actionTypeId, configuration, region
        }

        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            actionTypeId = try members.value(.actionTypeId)
            configuration = try members.map(.configuration)
            region = try members.value(.region)
        }
    }

    private struct Output: Decodable {
        let executionResult: ActionExecutionResult?
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        pipelineExecutionId = try members.value(.pipelineExecutionId)
        actionExecutionId = try members.value(.actionExecutionId)
        pipelineVersion = try members.value(.pipelineVersion)
        stageName = try members.value(.stageName)
        actionName = try members.value(.actionName)
        startTime = try members.time(.startTime)
        lastUpdateTime = try members.time(.lastUpdateTime)
        updatedBy = try members.value(.updatedBy)
        status = try members.value(.status)
        let input = try members.value(.input, of: Input.self)
        actionTypeId = input?.actionTypeId
        configuration = input?.configuration ?? [:]
        region = input?.region
        result = try members.value(.output, of: Output.self)?.executionResult
    }
}

/// What a provider says about its run (ActionExecutionResult).
package struct ActionExecutionResult: Hashable, Sendable, Decodable {
    /// The id of the provider's own run.
    package let externalExecutionId: String?
    /// The provider's text.
    package let externalExecutionSummary: String?
    /// Where the run is shown.
    package let externalExecutionUrl: String?
    /// Why it failed.
    package let errorDetails: ErrorDetails?
    /// The log of a command action.
    package let logStreamARN: String?
}
