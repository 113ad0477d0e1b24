/// A pipeline's definition as far as it is known.
enum KnownDefinition: Hashable, Sendable {
    /// Not read yet, or outdated.
    case unread
    /// Read.
    case read(PackedDefinition)
    /// The permission `codepipeline:GetPipeline` is missing.
    case denied

    /// The version of the definition, where it was read.
    var version: Int? {
        switch self {
        case .read(let packed): packed.version
        case .unread, .denied: nil
        }
    }

    /// The definition, where it was read.
    var value: PipelineDefinition? {
        switch self {
        case .read(let packed): packed.definition
        case .unread, .denied: nil
        }
    }
}
