/// One event of the YAML parser.
struct YAMLEvent {
    /// The kind of event.
    enum Kind {
        /// A document begins.
        case document
        /// A plain scalar; its text decides its type.
        case plain(String)
        /// A quoted or block scalar: always text.
        case quoted(String)
        /// A sequence begins.
        case sequence
        /// A mapping begins.
        case mapping
        /// A sequence or mapping ends.
        case end
        /// A reference to an anchor.
        case alias(String)
    }

    let kind: Kind
    let position: SourcePosition
    /// The anchor that names this node.
    let anchor: String?
    /// Whether an explicit tag is written.
    let isTagged: Bool
}
