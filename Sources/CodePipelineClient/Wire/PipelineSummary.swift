package import Primitives

extension Wire {
    /// One pipeline of an account and Region (PipelineSummary).
    package struct PipelineSummary: Hashable, Sendable, Decodable {
        /// The pipeline's name.
        package let name: String?
        /// The version of the definition.
        package let version: Int?
        /// How its executions meet.
        package let executionMode: ExecutionMode?
        /// When the pipeline was created.
        package let created: WallTime?
        /// When its definition was last changed.
        package let updated: WallTime?

        private enum CodingKeys: String, CodingKey {
            case name, version, executionMode, created, updated
        }

        package init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            name = try members.value(.name)
            version = try members.value(.version)
            executionMode = try members.value(.executionMode)
            created = try members.time(.created)
            updated = try members.time(.updated)
        }
    }
}
