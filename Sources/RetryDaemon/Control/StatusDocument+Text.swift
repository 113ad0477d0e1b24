import Primitives
import RetryCore

extension StatusDocument {
    /// The document for people, ended by a line end.
    package var text: String {
        let noun = calls == 1 ? "call" : "calls"
        var lines = [
            line,
            "config \(config.path), loaded \(config.loadedAt ?? "never"); "
                + "\(calls) \(noun) to AWS since the start",
        ]
        if !config.refused.isEmpty {
            lines.append("a newer config file was rejected, the previous one stays active:")
            lines += config.refused.map { "  \($0)" }
        }
        if let ledgerError { lines.append("no retry is sent: \(ledgerError)") }
        lines += ["", "targets"] + targets.map(StatusDocument.text)
        if !episodes.isEmpty {
            lines += ["", "failed stages"] + episodes.flatMap(StatusDocument.text)
        }
        lines += notRetried
        if !pauses.isEmpty { lines += ["", "pauses"] + pauses.map(StatusDocument.text) }
        lines += ["", "more: journalctl -u pipeline-retryd RETRYD_PIPELINE=NAME"]
        return lines.map(\.asOneLine).joined(separator: "\n") + "\n"
    }

    private var notRetried: [String] {
        guard !ended.isEmpty else { return [] }
        let shown = ended.prefix(StatusDocument.mostShown)
        let rest = endedCount - shown.count
        let more = rest > 0 ? ["  and \(rest) more; --json has \(ended.count)"] : []
        return ["", "failed, no longer retried"] + shown.map(StatusDocument.text) + more
    }

    /// How many stages that are not retried any more are shown.
    private static let mostShown = 50

    private static func text(_ ended: Ended) -> String {
        "  \(ended.target)/\(ended.pipeline)/\(ended.stage) \(ended.executionID): \(ended.end)"
    }

    private static func text(_ target: Target) -> String {
        var text =
            "  \(target.name) (\(target.region.isEmpty ? "Region not known yet" : target.region)): "
            + "\(target.pipelines) \(target.pipelines == 1 ? "pipeline" : "pipelines")"
        if target.lost > 0 {
            let names = target.lostPipelines.joined(separator: ", ")
            let rest = target.lost - target.lostPipelines.count
            text += ", \(target.lost) cannot be watched: \(names)"
            if rest > 0 { text += " and \(rest) more" }
        }
        if let problem = target.problem { text += ", degraded: \(problem)" }
        return text
    }

    private static func text(_ episode: Episode) -> [String] {
        let place = "\(episode.target)/\(episode.pipeline)/\(episode.stage)"
        let line = "  \(place) \(episode.executionID): \(episode.state)"
        return [line] + (episode.cause.map { ["    \($0)"] } ?? [])
    }

    private static func text(_ pause: Hold) -> String { "  \(pause.text)" }
}

extension StatusDocument.Episode {
    /// Phase, reason, due time and retries in words.
    package var state: String {
        var text = phase
        if let reason { text += " (\(reason))" }
        if let due { text += ", due \(due)" }
        text += ", \(retries)"
        if let maxRetries { text += " of \(maxRetries)" }
        text += (maxRetries ?? retries) == 1 ? " retry made" : " retries made"
        if let rule { text += ", rule \(rule)" }
        if let known = reason.flatMap(Reason.init) { text += "; \(known.sentence)" }
        return text
    }
}

extension StatusDocument.Ended {
    /// Outcome and reason in words.
    package var end: String {
        guard let outcome else {
            return "ended before the daemon last started; see the journal for the reason"
        }
        guard let reason else { return outcome }
        let sentence = Reason(rawValue: reason).map { ": \($0.sentence)" } ?? ""
        return "\(outcome) (\(reason))\(sentence)"
    }
}

extension StatusDocument.Hold {
    /// What is held, why, by whom and until when.
    package var text: String {
        let parts = [
            target.map { "target \($0)" }, pipeline.map { "pipeline \($0)" },
            stage.map { "stage \($0)" },
        ].compactMap { $0 }
        let scope = parts.isEmpty ? "everything" : parts.joined(separator: ", ")
        let end = until.map { "until \($0)" } ?? "until resumed"
        return "\(scope): \(reason) (uid \(uid), \(end))"
    }
}
