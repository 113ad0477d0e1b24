extension Wire {
    /// One page of ListPipelineExecutions, newest first.
    package struct PipelineExecutionPage: Hashable, Sendable, Decodable {
        /// The executions.
        package let pipelineExecutionSummaries: [PipelineExecutionSummary]

        private enum CodingKeys: String, CodingKey {
            case pipelineExecutionSummaries
        }

        package init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            pipelineExecutionSummaries = try members.needed(.pipelineExecutionSummaries)
        }
    }
}
