extension Wire {
    /// What a pipeline does itself when a stage fails (FailureConditions).
    package struct FailureConditions: Hashable, Sendable, Decodable {
        /// The reaction.
        package let result: FailureResult?
        /// Which actions its own retry repeats, by AWS's name.
        package let retryMode: String?
        /// The conditions, each with a reaction of its own.
        package let conditions: [FailureCondition]

        private enum CodingKeys: String, CodingKey {
            case result, retryConfiguration, conditions
        }

        private struct RetryConfiguration: Decodable {
            let retryMode: String?
        }

        package init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            result = try members.value(.result)
            retryMode = try members.value(.retryConfiguration, of: RetryConfiguration.self)?
                .retryMode
            conditions = try members.list(.conditions)
        }
    }
}
