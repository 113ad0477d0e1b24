import Primitives

/// The history step: what actually ran, by the definition and the execution's history.
extension Episode {
    /// Begins to read the evidence of a new or changed failure.
    mutating func gatherAnew(_ world: EpisodeEnvironment, _ steps: inout [EpisodeStep]) {
        var since = world.now
        if case .gathering(let earlier, _) = phase { since = earlier }
        let isNew = history.baseline != baseline || since == world.now
        history.begin(for: baseline, isNew: isNew, after: world.nextCall)
        enter(.gathering(since: since, until: world.now + history.wait))
        // A definition that is denied, or has no such stage, does not help with this failure.
        let isUseless = world.definition?.hasStage(key.stage) != true
        if isUseless, world.definition != nil { steps.append(.forgetDefinition) }
        gather(world.definition.map { isUseless ? .unread : $0 }, world, &steps)
    }

    /// Requests what is missing, and decides when nothing is.
    mutating func gather(_ world: EpisodeEnvironment, _ steps: inout [EpisodeStep]) {
        gather(world.definition, world, &steps)
    }

    private mutating func gather(
        _ definition: KnownDefinition?,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        guard case .gathering = phase, let definition else { return }
        if definition == .unread { steps.append(.ask(.definition(key.pipeline), .evidence)) }
        if history.evidence == nil, history.lag == nil {
            steps.append(.ask(.evidence(key), .evidence))
        }
        guard definition != .unread, history.evidence != nil else { return }
        goOn(world, &steps)
    }

    mutating func evidenceRead(
        _ id: CallID,
        _ answer: ReadAnswer<[ActionRow]>,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        guard case .gathering = phase else { return }
        guard id >= history.after else { return steps.append(.ask(.evidence(key), .evidence)) }
        switch answer {
        case .read(let rows, _): take(rows, &steps)
        case .failed(let failure):
            // Other errors are transient: the phase's deadline asks again.
            guard failure.kind == .accessDenied else { return }
            history.evidence = .denied
        }
        gather(world, &steps)
    }

    /// Takes rows that contain what the state shows; waits for others, unless the state alone tells
    /// why the stage is not retried.
    private mutating func take(_ rows: [ActionRow], _ steps: inout [EpisodeStep]) {
        history.versions.formUnion(rows.compactMap(\.pipelineVersion))
        let evidence = HistoryCheck.evidence(of: rows, for: stage)
        switch evidence {
        case .rows, .denied: history.evidence = evidence
        case .lagging(let what):
            history.lag = what
            // It may equally be the state that is stale.
            check(&steps)
            let conditions = stage.conditions
            if conditions.beforeEntry == .failed || conditions.onFailure == .failed {
                history.evidence = evidence
            }
        }
    }

    /// The phase's deadline: ask again, report after a while that it is waiting, and decide without
    /// the history after long.
    mutating func gatherLate(
        since: Instant,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        history.tries += 1
        let isTargetDown = world.isTargetDown
        let span = world.now - since
        guard span >= Timing.evidence, !isTargetDown else {
            if span >= Timing.evidenceReported { reportWaiting(since: since, world, &steps) }
            history.lag = nil
            enter(.gathering(since: since, until: world.now + history.wait))
            return gather(world, &steps)
        }
        if let lag = history.lag, world.definition != .unread {
            history.evidence = .lagging(lag)
            gather(world, &steps)
        } else {
            evidenceUnavailable(world, &steps)
        }
    }

    /// Reports once that a decision waits for something that AWS does not show yet.
    private mutating func reportWaiting(
        since: Instant,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        guard world.definition != nil else { return }
        let lag = history.lag
        countWithoutHistory(world, &steps)
        let until = world.time + (since + Timing.evidence - world.now)
        if let lag {
            reportWait(deferred: .notEvaluable, until: until, nil, detail: lag, world, &steps)
        } else {
            let detail = missing(world)
            reportWait(
                deferred: .definitionUnavailable,
                until: until,
                nil,
                detail: detail,
                world,
                &steps
            )
        }
    }

    /// History that cannot be read because of an error: no retry without it, but the error may
    /// pass.
    private mutating func evidenceUnavailable(
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        countWithoutHistory(world, &steps)
        guard !isGivenUp(world) else { return giveUp(world, &steps) }
        deferPinned(
            .definitionUnavailable,
            for: Timing.evidenceAgainMax,
            detail: missing(world),
            world,
            &steps
        )
    }

    /// Reports the failure before its history is known, by what the state shows.
    private mutating func countWithoutHistory(
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        let evidence = history.evidence
        history.evidence = evidence ?? .lagging("")
        _ = countFailure(world, &steps)
        history.evidence = evidence
    }

    private func missing(_ world: EpisodeEnvironment) -> String {
        let isDefinitionMissing = world.definition == .unread
        let calls: [AWSOperation?] = [
            isDefinitionMissing ? .getPipeline : nil,
            history.evidence == nil ? .listActionExecutions : nil,
        ]
        let names = calls.compactMap { $0?.name }.joined(separator: " and ")
        return "no usable answer to \(names); asking again"
    }

    /// Requests the causes and the pattern results that the verdict needs, in this order, and
    /// decides when nothing is missing.
    mutating func goOn(_ world: EpisodeEnvironment, _ steps: inout [EpisodeStep]) {
        guard let situation = situation(world) else { return }
        if let until = trace(situation, world, &steps) { return enter(.tracing(until: until)) }
        let queries = PolicyQuestions.queries(for: situation)
        let open = queries.filter { situation.findings[$0] == nil }
        guard !open.isEmpty else { return decide(world, &steps) }
        // Only what is still asked is kept: texts are large and episodes live long.
        let asked = Set(queries)
        findings = situation.findings.filter { asked.contains($0.key) }
        self.asked = open
        steps.append(.match(world.nextCall, open))
        enter(.matching(world.nextCall, until: world.now + Timing.call))
    }

    mutating func matched(
        _ id: CallID,
        _ answers: [PatternQuery: PatternFinding],
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        guard case .matching(id, _) = phase else { return }
        // A question without an answer counts as not evaluable: no retry (invariant I5).
        for query in asked { findings[query] = answers[query] ?? .pastBound }
        asked = []
        decide(world, &steps)
    }

    /// The evaluation gave no result, as on a machine that was suspended: repeat it, a limited
    /// number of times.
    mutating func patternsLost(
        _ id: CallID,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        guard case .matching(id, _) = phase else { return }
        let tries = history.patternTries + 1
        guard tries < Timing.patternTries else { return matched(id, [:], world, &steps) }
        history.patternTries = tries
        guard let situation = situation(world) else { return }
        // Causes come before patterns: what changed meanwhile may want one only now.
        guard !awaitsCauses(situation, world) else { return gatherAnew(world, &steps) }
        goOn(world, &steps)
    }

    /// The input of a decision; nil while it is not known what ran.
    mutating func situation(_ world: EpisodeEnvironment) -> Situation? {
        guard let evidence = history.evidence, let known = world.definition else { return nil }
        let asks = world.policy.asksKnowledge
        let source = KeptReading.Source(
            stage,
            evidence,
            known,
            causes: tracing.edition,
            asksKnowledge: asks
        )
        let kept = reading.flatMap { $0.source == source ? $0 : nil }
        let definition = kept.map(\.definition) ?? known.value
        var situation = Situation(
            episode: key,
            policy: world.policy,
            stage: stage,
            // The state may lag the definition, or lack its version.
            currentVersion: [world.version, definition?.version].compactMap(\.self).max(),
            definition: definition,
            evidence: evidence,
            history: past,
            findings: findings,
            holds: world.holds(on: key, error: record.lastFingerprint),
            now: world.time,
            seed: world.seed
        )
        situation.isExplained = false
        situation.causes = tracing.known
        // Once the pipeline has another mode, a refusal because of PARALLEL says nothing of it.
        situation.isParallelRefused =
            world.isParallelRefused && situation.stage.latest?.historyMode != nil
        if let kept {
            situation.reading = kept.reading
        } else {
            let new = FailureReading(situation)
            situation.reading = new
            reading = KeptReading(source: source, reading: new, definition: definition)
        }
        return situation
    }
}
