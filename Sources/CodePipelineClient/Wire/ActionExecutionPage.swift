package import WireFormats

extension Wire {
    /// One page of ListActionExecutions, newest first.
    package struct ActionExecutionPage: Hashable, Sendable, Decodable {
        /// The executions.
        package private(set) var actionExecutionDetails: [ActionExecutionDetail] = []
        /// The token for the next page; absent on the last.
        package private(set) var nextToken: String?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case actionExecutionDetails, nextToken
        }

        package init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            actionExecutionDetails = try members.needed(.actionExecutionDetails)
            nextToken = try members.value(.nextToken)
        }
    }
}

extension Wire.ActionExecutionPage: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    package init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var details: [Wire.ActionExecutionDetail]?
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .actionExecutionDetails: details = try reader.list()
            case .nextToken: nextToken = try reader.string()
            }
        }
        guard let details else { throw UnusualJSONError() }
        actionExecutionDetails = details
    }
}
