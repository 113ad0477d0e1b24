/// Something that YAML allows and this reader does not.
package struct YAMLError: Hashable, Sendable {
    /// What it is.
    package enum Kind: Hashable, Sendable {
        /// A value has an explicit tag.
        case tag
        /// A second document begins.
        case secondDocument
        /// An alias names none of the anchors before it, which are in the order of their names.
        case unknownAlias(String, known: [String])
        /// A value lies deeper than ``YAMLDocument/deepest``.
        case tooDeep
        /// The aliases up to here stand for more than ``YAMLDocument/mostAliasedNodes``.
        case tooManyAliasedNodes
    }

    /// One step from a value to one in it.
    package enum Step: Hashable, Sendable {
        /// The value of a key; `?` stands for a key that is no scalar.
        case key(String)
        /// An item of a sequence, from 0.
        case index(Int)
    }

    /// What is not allowed.
    package let kind: Kind
    /// The position of the value.
    package let position: SourcePosition
    /// The way from the root to the value.
    package let path: [Step]
}
