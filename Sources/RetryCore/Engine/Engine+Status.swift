import Primitives

extension Engine {
    /// What the engine is doing now.
    package var status: EngineStatus {
        var watched: [TargetName: Int] = [:]
        var lost: [TargetName: [PipelineName]] = [:]
        for (key, watch) in fleet.pipelines {
            watched[key.target, default: 0] += 1
            if watch.lost != nil {
                lost[key.target, default: []].append(key.pipeline)
            }
        }
        return EngineStatus(
            targets: configuration.targets.map { target in
                let watch = fleet.targets[target.name]
                let degradation = (watch?.degradation ?? watch?.listDegradation)?.failure
                return TargetStatus(
                    name: target.name,
                    region: target.region,
                    pipelines: watched[target.name] ?? 0,
                    lost: (lost[target.name] ?? []).sorted(),
                    degradation: degradation.map { $0.code ?? $0.cause ?? "\($0.kind)" }
                        ?? fleet.duplicates.reported[target.name].map {
                            "same account and Region as \($0.elder)"
                        },
                    rate: calls.rates[fleet.group(of: target.name)]?.rate
                        ?? configuration.poll.maxRate
                )
            },
            episodes: episodes.keys.compactMap { key in
                episodes.live[key].map { status(of: key, $0) }
            },
            ended: episodes.ended.failed.sorted { $0.key < $1.key }.map { key, bare in
                EndedStatus(key: key, outcome: bare.outcome, reason: bare.reason)
            },
            pauses: holds.pauses.all,
            callsInFlight: calls.inFlight,
            ledgerError: ledger.degradation?.reason
        )
    }

    /// The phase of a live episode.
    package func phase(of key: EpisodeKey) -> EpisodePhase.Name? {
        episodes.live.place(of: key).map { episodes.live[at: $0].phase.name }
    }

    private func status(of key: EpisodeKey, _ episode: Episode) -> EpisodeStatus {
        var due: WallTime?
        var reason: Reason?
        var limit = episode.intents.isEmpty ? nil : episode.limit
        var rule = episode.intents.last?.rule
        switch episode.phase {
        case .pending(let plan, _): (due, limit, rule) = (plan.due, plan.limit, plan.rule)
        case .deferred(let why, _, _): reason = why
        case .resuming, .gathering, .tracing, .matching, .comparing, .rechecking, .recording,
            .queued,
            .calling, .verifying, .settling, .running, .ended:
            break
        }
        return EpisodeStatus(
            key: key,
            phase: episode.phase.name,
            retries: episode.countedRetries,
            limit: limit,
            rule: rule,
            due: due,
            reason: reason,
            cause: episode.tracing.known.min { $0.key < $1.key }?.value.root
        )
    }
}
