import Primitives

/// How far an import of history has come; on the control socket, and for people.
package struct ImportDocument: Hashable, Sendable, Codable {
    /// Whether it is over.
    package var isFinished: Bool
    /// How many pipelines it is about.
    package var pipelines: Int
    /// How many of them are over.
    package var finished: Int
    /// How many of these could not be read to their end.
    package var failed: Int
    /// Why, in sentences; not all of them.
    package var failures: [String]
    /// Pipelines whose revisions could not be read, and why; not all of them.
    package var withoutRevisions: [String]
    /// Calls to AWS.
    package var calls: Int
    /// Attempts that AWS has.
    package var attempts: Int
    /// Those of them that the ledger did not have.
    package var new: Int
    /// How long it has taken, in seconds.
    package var elapsed: Double

    private enum CodingKeys: String, CodingKey {
        case pipelines, failed, failures, calls, attempts, new
        case isFinished = "is_finished"
        case finished = "pipelines_finished"
        case elapsed = "elapsed_seconds"
        case withoutRevisions = "without_revisions"
    }

    /// Creates a document.
    init(_ tally: ImportTally, isFinished: Bool, elapsed: Duration) {
        self.isFinished = isFinished
        pipelines = tally.pipelines
        finished = tally.finished
        failed = tally.failed
        failures = tally.failures
        withoutRevisions = tally.withoutRevisions
        calls = tally.calls
        attempts = tally.attempts
        new = tally.new
        self.elapsed = (elapsed.seconds * 1000).rounded() / 1000
    }
}

// MARK: Text

extension ImportDocument {
    /// The remaining time, if the rest goes as the pipelines so far; nil: nothing tells.
    package var remaining: Duration? {
        guard !isFinished, finished > 0, elapsed > 0 else { return nil }
        let rest = Double(pipelines - finished) / Double(finished)
        return .saturating(seconds: elapsed * rest)
    }

    /// The progress in one line of at most 80 columns.
    package var progress: String {
        var parts = [
            "\(finished) of \(pipelines) \(pipelines == 1 ? "pipeline" : "pipelines")",
            "\(attempts) \(attempts == 1 ? "attempt" : "attempts")",
        ]
        if elapsed >= 1 {
            let rate = (Double(attempts) / elapsed).rounded()
            parts.append("\(Int(min(rate, 1e9))) a second")
        }
        if let remaining { parts.append("\(Self.rounded(remaining).shortText) left") }
        return parts.joined(separator: ", ")
    }

    /// The result in a sentence.
    package var sentence: String {
        let known = attempts - new
        var text = "imported \(new) \(new == 1 ? "attempt" : "attempts") of "
        text += "\(finished - failed) \(finished - failed == 1 ? "pipeline" : "pipelines")"
        text += " in \(Self.rounded(.saturating(seconds: elapsed)).shortText)"
        text += " with \(calls) \(calls == 1 ? "call" : "calls")"
        if known > 0 { text += "; \(known) more were known" }
        if failed > 0 {
            text += "; \(failed) could not be read: " + failures.joined(separator: "; ")
        }
        if !withoutRevisions.isEmpty {
            text += "; revisions could not be read of " + withoutRevisions.joined(separator: "; ")
        }
        return text
    }

    /// Whole seconds, and whole minutes where these are all that a reader needs.
    private static func rounded(_ time: Duration) -> Duration {
        let seconds = time.wholeMilliseconds / 1000
        guard seconds >= 600 else { return .seconds(seconds) }
        return .seconds((seconds + 30) / 60 * 60)
    }
}
