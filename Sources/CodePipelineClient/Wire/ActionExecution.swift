package import Primitives
package import WireFormats

extension Wire {
    /// One attempt of an action (ActionExecution).
    ///
    /// The approval token is not kept: anyone who has it can approve.
    package struct ActionExecution: Hashable, Sendable, Decodable {
        /// The attempt's id; new with every attempt.
        package private(set) var actionExecutionId: String?
        /// Its status.
        package private(set) var status: ActionExecutionStatus?
        /// A text of the provider.
        package private(set) var summary: String?
        /// When the status changed; the only time that dates a failure.
        package private(set) var lastStatusChange: WallTime?
        /// The link to the provider's own run, such as a build.
        package private(set) var externalExecutionUrl: String?
        /// Why it failed.
        package private(set) var errorDetails: ErrorDetails?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case actionExecutionId, status, summary, lastStatusChange
            case externalExecutionUrl, errorDetails
        }

        package init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            actionExecutionId = try members.value(.actionExecutionId)
            status = try members.value(.status)
            summary = try members.value(.summary)
            lastStatusChange = try members.time(.lastStatusChange)
            externalExecutionUrl = try members.value(.externalExecutionUrl)
            errorDetails = try members.value(.errorDetails)
        }
    }
}

extension Wire.ActionExecution: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    package init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .actionExecutionId: actionExecutionId = try reader.string()
            case .status: status = try reader.name()
            case .summary: summary = try reader.string()
            case .lastStatusChange: lastStatusChange = try reader.time()
            case .externalExecutionUrl: externalExecutionUrl = try reader.string()
            case .errorDetails: errorDetails = try reader.value()
            }
        }
    }
}
