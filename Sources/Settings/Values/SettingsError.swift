package import YAML

/// One error, or one useless setting, in the config file.
///
/// Its text is `file:line:column: key: problem; expected ...; did you mean "..."?`.
package struct SettingsError: Hashable, Sendable, CustomStringConvertible {
    /// The file as the caller names it.
    package let file: String
    /// The position of the error.
    package let position: SourcePosition
    /// The key's path, such as `policies.default.rules[2].when`; empty for the whole file, which
    /// the text calls `file`.
    package let key: String
    /// The problem.
    package let problem: String
    /// The expected value; warnings may have none.
    package let expected: String?
    /// A known word that is close to the written one.
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

/// All errors of a config file: at least one, in the file's order.
package struct SettingsErrors: Error, Hashable, Sendable, CustomStringConvertible {
    /// The errors in the file's order.
    package let errors: [SettingsError]

    /// The errors, one per line.
    package var description: String {
        errors.map(\.description).joined(separator: "\n")
    }
}
