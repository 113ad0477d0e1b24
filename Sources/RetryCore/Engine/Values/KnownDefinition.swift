/// A pipeline's definition as far as it is known.
enum KnownDefinition: Hashable, Sendable {
    /// Not read yet, or outdated.
    case unread
    /// Read.
    case read(PackedDefinition)
    /// The permission `codepipeline:GetPipeline` is missing.
    case denied

    /// Whether it has to be read.
    var isUnread: Bool {
        switch self {
        case .unread: true
        case .read, .denied: false
        }
    }

    /// The version of the definition, where it was read.
    var version: Int? {
        switch self {
        case .read(let packed): packed.version
        case .unread, .denied: nil
        }
    }

    /// Whether it was read and has a stage of this name.
    func hasStage(_ name: StageName) -> Bool {
        switch self {
        case .read(let packed): packed.hasStage(name)
        case .unread, .denied: false
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
