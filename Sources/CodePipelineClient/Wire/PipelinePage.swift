extension Wire {
    /// One page of ListPipelines.
    package struct PipelinePage: Hashable, Sendable, Decodable {
        /// The pipelines.
        package let pipelines: [PipelineSummary]
        /// The token for the next page; absent on the last.
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
