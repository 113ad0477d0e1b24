import WireFormats

extension Wire {
    /// The answer of GetPipelineExecution.
    package struct PipelineExecution: Hashable, Sendable, Decodable {
        /// The pipeline's name.
        package private(set) var pipelineName: String?
        /// The execution.
        package private(set) var pipelineExecutionId: String?
        /// The version of the definition that it runs.
        package private(set) var pipelineVersion: Int?
        /// Its status as a whole.
        package private(set) var status: PipelineExecutionStatus?
        /// A text about the status.
        package private(set) var statusSummary: String?
        /// How this execution meets others.
        package private(set) var executionMode: ExecutionMode?
        /// Its purpose.
        package private(set) var executionType: ExecutionType?
        /// Whether a source gave it a revision.
        package private(set) var hasSourceRevisions: Bool = false

        private enum AnswerKeys: String, CodingKey, CaseIterable {
            case pipelineExecution
        }

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case pipelineName, pipelineExecutionId, pipelineVersion, status, statusSummary
            case executionMode, executionType, artifactRevisions
        }

        /// A revision, of which only counts that there is one.
        private struct Revision: Decodable {}

        package init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: AnswerKeys.self)
                .nestedContainer(keyedBy: CodingKeys.self, forKey: .pipelineExecution)
            pipelineName = try members.value(.pipelineName)
            pipelineExecutionId = try members.value(.pipelineExecutionId)
            pipelineVersion = try members.value(.pipelineVersion)
            status = try members.value(.status)
            statusSummary = try members.value(.statusSummary)
            executionMode = try members.value(.executionMode)
            executionType = try members.value(.executionType)
            hasSourceRevisions = try !members.list(.artifactRevisions, of: Revision.self).isEmpty
        }
    }
}
