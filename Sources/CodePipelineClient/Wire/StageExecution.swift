package import WireFormats

extension Wire {
    /// An execution in a stage or before it (StageExecution).
    package struct StageExecution: Hashable, Sendable, Decodable {
        /// The pipeline execution.
        package private(set) var pipelineExecutionId: String?
        /// Its status in this stage.
        package private(set) var status: StageExecutionStatus?
        /// Its purpose; absent in old answers.
        package private(set) var type: ExecutionType?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case pipelineExecutionId, status, type
        }
    }
}

extension Wire.StageExecution: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    package init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .pipelineExecutionId: pipelineExecutionId = try reader.string()
            case .status: status = try reader.name()
            case .type: type = try reader.name()
            }
        }
    }
}
