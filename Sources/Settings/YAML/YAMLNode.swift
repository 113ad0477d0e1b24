/// One value of the config file, with aliases replaced by what they stand for.
struct YAMLNode {
    /// What the value is.
    enum Content {
        /// A plain scalar; its text decides its type.
        case plain(String)
        /// A quoted or block scalar: always text.
        case quoted(String)
        /// A list.
        case sequence([YAMLNode])
        /// A mapping, in the file's order; a key may stand in it twice.
        case mapping([YAMLPair])
        /// A fault that is reported already; nothing more is said of it.
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
