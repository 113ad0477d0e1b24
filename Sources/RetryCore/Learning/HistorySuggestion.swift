/// What the figures of a report speak for; nothing changes by itself.
package enum HistorySuggestion: Hashable, Sendable {
    /// Retries of an error recover more surely after another wait.
    case wait(Fingerprint, usual: Duration, better: WaitBucket)
    /// A rule of the configuration that retries has retried nothing.
    case unusedRule(RuleName)
    /// No retry of an error has recovered, so a rule might leave it.
    case never(Fingerprint)

    /// The largest rate of success, by its upper bound, at which a retry is not worth its time.
    package static let worthless = 0.2
}

extension HistoryReport {
    /// What the figures speak for: waits, then errors to leave, the most wasted time first, then
    /// those of the configuration's rules that retry and have not.
    package func suggestions(retrying: [RuleName] = []) -> [HistorySuggestion] {
        let known = causes.filter { !$0.key.text.isEmpty }.sorted { left, right in
            let (mine, other) = (left.value.tally, right.value.tally)
            return mine.ranksHigher(than: other) ?? (left.key.text < right.key.text)
        }
        let waits = known.compactMap { cause, history -> HistorySuggestion? in
            guard let usual = history.usualWait, let better = history.waits.better(than: usual)
            else { return nil }
            return .wait(cause, usual: usual, better: better)
        }
        let nevers = known.compactMap { cause, history -> HistorySuggestion? in
            let counts = history.tally.counts
            let isHopeless =
                counts.recovered == 0 && counts.upperBound < HistorySuggestion.worthless
            return isHopeless ? .never(cause) : nil
        }
        return waits + nevers + unused(retrying)
    }

    /// The rules without a retry; none where this program has retried nothing at all.
    private func unused(_ retrying: [RuleName]) -> [HistorySuggestion] {
        guard !rules.isEmpty else { return [] }
        var seen: Set<RuleName> = []
        return retrying.filter { seen.insert($0).inserted && rules[$0] == nil }
            .map { .unusedRule($0) }
    }
}
