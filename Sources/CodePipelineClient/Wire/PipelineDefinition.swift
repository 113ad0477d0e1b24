package import Primitives
package import WireFormats

extension Wire {
    /// The answer of GetPipeline: the structure that the state lacks.
    package struct PipelineDefinition: Hashable, Sendable, Decodable {
        /// The pipeline's name.
        package private(set) var name: String?
        /// The version of the definition.
        package private(set) var version: Int?
        /// How its executions meet.
        package private(set) var executionMode: ExecutionMode?
        /// The stages in order.
        package private(set) var stages: [StageDeclaration] = []
        /// The pipeline's ARN.
        package private(set) var pipelineArn: String?
        /// When the pipeline was created.
        package private(set) var created: WallTime?
        /// When its definition was last changed.
        package private(set) var updated: WallTime?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case pipeline, metadata
        }

        private enum PipelineKeys: String, CodingKey, CaseIterable {
            case name, version, executionMode, stages
        }

        private enum MetadataKeys: String, CodingKey, CaseIterable {
            case pipelineArn, created, updated
        }

        package init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            let pipeline = try members.nestedContainer(
                keyedBy: PipelineKeys.self,
                forKey: .pipeline
            )
            name = try pipeline.value(.name)
            version = try pipeline.value(.version)
            executionMode = try pipeline.value(.executionMode)
            stages = try pipeline.needed(.stages)
            let metadata =
                members.contains(.metadata)
                ? try members.nestedContainer(keyedBy: MetadataKeys.self, forKey: .metadata) : nil
            pipelineArn = try metadata?.value(.pipelineArn)
            created = try metadata?.time(.created)
            updated = try metadata?.time(.updated)
        }
    }
}

extension Wire.PipelineDefinition: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)
    private static let pipelineMembers = JSONMembers(of: PipelineKeys.self)
    private static let metadataMembers = JSONMembers(of: MetadataKeys.self)

    package init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        var (hasPipeline, hasMetadata) = (false, false)
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .pipeline:
                hasPipeline = true
                try readPipeline(&reader)
            case .metadata:
                hasMetadata = true
                try readMetadata(&reader)
            }
        }
        // For the general decoder it is an error when the metadata is null, and none when absent.
        guard hasPipeline, hasMetadata else { throw UnusualJSONError() }
    }

    private mutating func readPipeline(_ reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        var hasStages = false
        while let member = try reader.member(Self.pipelineMembers, &cursor) {
            switch member {
            case .name: name = try reader.string()
            case .version: version = try reader.int()
            case .executionMode: executionMode = try reader.name()
            case .stages:
                hasStages = true
                stages = try reader.list()
            }
        }
        guard hasStages else { throw UnusualJSONError() }
    }

    private mutating func readMetadata(_ reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.metadataMembers, &cursor) {
            switch member {
            case .pipelineArn: pipelineArn = try reader.string()
            case .created: created = try reader.time()
            case .updated: updated = try reader.time()
            }
        }
    }
}
