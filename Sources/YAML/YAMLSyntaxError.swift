/// Why the text is no YAML.
package struct YAMLSyntaxError: Error, Hashable, Sendable {
    /// Where the parser gave up.
    package let position: SourcePosition
    /// The parser's own message.
    package let problem: String
    /// Where the construct begins that it was reading; nil when it was reading none.
    package var context: SourcePosition?
}
