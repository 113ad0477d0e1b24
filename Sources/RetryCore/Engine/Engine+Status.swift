extension Engine {
    /// What the engine does right now.
    package var status: EngineStatus {
        var watched: [TargetName: Int] = [:]
        var lost: [TargetName: Int] = [:]
        for (key, watch) in pipelines {
            watched[key.target, default: 0] += 1
            if watch.lost != nil || watch.isUnsupported { lost[key.target, default: 0] += 1 }
        }
        return EngineStatus(
            targets: configuration.targets.map { target in
                let watch = targets[target.name]
                let trouble = (watch?.trouble ?? watch?.listTrouble)?.failure
                return TargetStatus(
                    name: target.name,
                    region: target.region,
                    pipelines: watched[target.name] ?? 0,
                    lost: lost[target.name] ?? 0,
                    trouble: trouble.map { $0.code ?? $0.cause ?? "\($0.kind)" }
                        ?? twins.said[target.name].map { "same account and Region as \($0.elder)" },
                    rate: buckets[group(of: target.name)]?.rate ?? configuration.poll.maxRate
                )
            },
            episodes: liveEpisodes.compactMap { key in
                episodes[key].map { status(of: key, $0) }
            },
            pauses: pauses,
            callsInFlight: callsInFlight,
            ledgerTrouble: ledgerTrouble?.reason
        )
    }

    private func status(of key: EpisodeKey, _ episode: Episode) -> EpisodeStatus {
        var due: WallTime?
        var reason: Reason?
        switch episode.phase {
        case .pending(let plan, _): due = plan.due
        case .deferred(let why, _, _): reason = why
        case .resuming, .gathering, .matching, .rechecking, .recording, .queued, .calling,
            .verifying, .settling, .running, .ended:
            break
        }
        return EpisodeStatus(
            key: key,
            phase: episode.phase.name.rawValue,
            retries: episode.countedRetries,
            due: due,
            reason: reason
        )
    }
}
