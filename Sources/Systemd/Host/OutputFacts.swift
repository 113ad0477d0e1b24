/// The facts that the choice of an output is based on.
package struct OutputFacts: Hashable, Sendable {
    /// `$JOURNAL_STREAM`.
    package let journalStream: String?
    /// The file behind standard error; nil when it is closed.
    package let standardError: FileIdentity?
    /// Whether standard error is a terminal.
    package let isTerminal: Bool
    /// Whether `$NOTIFY_SOCKET` is set.
    package let isSupervised: Bool
    /// Whether colours are welcome: neither `$NO_COLOR` nor a dumb terminal.
    package let allowsColour: Bool

    /// Creates the facts; ``LinuxHost/outputFacts(environment:)`` returns the live ones.
    package init(
        journalStream: String?,
        standardError: FileIdentity?,
        isTerminal: Bool,
        isSupervised: Bool,
        allowsColour: Bool = true
    ) {
        self.journalStream = journalStream
        self.standardError = standardError
        self.isTerminal = isTerminal
        self.isSupervised = isSupervised
        self.allowsColour = allowsColour
    }
}
