/// One value of the config file, with aliases replaced by their targets.
struct YAMLNode {
    /// The content of the value.
    enum Content {
        /// A plain scalar; its text decides its type.
        case plain(String)
        /// A quoted or block scalar: always text.
        case quoted(String)
        /// A list.
        case sequence([YAMLNode])
        /// A mapping, in the file's order; a key may occur twice.
        case mapping([YAMLPair])
        /// An error that is already reported; nothing more is reported about it.
        case faulty
    }

    let content: Content
    let position: SourcePosition
}

/// One line of a mapping.
struct YAMLPair {
    let key: YAMLNode
    let value: YAMLNode
}
