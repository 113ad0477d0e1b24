package import Primitives
package import WireFormats

extension Wire {
    /// One attempt of one action, with its pipeline execution (ActionExecutionDetail).
    package struct ActionExecutionDetail: Hashable, Sendable, Decodable {
        /// The pipeline execution.
        package private(set) var pipelineExecutionId: String?
        /// The attempt's id, as in the pipeline's state.
        package private(set) var actionExecutionId: String?
        /// The version of the definition.
        package private(set) var pipelineVersion: Int?
        /// The stage.
        package private(set) var stageName: String?
        /// The action.
        package private(set) var actionName: String?
        /// When it began.
        package private(set) var startTime: WallTime?
        /// When it changed last.
        package private(set) var lastUpdateTime: WallTime?
        /// Its status.
        package private(set) var status: ActionExecutionStatus?
        /// The category and provider of the action.
        package private(set) var actionTypeId: ActionTypeID?
        /// The action's configuration, such as the build project's name.
        package private(set) var configuration: [String: String] = [:]
        /// The Region that it ran in.
        package private(set) var region: String?
        /// The provider's result of its run.
        package private(set) var result: ActionExecutionResult?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case pipelineExecutionId, actionExecutionId, pipelineVersion, stageName, actionName
            case startTime, lastUpdateTime, status, input, output
        }

        fileprivate struct Input: Decodable {
            var actionTypeId: ActionTypeID?
            var configuration: [String: String] = [:]
            var region: String?

            enum CodingKeys: String, CodingKey, CaseIterable {
                case actionTypeId, configuration, region
            }

            init(from decoder: any Decoder) throws {
                let members = try decoder.container(keyedBy: CodingKeys.self)
                actionTypeId = try members.value(.actionTypeId)
                configuration = try members.map(.configuration)
                region = try members.value(.region)
            }
        }

        fileprivate struct Output: Decodable {
            var executionResult: ActionExecutionResult?

            enum CodingKeys: String, CodingKey, CaseIterable {
                case executionResult
            }
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

extension Wire.ActionExecutionDetail: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    package init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .pipelineExecutionId: pipelineExecutionId = try reader.string()
            case .actionExecutionId: actionExecutionId = try reader.string()
            case .pipelineVersion: pipelineVersion = try reader.int()
            case .stageName: stageName = try reader.string()
            case .actionName: actionName = try reader.string()
            case .startTime: startTime = try reader.time()
            case .lastUpdateTime: lastUpdateTime = try reader.time()
            case .status: status = try reader.name()
            case .input: take(try reader.value())
            case .output: result = try reader.value(of: Output.self).executionResult
            }
        }
    }

    private mutating func take(_ input: Input) {
        actionTypeId = input.actionTypeId
        configuration = input.configuration
        region = input.region
    }
}

extension Wire.ActionExecutionDetail.Input: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    package init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .actionTypeId: actionTypeId = try reader.value()
            case .configuration: configuration = try reader.map()
            case .region: region = try reader.string()
            }
        }
    }
}

extension Wire.ActionExecutionDetail.Output: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    package init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .executionResult: executionResult = try reader.value()
            }
        }
    }
}
