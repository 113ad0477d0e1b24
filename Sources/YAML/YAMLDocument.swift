/// A text of YAML 1.2, and so of JSON too, as a tree with positions.
package struct YAMLDocument: Sendable {
    /// The most nodes that all aliases of a text may expand to: 10,000.
    package static let mostAliasedNodes = 10_000
    /// The deepest nesting: 64 levels; a real file has about eight.
    package static let deepest = 64

    /// The root of the first document; nil when there is none.
    package let root: YAMLNode?
    /// What is YAML and yet not allowed, in the order in which it was met.
    package let errors: [YAMLError]

    /// Reads the first document of a text.
    ///
    /// - Parameter bytes: The text, in UTF-8.
    /// - Throws: Where the text stops being YAML.
    package init(_ bytes: [UInt8]) throws(YAMLSyntaxError) {
        var composer = YAMLComposer(events: try YAMLEventReader.events(of: bytes))
        root = composer.root()
        errors = composer.errors
    }
}
