extension Engine {
    /// What the engine does right now.
    package var status: EngineStatus {
        EngineStatus(
            targets: configuration.targets.map { target in
                let own = pipelines.values.filter { $0.key.target == target.name }
                let watch = targets[target.name]
                let trouble = (watch?.trouble ?? watch?.listTrouble)?.failure
                return TargetStatus(
                    name: target.name,
                    region: target.region,
                    pipelines: own.count,
                    lost: own.count { $0.lost != nil || $0.isUnsupported },
                    trouble: trouble.map { $0.code ?? "\($0.kind)" },
                    rate: buckets[target.rateGroup]?.rate ?? configuration.poll.maxRate
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
