import Primitives

/// A past failure as the evaluator takes a present one.
extension ReplayStep {
    /// What attempts tell of the failure; what they do not tell allows a retry.
    func situation(
        _ policy: StagePolicy,
        _ history: EpisodeHistory,
        at now: WallTime
    ) -> Situation {
        let kinds = failures.map { failure in
            (
                failure.attempt.action.action,
                ActionKind(
                    category: failure.category,
                    provider: failure.attempt.provider
                )
            )
        }
        let definition = StageDefinition(
            actions: Dictionary(kinds, uniquingKeysWith: { $1 })
        )
        return Situation(
            episode: episode,
            policy: policy,
            stage: StageSnapshot(
                name: episode.stage,
                latest: StageExecution(id: episode.execution, status: .failed),
                actions: failures.map(\.snapshot),
                counters: RetryCounters(manual: retries)
            ),
            currentVersion: nil,
            definition: PipelineDefinition(
                version: nil,
                executionMode: .superseded,
                stages: [episode.stage: definition]
            ),
            evidence: .rows(failures.map(\.row)),
            history: history,
            now: now
        )
    }

    /// What services said of the failures.
    var causes: [ActionName: ActionCause] {
        let told = failures.compactMap { failure in
            failure.attempt.failure?.cause.map { (failure.attempt.action.action, ActionCause($0)) }
        }
        return Dictionary(told, uniquingKeysWith: { $1 })
    }
}

extension PastFailure {
    /// Attempts of before the ledger kept it have none: they build, as most do.
    fileprivate var category: ActionCategory { attempt.failure?.category ?? .build }

    fileprivate var snapshot: ActionSnapshot {
        ActionSnapshot(
            name: attempt.action.action,
            executionID: attempt.id,
            status: .failed,
            lastStatusChange: attempt.ended,
            code: attempt.failure?.code,
            message: attempt.failure?.message,
            summary: attempt.failure?.summary
        )
    }

    fileprivate var row: ActionRow {
        ActionRow(
            stage: attempt.action.stage,
            action: snapshot,
            category: category,
            provider: attempt.provider,
            started: attempt.started
        )
    }
}
