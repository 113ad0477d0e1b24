/// The part of a rule's condition that asks for the cause of a failure, as its service says it.
///
/// Where no service was asked, CodePipeline's own words tell phase, status and code, if anything
/// does. What is not known does not hold.
package struct CauseQuestion: Hashable, Sendable {
    /// Phases of a build or events of a deployment's life cycle, exact.
    package var phases: [String]
    /// Statuses of what failed, exact.
    package var statuses: [String]
    /// The service's error codes, exact.
    package var codes: [String]
    /// Types of the resource that failed first, exact.
    package var resourceTypes: [String]
    /// Whether the action's own work began; nil = not asked.
    package var ran: Bool?
    /// Regular expressions, in the end of the log.
    package var log: [Pattern]

    /// Creates a question; parts that are not given are not asked.
    package init(
        phases: [String] = [],
        statuses: [String] = [],
        codes: [String] = [],
        resourceTypes: [String] = [],
        ran: Bool? = nil,
        log: [Pattern] = []
    ) {
        self.phases = phases
        self.statuses = statuses
        self.codes = codes
        self.resourceTypes = resourceTypes
        self.ran = ran
        self.log = log
    }

    /// The lists of words, by their keys in the file.
    package var words: [(key: String, words: [String])] {
        [
            ("phase", phases), ("status", statuses), ("cause_code", codes),
            ("resource_type", resourceTypes),
        ]
    }
}
