import Primitives

/// Executions that fail before any stage: only ListPipelineExecutions shows them.
///
/// They are reported once and never retried, as there is no stage to retry.
extension Fleet {
    /// Starts listing the executions of a pipeline that can be read, at a point of the interval
    /// that differs between pipelines.
    mutating func scheduleExecutions(_ key: PipelineKey, _ turn: inout FleetTurn) {
        guard let place = pipelines.place(of: key), !pipelines[at: place].isParallel,
            executionReads[key] == nil
        else { return }
        let wait = executionsInterval(of: key, turn).seconds * share(of: key, turn.host)
        executionReads.set(key, at: turn.now + .saturating(seconds: wait))
    }

    /// A list is due; that of a pipeline that cannot be read is scheduled again once it can.
    mutating func executionsDue(_ key: PipelineKey, _ turn: inout FleetTurn) {
        guard let watch = pipelines[key], watch.lost == nil, !watch.isParallel else {
            return
        }
        if let until = targets[key.target]?.executionsDeniedUntil, until > turn.now {
            let wait = Timing.executions.seconds * share(of: key, turn.host)
            executionReads.set(key, at: until + .saturating(seconds: wait))
        } else {
            ask(.executions(key), .background, &turn)
        }
    }

    /// Between two lists: all pipelines of an account and Region together take a tenth of its rate
    /// at most; they wait in the queue of the definitions, whose share is smaller where polls need
    /// more than the rate.
    private func executionsInterval(of key: PipelineKey, _ turn: FleetTurn) -> Duration {
        // Executions of before a change of the mode are shown by nothing else.
        if parallel[key] != nil { return turn.configuration.poll.interval }
        let size = groupSizes[group(of: key.target)] ?? 0
        let rate = turn.configuration.poll.maxRate * Timing.executionsShare
        return max(Timing.executions, .saturating(seconds: Double(size) / rate))
    }

    mutating func executionsListed(
        _ key: PipelineKey,
        _ answer: ReadAnswer<PolledExecutions>,
        _ turn: inout FleetTurn
    ) {
        guard let watch = pipelines[key] else { return }
        guard !watch.isParallel else { return }
        executionReads.set(key, at: turn.now + executionsInterval(of: key, turn))
        switch answer {
        case .read(.unchanged, _): break
        case .read(.executions(let rows, _), _):
            take(rows, ofParallel: key, &turn)
            readUnlisted(key, &turn)
            endParallel(key, &turn)
            take(rows, of: key, &turn)
        case .failed(let failure):
            if failure.kind == .accessDenied { executionsDenied(key.target, failure, &turn) }
        }
    }

    /// Marks the executions that failed recently and that no episode explains as uncertain: a poll
    /// requested now decides.
    ///
    /// The first list only sets the time before which everything is old.
    private mutating func take(
        _ rows: [ExecutionSummary],
        of key: PipelineKey,
        _ turn: inout FleetTurn
    ) {
        guard let watch = pipelines[key] else { return }
        let time = time(of: key.target, turn)
        guard let since = watch.executions.since else {
            pipelines[key]?.executions.since = time
            return
        }
        let oldest = max(since, time + (.zero - watch.entry.policy.maxFailureAge))
        let uncertain = rows.filter { row in
            guard row.mayBeWithoutStage, let ended = row.lastUpdate else { return false }
            return ended > oldest && !watch.explains(row.id)
        }
        guard !uncertain.isEmpty else { return }
        let recheck = ExecutionsWatch.Recheck(after: turn.nextCall, rows: uncertain)
        pipelines[key]?.executions.recheck = recheck
        ask(.state(key), .check, &turn)
    }

    /// A poll requested after the list decides which of the uncertain executions belong to no
    /// stage.
    mutating func judgeExecutions(
        _ key: PipelineKey,
        _ snapshot: PipelineSnapshot,
        by id: CallID,
        _ turn: inout FleetTurn
    ) {
        guard let place = pipelines.place(of: key),
            let recheck = pipelines[at: place].executions.recheck, id >= recheck.after
        else { return }
        pipelines[at: place].executions.recheck = nil
        let shown = Set(snapshot.stages.compactMap(\.latest?.id))
        for row in recheck.rows.reversed() where pipelines[key]?.explains(row.id) == false {
            pipelines[key]?.executions.remember(row.id)
            guard !shown.contains(row.id) else { continue }
            turn.report(.executionFailed(context(of: key), row.id, row.statusSummary))
        }
    }

    /// A missing permission is reported once for its target: only these reports are lost by it.
    private mutating func executionsDenied(
        _ name: TargetName,
        _ failure: CallFailure,
        _ turn: inout FleetTurn
    ) {
        guard var target = targets[name] else { return }
        target.executionsDeniedUntil = turn.now + Timing.accessDenied
        if !target.isExecutionsDenialReported {
            turn.report(.executionsDenied(target.context, failure))
        }
        target.isExecutionsDenialReported = true
        targets[name] = target
    }
}

extension PipelineWatch {
    /// Whether an episode, live or ended, or an earlier judgement explains a failed execution.
    fileprivate func explains(_ id: ExecutionID) -> Bool {
        executions.knows(id) || stages.values.contains { $0.execution == id }
    }
}
