package import Primitives

/// Where the entries of this process go.
package enum LogOutput: Hashable, Sendable {
    /// To the journal by its native protocol, with all fields.
    case journal
    /// To standard error, a line each for people.
    case text(colour: Bool)
    /// To standard error, a line each with `<N>` in front, for the service manager.
    case prefixed
    /// To standard output, a JSON object each.
    case json
}

extension LogOutput {
    /// Chooses the output of a process, by the rule of systemd's own programs.
    ///
    /// It does not suffice that `$JOURNAL_STREAM` is set, since children and redirections inherit
    /// it: standard error must be the very stream that it names (systemd.exec(5)).
    ///
    /// - Parameters:
    ///   - option: the value of `--log`; it takes precedence.
    ///   - facts: the process's environment and standard error.
    /// - Returns: the output.
    package static func choose(_ option: LogOption?, facts: OutputFacts) -> LogOutput {
        switch option {
        case .journal: .journal
        case .json: .json
        case .text: .text(colour: facts.isTerminal && facts.allowsColour)
        case nil: choose(facts)
        }
    }

    private static func choose(_ facts: OutputFacts) -> LogOutput {
        if let named = facts.journalStream.flatMap(FileIdentity.init(journalStream:)),
            named == facts.standardError
        {
            return .journal
        }
        if facts.isSupervised, !facts.isTerminal { return .prefixed }
        return .text(colour: facts.isTerminal && facts.allowsColour)
    }

    /// Opens the sink of this output.
    ///
    /// - Parameter now: the time of day.
    /// - Returns: the sink.
    /// - Throws: `HostError` when the system gives no thread.
    package func open(now: @escaping @Sendable () -> WallTime) throws(HostError) -> QueuedSink {
        switch self {
        case .journal: try NativeJournal.sink(now: now)
        case .text(let colour):
            try LineSink.sink(.readable(colour: colour), descriptor: 2, now: now)
        case .prefixed: try LineSink.sink(.prefixed, descriptor: 2, now: now)
        case .json: try LineSink.sink(.json, descriptor: 1, now: now)
        }
    }
}
