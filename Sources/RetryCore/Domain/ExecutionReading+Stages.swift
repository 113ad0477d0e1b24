import Primitives

/// The stages of one execution, put together from its history as GetPipelineState would show them.
///
/// For a PARALLEL pipeline GetPipelineState shows no stage at all.
extension ExecutionReading {
    /// The stage in which an action started last, which is where the execution is; nil: none has.
    package var currentStage: StageName? {
        // Of two that started in the same millisecond, the one that did not succeed is the later.
        rows.max { left, right in
            left.age == right.age ? left.rank < right.rank : left.age < right.age
        }?.stage
    }

    /// Whether the execution failed and no attempt in its newest stage did: the history lags, or it
    /// failed by something other than an action.
    package var lacksFailure: Bool {
        guard summary.status == .failed else { return false }
        guard let stage = currentStage else { return true }
        return !attempts(in: stage).newestOfEach.contains { $0.hasFailed }
    }

    /// What the history shows of one stage.
    ///
    /// - Parameters:
    ///   - name: A stage that has rows, or had some once.
    ///   - retriesItself: Whether CodePipeline retries the stage once by itself (onFailure RETRY).
    /// - Returns: The stage, with the newest attempt of each action.
    package func stage(_ name: StageName, retriesItself: Bool) -> StageSnapshot {
        let attempts = attempts(in: name)
        let retries = retries(among: attempts)
        return StageSnapshot(
            name: name,
            latest: StageExecution(
                id: summary.id,
                status: status(of: name),
                type: summary.type,
                historyMode: summary.mode ?? .parallel
            ),
            actions: attempts.newestOfEach.map(\.action),
            counters: RetryCounters(of: retries, retriesItself: retriesItself)
        )
    }

    /// An execution goes from stage to stage, so one that it has left behind succeeded.
    private func status(of name: StageName) -> StageStatus {
        guard name == currentStage else { return .succeeded }
        return switch summary.status {
        case .failed: .failed
        case .inProgress: .inProgress
        case .succeeded: .succeeded
        case .stopped: .stopped
        case .stopping: .stopping
        case .cancelled, .superseded: .cancelled
        case .unknown(let status): .unknown(status)
        }
    }

    /// The attempts in a stage, each once: pages may change between two calls.
    private func attempts(in name: StageName) -> [ActionRow] {
        var places: [ActionExecutionID: Int] = [:]
        var found: [ActionRow] = []
        for row in rows where row.stage == name {
            guard let id = row.action.executionID, let place = places[id] else {
                if let id = row.action.executionID { places[id] = found.count }
                found.append(row)
                continue
            }
            if row.age.1 > found[place].age.1 { found[place] = row }
        }
        return found
    }

    /// How many times the stage was retried, whoever did it.
    ///
    /// A retry runs at least one action again, and begins after a failed attempt has ended. What
    /// runs again without another failure in between belongs to the same retry.
    private func retries(among attempts: [ActionRow]) -> Int {
        var seen: Set<ActionName> = []
        var failedAt: WallTime?
        var retries = 0
        for row in attempts.sorted(by: { $0.age < $1.age }) {
            let started = row.age.0
            if seen.contains(row.action.name), let failure = failedAt, failure <= started {
                retries += 1
                failedAt = nil
            }
            seen.insert(row.action.name)
            guard row.hasFailed else { continue }
            let ended = row.action.lastStatusChange ?? started
            failedAt = failedAt.map { min($0, ended) } ?? ended
        }
        return retries
    }
}

extension ActionRow {
    /// The later of two attempts of one millisecond is the one with the higher rank.
    fileprivate var rank: Int { action.status == .succeeded ? 0 : 1 }

    /// Whether the attempt ended without success.
    fileprivate var hasFailed: Bool {
        switch action.status {
        case .failed, .abandoned: true
        case .inProgress, .succeeded, .unknown, nil: false
        }
    }
}
