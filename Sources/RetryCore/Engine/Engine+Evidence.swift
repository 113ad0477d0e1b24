/// The evidence step: what really ran, by the definition and the execution's history.
extension Engine {
    /// Begins to read the evidence of a new or changed failure.
    mutating func startGathering(_ key: EpisodeKey, _ now: Instant) {
        guard episodes[key] != nil else { return }
        if case .gathering(let since, _)? = episodes[key]?.phase, since < now {
            setPhase(key, .gathering(since: since, until: now + Timing.evidenceAgain))
        } else {
            setPhase(key, .gathering(since: now, until: now + Timing.evidenceAgain))
        }
        episodes[key]?.evidence = nil
        episodes[key]?.isEvidenceGivenUp = false
        let mark = episodes[key]?.stage.mark
        episodes[key]?.evidenceMark = mark
        let after = nextCall
        episodes[key]?.evidenceAfter = after
        if pipelines[key.pipeline]?.definition == .denied {
            pipelines[key.pipeline]?.definition = .unread
        }
        gather(key, now)
    }

    /// Asks for what is missing, and decides when nothing is.
    mutating func gather(_ key: EpisodeKey, _ now: Instant) {
        guard let episode = episodes[key], case .gathering = episode.phase,
            let watch = pipelines[key.pipeline]
        else { return }
        if watch.definition == .unread { want(.definition(key.pipeline), .evidence) }
        if episode.evidence == nil { want(.evidence(key), .evidence) }
        guard watch.definition != .unread, episode.evidence != nil else { return }
        matchOrDecide(key, now)
    }

    mutating func evidenceRead(
        _ id: CallID,
        _ answer: ReadAnswer<[ActionRow]>,
        _ now: Instant
    ) {
        guard case .aws(.evidence(let key)) = finish(id) else { return }
        heard(answer, from: key.pipeline.target, now)
        guard let episode = episodes[key] else { return }
        episodes[key]?.isReadingEvidence = false
        guard case .gathering = episode.phase else {
            if case .read = answer, id >= episode.evidenceAfter { evidenceCameLate(key, now) }
            return
        }
        guard id >= episode.evidenceAfter else {
            want(.evidence(key), .evidence)
            return
        }
        switch answer {
        case .read(let rows, _): episodes[key]?.evidence = .rows(rows)
        case .failed(let failure):
            // Other trouble passes: the phase's deadline asks again.
            guard failure.kind == .accessDenied else { return }
            episodes[key]?.evidence = .denied
        }
        gather(key, now)
    }

    /// The phase's deadline: ask again, or after long trouble decide with what may be read.
    mutating func gatherLate(_ key: EpisodeKey, _ now: Instant) {
        guard let episode = episodes[key], case .gathering(let since, _) = episode.phase
        else { return }
        setPhase(key, .gathering(since: since, until: now + Timing.evidenceAgain))
        let isTargetDown = targets[key.pipeline.target]?.trouble != nil
        guard now - since >= Timing.evidence, !isTargetDown else {
            gather(key, now)
            return
        }
        if pipelines[key.pipeline]?.definition == .unread {
            pipelines[key.pipeline]?.definition = .denied
        }
        if episode.evidence == nil {
            episodes[key]?.evidence = .denied
            episodes[key]?.isEvidenceGivenUp = true
        }
        gather(key, now)
    }

    /// The history can be read after all, when it was decided without it: nothing is sent before
    /// it was heeded.
    private mutating func evidenceCameLate(_ key: EpisodeKey, _ now: Instant) {
        guard let episode = episodes[key], episode.isEvidenceGivenUp else { return }
        switch episode.phase {
        case .pending, .deferred, .rechecking: startGathering(key, now)
        case .recording, .queued: redecide(key, now)
        case .resuming, .gathering, .matching, .calling, .verifying, .settling, .running, .ended:
            break
        }
    }

    /// Asks the shell for the patterns' answers that the verdict needs.
    private mutating func matchOrDecide(_ key: EpisodeKey, _ now: Instant) {
        guard let situation = situation(key, now) else { return }
        let open = PolicyQuestions.queries(for: situation)
            .filter { situation.findings[$0] == nil }
        guard !open.isEmpty else {
            decide(key, now)
            return
        }
        let id = newCall(.patterns(key), now, within: Timing.write)
        setPhase(key, .matching(id, until: now + Timing.call))
        effects.append(.matchPatterns(id, open))
    }

    mutating func patternsMatched(
        _ id: CallID,
        _ findings: [PatternQuery: PatternFinding],
        _ now: Instant
    ) {
        guard case .patterns(let key) = finish(id), let episode = episodes[key],
            case .matching(id, _) = episode.phase
        else { return }
        // Only the newest failure's answers are kept: texts are large and episodes live long.
        // What was not answered counts as not evaluable: no retry (invariant I5).
        episodes[key]?.findings = findings
        decide(key, now)
    }

    func situation(_ key: EpisodeKey, _ now: Instant) -> Situation? {
        guard let episode = episodes[key], let evidence = episode.evidence,
            let watch = pipelines[key.pipeline]
        else { return nil }
        return Situation(
            episode: key,
            policy: policy(of: key),
            stage: episode.stage,
            currentVersion: watch.version,
            definition: watch.knownDefinition,
            evidence: evidence,
            history: episode.history(firstFailure: episode.record.firstFailure),
            findings: episode.findings,
            brakes: brakes(on: key, now),
            now: serverTime(key.pipeline.target, now),
            seed: seed
        )
    }
}
