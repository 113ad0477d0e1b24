package import Primitives

extension Wire {
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
        /// Its status.
        package let status: ActionExecutionStatus?
        /// The category and provider of the action.
        package let actionTypeId: ActionTypeID?
        /// The action's configuration, such as the build project's name.
        package let configuration: [String: String]
        /// The Region that it ran in.
        package let region: String?
        /// The provider's result of its run.
        package let result: ActionExecutionResult?

        private enum CodingKeys: String, CodingKey {
            case pipelineExecutionId, actionExecutionId, pipelineVersion, stageName, actionName
            case startTime, lastUpdateTime, status, input, output
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
            status = try members.value(.status)
            let input = try members.value(.input, of: Input.self)
            actionTypeId = input?.actionTypeId
            configuration = input?.configuration ?? [:]
            region = input?.region
            result = try members.value(.output, of: Output.self)?.executionResult
        }
    }
}
