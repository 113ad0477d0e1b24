/// What is wrong with a scenario file.
package struct ScenarioError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One thing that is wrong.
    package struct Problem: Hashable, Sendable, CustomStringConvertible {
        /// The file.
        package let file: String
        /// The line, from 1.
        package let line: Int
        /// The path of keys, such as `pipelines[0].stages[1].name`; empty at the top.
        package let key: String
        /// What is wrong and what is expected.
        package let what: String

        /// `file:line: key: what`.
        package var description: String {
            key.isEmpty ? "\(file):\(line): \(what)" : "\(file):\(line): \(key): \(what)"
        }
    }

    /// Everything that is wrong, in the order of the file.
    package let problems: [Problem]

    /// One line per problem.
    package var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}
