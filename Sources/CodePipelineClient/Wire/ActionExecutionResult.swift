package import WireFormats

extension Wire {
    /// A provider's result of its run (ActionExecutionResult).
    package struct ActionExecutionResult: Hashable, Sendable, Decodable {
        /// The provider's text.
        package private(set) var externalExecutionSummary: String?
        /// Where the run is shown.
        package private(set) var externalExecutionUrl: String?
        /// Why it failed.
        package private(set) var errorDetails: ErrorDetails?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case externalExecutionSummary, externalExecutionUrl, errorDetails
        }
    }
}

extension Wire.ActionExecutionResult: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    package init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .externalExecutionSummary: externalExecutionSummary = try reader.string()
            case .externalExecutionUrl: externalExecutionUrl = try reader.string()
            case .errorDetails: errorDetails = try reader.value()
            }
        }
    }
}
