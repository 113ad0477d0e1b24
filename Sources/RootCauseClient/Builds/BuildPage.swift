import WireFormats

/// The answer of BatchGetBuilds.
struct BuildPage: JSONReadable, Hashable, Sendable {
    private(set) var builds: [Build] = []

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case builds
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .builds: builds = try reader.list()
            }
        }
    }
}

/// The answer of BatchGetBuildBatches.
struct BuildBatchPage: JSONReadable, Hashable, Sendable {
    private(set) var buildBatches: [BuildBatch] = []

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case buildBatches
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .buildBatches: buildBatches = try reader.list()
            }
        }
    }
}
