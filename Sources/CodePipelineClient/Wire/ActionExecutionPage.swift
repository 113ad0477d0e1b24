extension Wire {
    /// One page of ListActionExecutions, newest first.
    package struct ActionExecutionPage: Hashable, Sendable, Decodable {
        /// The executions.
        package let actionExecutionDetails: [ActionExecutionDetail]
        /// The token for the next page; absent on the last.
        package let nextToken: String?

        private enum CodingKeys: String, CodingKey {
            case actionExecutionDetails, nextToken
        }

        package init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            actionExecutionDetails = try members.needed(.actionExecutionDetails)
            nextToken = try members.value(.nextToken)
        }
    }
}
