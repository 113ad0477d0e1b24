package import WireFormats

extension Wire {
    /// A provider's result of its run (ActionExecutionResult).
    package struct ActionExecutionResult: Hashable, Sendable, Decodable {
        /// The id of the run in the provider.
        package private(set) var externalExecutionId: String?
        /// The provider's text.
        package private(set) var externalExecutionSummary: String?
        /// Where the run is shown.
        package private(set) var externalExecutionUrl: String?
        /// Why it failed.
        package private(set) var errorDetails: ErrorDetails?
        /// The log stream of a Commands action.
        package private(set) var logStreamARN: String?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case externalExecutionId, externalExecutionSummary, externalExecutionUrl
            case errorDetails, logStreamARN
        }
    }
}

extension Wire.ActionExecutionResult: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    package init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .externalExecutionId: externalExecutionId = try reader.string()
            case .externalExecutionSummary: externalExecutionSummary = try reader.string()
            case .externalExecutionUrl: externalExecutionUrl = try reader.string()
            case .errorDetails: errorDetails = try reader.value()
            case .logStreamARN: logStreamARN = try reader.string()
            }
        }
    }
}
