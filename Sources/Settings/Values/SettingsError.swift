/// One thing that is wrong, or merely useless, in the config file.
///
/// Its text is `file:line:column: key: problem; expected ...; did you mean "..."?`.
package struct SettingsError: Hashable, Sendable, CustomStringConvertible {
    /// The file as the caller names it.
    package let file: String
    /// Where the trouble stands.
    package let position: SourcePosition
    /// The key's path, such as `policies.default.rules[2].when`; empty for the file as a whole,
    /// which the text calls `file`.
    package let key: String
    /// What is wrong.
    package let problem: String
    /// What would be right; warnings may have none.
    package let expected: String?
    /// A known word that is close to what is written.
    package let suggestion: String?

    /// The line that a person reads.
    package var description: String {
        var text =
            "\(file):\(position.line):\(position.column): \(key.isEmpty ? "file" : key): \(problem)"
        if let expected { text += "; expected \(expected)" }
        if let suggestion { text += "; did you mean \"\(suggestion)\"?" }
        return text
    }
}

/// All that is wrong in a config file: at least one fault, in the file's order.
package struct SettingsErrors: Error, Hashable, Sendable, CustomStringConvertible {
    /// The faults in the file's order.
    package let errors: [SettingsError]

    /// The faults, a line each.
    package var description: String {
        errors.map(\.description).joined(separator: "\n")
    }
}
