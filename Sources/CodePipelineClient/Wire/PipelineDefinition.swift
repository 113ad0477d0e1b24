package import Primitives

extension Wire {
    /// The answer of GetPipeline: the structure that the state lacks.
    package struct PipelineDefinition: Hashable, Sendable, Decodable {
        /// The pipeline's name.
        package let name: String?
        /// The version of the definition.
        package let version: Int?
        /// How its executions meet.
        package let executionMode: ExecutionMode?
        /// The stages in order.
        package let stages: [StageDeclaration]
        /// The pipeline's ARN.
        package let pipelineArn: String?
        /// When the pipeline was created.
        package let created: WallTime?
        /// When its definition was last changed.
        package let updated: WallTime?

        private enum CodingKeys: String, CodingKey {
            case pipeline, metadata
        }

        private enum PipelineKeys: String, CodingKey {
            case name, version, executionMode, stages
        }

        private enum MetadataKeys: String, CodingKey {
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
