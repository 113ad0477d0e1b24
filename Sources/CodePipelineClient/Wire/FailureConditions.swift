package import WireFormats

extension Wire {
    /// What a pipeline does itself when a stage fails (FailureConditions).
    package struct FailureConditions: Hashable, Sendable, Decodable {
        /// The reaction.
        package private(set) var result: FailureResult?
        /// Which actions its own retry repeats, by AWS's name.
        package private(set) var retryMode: String?
        /// The conditions, each with a reaction of its own.
        package private(set) var conditions: [FailureCondition] = []

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case result, retryConfiguration, conditions
        }

        fileprivate struct RetryConfiguration: Decodable {
            var retryMode: String?

            enum CodingKeys: String, CodingKey, CaseIterable {
                case retryMode
            }
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

extension Wire.FailureConditions: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    package init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .result: result = try reader.name()
            case .retryConfiguration:
                retryMode = try reader.value(of: RetryConfiguration.self).retryMode
            case .conditions: conditions = try reader.list()
            }
        }
    }
}

extension Wire.FailureConditions.RetryConfiguration: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    package init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .retryMode: retryMode = try reader.string()
            }
        }
    }
}
