extension Wire {
    /// One page of what ListPipelines answers.
    package struct PipelinePage: Hashable, Sendable, Decodable {
        /// The pipelines.
        package let pipelines: [PipelineSummary]
        /// What asks for the next page; absent on the last.
        package let nextToken: String?

        private enum CodingKeys: String, CodingKey {
            case pipelines, nextToken
        }

        package init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            pipelines = try members.needed(.pipelines)
            nextToken = try members.value(.nextToken)
        }
    }
}
