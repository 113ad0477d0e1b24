import RetryCore

extension StatusDocument {
    /// The document for people, ended by a line end.
    package var text: String {
        var lines = [line, "config \(config.path), loaded \(config.loadedAt ?? "never")"]
        if config.dryRun { lines.append("dry run: nothing is retried") }
        if !config.refused.isEmpty {
            lines.append("a newer config file is refused, the older one stays in force:")
            lines += config.refused.map { "  \($0)" }
        }
        if let ledgerTrouble { lines.append("no retry is sent: \(ledgerTrouble)") }
        lines += ["", "targets"] + targets.map(StatusDocument.text)
        if !episodes.isEmpty { lines += ["", "failed stages"] + episodes.map(StatusDocument.text) }
        if !pauses.isEmpty { lines += ["", "pauses"] + pauses.map(StatusDocument.text) }
        lines += ["", "more: journalctl -u pipeline-retryd RETRYD_PIPELINE=NAME"]
        return lines.map(\.asOneLine).joined(separator: "\n") + "\n"
    }

    private static func text(_ target: Target) -> String {
        var text =
            "  \(target.name) (\(target.region.isEmpty ? "Region not known yet" : target.region)): "
            + "\(target.pipelines) pipelines"
        if target.lost > 0 { text += ", \(target.lost) of them not watchable" }
        if let trouble = target.trouble { text += ", degraded: \(trouble)" }
        return text
    }

    private static func text(_ episode: Episode) -> String {
        let place = "\(episode.target)/\(episode.pipeline)/\(episode.stage)"
        var text = "  \(place) \(episode.executionID): \(episode.phase)"
        if let reason = episode.reason { text += " (\(reason))" }
        if let due = episode.due { text += ", due \(due)" }
        let noun = episode.retries == 1 ? "retry" : "retries"
        return text + ", \(episode.retries) \(noun) so far"
    }

    private static func text(_ pause: Hold) -> String {
        let parts = [
            pause.target.map { "target \($0)" }, pause.pipeline.map { "pipeline \($0)" },
            pause.stage.map { "stage \($0)" },
        ].compactMap { $0 }
        let scope = parts.isEmpty ? "everything" : parts.joined(separator: ", ")
        let end = pause.until.map { "until \($0)" } ?? "until resume"
        return "  \(scope): \(pause.reason) (uid \(pause.uid), \(end))"
    }
}
