/// The errors of a scenario file.
package struct ScenarioError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One error.
    package struct Problem: Hashable, Sendable, CustomStringConvertible {
        /// The file.
        package let file: String
        /// The line, from 1.
        package let line: Int
        /// The path of keys, such as `pipelines[0].stages[1].name`; empty at the top.
        package let key: String
        /// The error and the expected value.
        package let what: String

        /// `file:line: key: what`.
        package var description: String {
            key.isEmpty ? "\(file):\(line): \(what)" : "\(file):\(line): \(key): \(what)"
        }
    }

    /// All errors, in the order of the file.
    package let problems: [Problem]

    /// One line per problem.
    package var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}
