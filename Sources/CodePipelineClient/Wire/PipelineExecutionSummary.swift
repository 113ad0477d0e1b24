package import Primitives

extension Wire {
    /// One execution as a whole (PipelineExecutionSummary).
    package struct PipelineExecutionSummary: Hashable, Sendable, Decodable {
        /// The execution.
        package let pipelineExecutionId: String?
        /// Its status as a whole.
        package let status: PipelineExecutionStatus?
        /// A text about the status.
        package let statusSummary: String?
        /// When it began.
        package let startTime: WallTime?
        /// When it changed last.
        package let lastUpdateTime: WallTime?
        /// How this execution meets others.
        package let executionMode: ExecutionMode?
        /// Its purpose.
        package let executionType: ExecutionType?
        /// Whether a source gave it a revision.
        package let hasSourceRevisions: Bool

        private enum CodingKeys: String, CodingKey {
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
