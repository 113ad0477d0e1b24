import Primitives

/// Looks for precedents among attempts that are in memory: what a ledger's queries must agree with.
package struct PrecedentSearch: Sendable {
    /// All attempts, in any order.
    private let attempts: [ActionAttempt]
    /// All executions.
    private let executions: [ExecutionKey: PastExecution]

    /// Searches some attempts and executions.
    package init(_ attempts: [ActionAttempt], _ executions: [PastExecution]) {
        self.attempts = attempts
        self.executions = Dictionary(
            executions.map { ($0.key, $0) },
            uniquingKeysWith: { $1 }
        )
    }

    /// Answers a question.
    package func answer(_ question: PrecedentQuestion) -> Precedents {
        Precedents(
            gate: gate(question),
            revision: revision(question),
            medians: medians(question)
        )
    }

    /// How many of the newest attempts of an action tell how long it takes.
    package static let newestDurations = 20

    /// How long actions took before: those that succeeded, or if none did those that failed.
    package func medians(_ question: PrecedentQuestion) -> [ActionName: Duration] {
        var found: [ActionName: Duration] = [:]
        for name in question.durations {
            let own = attempts.filter { $0.action == question.key(of: name) && $0.ended != nil }
            let succeeded = own.filter { $0.status == .succeeded }
            let counted = succeeded.isEmpty ? own.filter { $0.status == .failed } : succeeded
            let newest = counted.sorted { ($0.started, $0.id) > ($1.started, $1.id) }
                .prefix(PrecedentSearch.newestDurations)
            found[name] = ExpectedTime.median(
                newest.compactMap { attempt in
                    attempt.ended.map { max(.zero, $0 - attempt.started) }
                }
            )
        }
        return found
    }

    private func gate(_ question: PrecedentQuestion) -> GateEvidence? {
        guard let window = question.window else { return nil }
        for level in question.levels {
            let alike = attempts.filter(level.holds)
            let trials = alike.compactMap(Trial.init)
            let counts = window.counts(trials, at: question.failedAt)
            guard counts.trials >= SuccessGate.fewestTrials else { continue }
            let newest = trials.filter { $0.result.isTrial && $0.failedAt <= question.failedAt }
                .map(\.failedAt).max()
            let idle = alike.count { attempt in
                guard let failedAt = attempt.ended, attempt.retry == nil else { return false }
                return failedAt > newest ?? .distantPast && failedAt <= question.failedAt
                    && attempt.group.episode.execution != question.episode.execution
            }
            return GateEvidence(level: level, counts: counts, idle: idle)
        }
        return nil
    }

    private func revision(_ question: PrecedentQuestion) -> RevisionEvidence? {
        let key = ExecutionKey(question.episode)
        guard question.asksRevision, let own = executions[key], let revision = own.revision
        else { return nil }
        let others = attempts.filter { attempt in
            let other = ExecutionKey(
                pipeline: attempt.action.pipeline,
                execution: attempt.execution
            )
            return attempt.action == question.actionKey && other != key
                && executions[other]?.revision == revision
        }
        let failed = others.filter { attempt in
            question.errorLevels.contains { $0.holds(attempt) }
        }
        let newer = executions.values.filter { other in
            other.key.pipeline == key.pipeline && other.started > own.started
                && other.hasSucceeded && other.revision != nil && other.revision != revision
        }
        return RevisionEvidence(
            hasPassed: others.contains { $0.status == .succeeded },
            failures: Set(failed.map(\.execution)).count,
            newerSuccess: newer.max {
                ($0.started, $0.key.execution) < ($1.started, $1.key.execution)
            }?
            .key.execution
        )
    }
}
