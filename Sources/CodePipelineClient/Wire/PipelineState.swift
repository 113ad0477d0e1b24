package import Primitives
package import WireFormats

extension Wire {
    /// The answer of GetPipelineState: every stage with its last execution.
    ///
    /// Members that nothing here uses are omitted. Each type is read in two ways that agree: from a
    /// decoder, and from a ``JSONReader``, which is many times faster.
    package struct PipelineState: Hashable, Sendable, Decodable {
        /// The pipeline's name.
        package private(set) var pipelineName: String?
        /// The version of the definition; counts up with every edit.
        package private(set) var pipelineVersion: Int?
        /// The stages in order.
        package private(set) var stageStates: [StageState] = []
        /// Whether the answer has `stageStates` at all; without it nothing is known about any
        /// stage.
        package private(set) var hasStages = false
        /// When the pipeline was created.
        package private(set) var created: WallTime?
        /// When its definition was last changed.
        package private(set) var updated: WallTime?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case pipelineName, pipelineVersion, stageStates, created, updated
        }

        private struct AnyStage: Decodable {}

        package init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            pipelineName = try members.value(.pipelineName)
            pipelineVersion = try members.value(.pipelineVersion)
            stageStates = try members.list(.stageStates)
            hasStages = try members.value(.stageStates, of: [AnyStage?].self) != nil
            created = try members.time(.created)
            updated = try members.time(.updated)
        }
    }
}

extension Wire.PipelineState: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    package init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .pipelineName: pipelineName = try reader.string()
            case .pipelineVersion: pipelineVersion = try reader.int()
            case .stageStates:
                hasStages = true
                stageStates = try reader.list()
            case .created: created = try reader.time()
            case .updated: updated = try reader.time()
            }
        }
    }
}
