import Primitives

/// The evidence step: what really ran, by the definition and the execution's history.
extension Engine {
    /// Begins to read the evidence of a new or changed failure.
    mutating func startGathering(_ key: EpisodeKey, _ now: Instant) {
        guard let episode = episodes[key] else { return }
        var since = now
        if case .gathering(let earlier, _) = episode.phase { since = earlier }
        let isNew = episode.evidenceMark != episode.stage.mark || since == now
        let mark = episode.stage.mark
        let after = calls.nextID
        episodes[key]?.evidence = nil
        episodes[key]?.lag = nil
        episodes[key]?.evidenceMark = mark
        episodes[key]?.evidenceAfter = after
        if isNew {
            episodes[key]?.evidenceTries = 0
            episodes[key]?.patternTries = 0
        }
        setPhase(key, .gathering(since: since, until: now + evidenceWait(key)))
        // A definition that is denied, or has no such stage, says nothing of this failure.
        if pipelines[key.pipeline]?.knownDefinition?.stages[key.stage] == nil {
            pipelines[key.pipeline]?.definition = .unread
        }
        gather(key, now)
    }

    private func evidenceWait(_ key: EpisodeKey) -> Duration {
        Timing.doubling(
            Timing.evidenceAgain,
            times: episodes[key]?.evidenceTries ?? 0,
            longest: Timing.evidenceAgainMax
        )
    }

    /// Asks for what is missing, and decides when nothing is.
    mutating func gather(_ key: EpisodeKey, _ now: Instant) {
        guard let episode = episodes[key], case .gathering = episode.phase,
            let watch = pipelines[key.pipeline]
        else { return }
        if watch.definition == .unread { want(.definition(key.pipeline), .evidence) }
        if episode.evidence == nil, episode.lag == nil { want(.evidence(key), .evidence) }
        guard watch.definition != .unread, episode.evidence != nil else { return }
        matchOrDecide(key, now)
    }

    mutating func evidenceRead(
        _ id: CallID,
        _ answer: ReadAnswer<[ActionRow]>,
        _ now: Instant
    ) {
        guard case .aws(.evidence(let key)) = calls.end(id) else { return }
        heard(answer, from: key.pipeline.target, now)
        guard let episode = episodes[key] else { return }
        guard case .gathering = episode.phase else { return }
        guard id >= episode.evidenceAfter else {
            want(.evidence(key), .evidence)
            return
        }
        switch answer {
        case .read(let rows, _): takeHistory(rows, key)
        case .failed(let failure):
            // Other trouble passes: the phase's deadline asks again.
            guard failure.kind == .accessDenied else { return }
            episodes[key]?.evidence = .denied
        }
        gather(key, now)
    }

    /// Takes rows that have what the state shows; others are waited for, unless the state alone
    /// says why the stage is left.
    private mutating func takeHistory(_ rows: [ActionRow], _ key: EpisodeKey) {
        guard let stage = episodes[key]?.stage else { return }
        episodes[key]?.ranVersions.formUnion(rows.compactMap(\.pipelineVersion))
        let evidence = HistoryCheck.evidence(of: rows, for: stage)
        switch evidence {
        case .rows, .denied: episodes[key]?.evidence = evidence
        case .lagging(let what):
            episodes[key]?.lag = what
            // It may as well be the state that is old.
            want(.state(key.pipeline), .check)
            let conditions = stage.conditions
            if conditions.beforeEntry == .failed || conditions.onFailure == .failed {
                episodes[key]?.evidence = evidence
            }
        }
    }

    /// The phase's deadline: ask again, say after a while that it is waited for, and after long
    /// decide what that means.
    mutating func gatherLate(_ key: EpisodeKey, _ now: Instant) {
        guard let episode = episodes[key], case .gathering(let since, _) = episode.phase
        else { return }
        episodes[key]?.evidenceTries += 1
        let isTargetDown = targets[key.pipeline.target]?.trouble != nil
        let span = now - since
        guard span >= Timing.evidence, !isTargetDown else {
            if span >= Timing.evidenceSaid { sayWaiting(key, since: since, now) }
            episodes[key]?.lag = nil
            setPhase(key, .gathering(since: since, until: now + evidenceWait(key)))
            gather(key, now)
            return
        }
        if let lag = episode.lag, pipelines[key.pipeline]?.definition != .unread {
            episodes[key]?.evidence = .lagging(lag)
            gather(key, now)
        } else {
            evidenceUnavailable(key, now)
        }
    }

    /// Says once that a decision waits for what AWS does not show yet.
    private mutating func sayWaiting(_ key: EpisodeKey, since: Instant, _ now: Instant) {
        guard let episode = episodes[key], pipelines[key.pipeline] != nil else { return }
        countWithoutHistory(key, now)
        let until = serverTime(key.pipeline.target, now) + (since + Timing.evidence - now)
        if let lag = episode.lag {
            say(key, deferred: .notEvaluable, until: until, nil, detail: lag)
        } else {
            say(key, deferred: .definitionUnavailable, until: until, nil, detail: missing(key))
        }
    }

    /// Evidence that trouble keeps away: no retry without it, but the trouble passes.
    private mutating func evidenceUnavailable(_ key: EpisodeKey, _ now: Instant) {
        countWithoutHistory(key, now)
        guard !isGivenUp(key, now) else {
            giveUp(key, now)
            return
        }
        let wait = Timing.evidenceAgainMax
        deferFirmly(key, .definitionUnavailable, for: wait, detail: missing(key), now)
    }

    /// Says that the stage failed before its history is known, by what the state shows.
    private mutating func countWithoutHistory(_ key: EpisodeKey, _ now: Instant) {
        let evidence = episodes[key]?.evidence
        episodes[key]?.evidence = evidence ?? .lagging("")
        _ = countFailure(key, now)
        episodes[key]?.evidence = evidence
    }

    private func missing(_ key: EpisodeKey) -> String {
        let isDefinitionMissing = pipelines[key.pipeline]?.definition == .unread
        let calls = [
            isDefinitionMissing ? "GetPipeline" : nil,
            episodes[key]?.evidence == nil ? "ListActionExecutions" : nil,
        ].compactMap(\.self)
        return "no usable answer of \(calls.joined(separator: " and ")); it is asked again"
    }

    /// Asks the shell for the patterns' answers that the verdict needs.
    private mutating func matchOrDecide(_ key: EpisodeKey, _ now: Instant) {
        guard let situation = situation(key, now) else { return }
        let queries = PolicyQuestions.queries(for: situation)
        let open = queries.filter { situation.findings[$0] == nil }
        guard !open.isEmpty else {
            decide(key, now)
            return
        }
        // Only what is still asked is kept: texts are large and episodes live long.
        let asked = Set(queries)
        episodes[key]?.findings = situation.findings.filter { asked.contains($0.key) }
        episodes[key]?.asked = open
        let id = calls.begin(.patterns(key), now, within: Timing.write)
        setPhase(key, .matching(id, until: now + Timing.call))
        effects.append(.matchPatterns(id, open))
    }

    mutating func patternsMatched(
        _ id: CallID,
        _ findings: [PatternQuery: PatternFinding],
        _ now: Instant
    ) {
        guard case .patterns(let key) = calls.end(id), let episode = episodes[key],
            case .matching(id, _) = episode.phase
        else { return }
        // What was asked and not answered counts as not evaluable: no retry (invariant I5).
        for query in episode.asked {
            episodes[key]?.findings[query] = findings[query] ?? .pastBound
        }
        episodes[key]?.asked = []
        decide(key, now)
    }

    /// The evaluation did not come back, as on a machine that was suspended: asked again, but not
    /// without end.
    mutating func patternsLost(_ id: CallID, _ now: Instant) {
        guard case .patterns(let key)? = calls.purpose(of: id) else { return }
        let tries = (episodes[key]?.patternTries ?? 0) + 1
        guard tries < Timing.patternTries, case .matching(id, _)? = episodes[key]?.phase else {
            patternsMatched(id, [:], now)
            return
        }
        _ = calls.end(id)
        episodes[key]?.patternTries = tries
        matchOrDecide(key, now)
    }

    mutating func situation(_ key: EpisodeKey, _ now: Instant) -> Situation? {
        guard let episode = episodes[key], let evidence = episode.evidence,
            let watch = pipelines[key.pipeline]
        else { return nil }
        let definition = watch.knownDefinition
        var situation = Situation(
            episode: key,
            policy: policy(of: key),
            stage: episode.stage,
            // The state may lag the definition, or lack its version.
            currentVersion: [watch.version, definition?.version].compactMap(\.self).max(),
            definition: definition,
            evidence: evidence,
            history: episode.history(firstFailure: episode.record.firstFailure),
            findings: episode.findings,
            brakes: brakes(on: key, now),
            now: serverTime(key.pipeline.target, now),
            seed: seed
        )
        let source = KeptReading.Source(episode.stage, evidence, watch.definition)
        if let kept = episode.reading, kept.source == source {
            situation.reading = kept.reading
        } else {
            let reading = FailureReading(situation)
            situation.reading = reading
            episodes[key]?.reading = KeptReading(source: source, reading: reading)
        }
        return situation
    }
}

/// The newest reading of a failure, and of what.
struct KeptReading: Hashable, Sendable {
    /// All that a reading follows from, but for the names.
    struct Source: Hashable, Sendable {
        private let stage: StageSnapshot
        private let evidence: Evidence
        private let definition: PipelineWatch.Definition

        init(
            _ stage: StageSnapshot,
            _ evidence: Evidence,
            _ definition: PipelineWatch.Definition
        ) {
            self.stage = stage
            self.evidence = evidence
            self.definition = definition
        }
    }

    let source: Source
    let reading: FailureReading
}
