package import WireFormats

extension Wire {
    /// One page of ListPipelineExecutions, newest first.
    package struct PipelineExecutionPage: Hashable, Sendable, Decodable {
        /// The executions.
        package private(set) var pipelineExecutionSummaries: [PipelineExecutionSummary] = []

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case pipelineExecutionSummaries
        }

        package init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            pipelineExecutionSummaries = try members.needed(.pipelineExecutionSummaries)
        }
    }
}

extension Wire.PipelineExecutionPage: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    package init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var summaries: [Wire.PipelineExecutionSummary]?
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .pipelineExecutionSummaries: summaries = try reader.list()
            }
        }
        guard let summaries else { throw UnusualJSONError() }
        pipelineExecutionSummaries = summaries
    }
}
