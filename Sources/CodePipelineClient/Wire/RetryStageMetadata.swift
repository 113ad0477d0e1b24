package import WireFormats

extension Wire {
    /// How often a stage was repeated in its execution (RetryStageMetadata).
    package struct RetryStageMetadata: Hashable, Sendable, Decodable {
        /// Repetitions by the stage's own configuration; at most one is allowed.
        package private(set) var autoStageRetryAttempt: Int?
        /// Repetitions by RetryStageExecution, by whomever.
        package private(set) var manualStageRetryAttempt: Int?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case autoStageRetryAttempt, manualStageRetryAttempt
        }
    }
}

extension Wire.RetryStageMetadata: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    package init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .autoStageRetryAttempt: autoStageRetryAttempt = try reader.int()
            case .manualStageRetryAttempt: manualStageRetryAttempt = try reader.int()
            }
        }
    }
}
