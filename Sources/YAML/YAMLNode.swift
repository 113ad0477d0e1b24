/// One value of a text of YAML, with aliases replaced by their targets.
package struct YAMLNode: Sendable {
    /// The content of a value.
    package enum Content: Sendable {
        /// A plain scalar; its text decides its type.
        case plain(String)
        /// A quoted or block scalar: always text.
        case quoted(String)
        /// A list.
        case sequence([YAMLNode])
        /// A mapping, in the text's order; a key may occur twice.
        case mapping([YAMLPair])
        /// A value with an error; nothing more is reported about it.
        case faulty
    }

    /// The content.
    package let content: Content
    /// The position of its first character.
    package let position: SourcePosition

    /// The text of a scalar, whatever its type; nil for any other value.
    package var text: String? {
        switch content {
        case .plain(let text), .quoted(let text): text
        case .sequence, .mapping, .faulty: nil
        }
    }
}

/// One line of a mapping.
package struct YAMLPair: Sendable {
    /// The key: in YAML any value may be one.
    package let key: YAMLNode
    /// The value.
    package let value: YAMLNode
}
