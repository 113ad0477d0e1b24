package import Primitives
package import WireFormats

extension Wire {
    /// One execution as a whole (PipelineExecutionSummary).
    package struct PipelineExecutionSummary: Hashable, Sendable, Decodable {
        /// The execution.
        package private(set) var pipelineExecutionId: String?
        /// Its status as a whole.
        package private(set) var status: PipelineExecutionStatus?
        /// A text about the status.
        package private(set) var statusSummary: String?
        /// When it began.
        package private(set) var startTime: WallTime?
        /// When it changed last.
        package private(set) var lastUpdateTime: WallTime?
        /// How this execution meets others.
        package private(set) var executionMode: ExecutionMode?
        /// Its purpose.
        package private(set) var executionType: ExecutionType?
        /// Whether a source gave it a revision.
        package private(set) var hasSourceRevisions: Bool = false

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case pipelineExecutionId, status, statusSummary, startTime, lastUpdateTime
            case executionMode, executionType, sourceRevisions
        }

        /// A revision, of which only counts that there is one.
        private struct Revision: Decodable {}

        package init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            pipelineExecutionId = try members.value(.pipelineExecutionId)
            status = try members.value(.status)
            statusSummary = try members.value(.statusSummary)
            startTime = try members.time(.startTime)
            lastUpdateTime = try members.time(.lastUpdateTime)
            executionMode = try members.value(.executionMode)
            executionType = try members.value(.executionType)
            hasSourceRevisions = try !members.list(.sourceRevisions, of: Revision.self).isEmpty
        }
    }
}

extension Wire.PipelineExecutionSummary: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    package init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .pipelineExecutionId: pipelineExecutionId = try reader.string()
            case .status: status = try reader.name()
            case .statusSummary: statusSummary = try reader.string()
            case .startTime: startTime = try reader.time()
            case .lastUpdateTime: lastUpdateTime = try reader.time()
            case .executionMode: executionMode = try reader.name()
            case .executionType: executionType = try reader.name()
            case .sourceRevisions: hasSourceRevisions = try reader.hasElements()
            }
        }
    }
}
