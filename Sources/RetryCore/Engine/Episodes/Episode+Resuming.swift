import Primitives

/// Going on after a restart: open intents are settled before anything else.
extension Episode {
    /// It is unknown whether an open intent was sent: it may still take effect, and counts as
    /// spent.
    ///
    /// Only the newest is settled by reading the state; failed writes may have left others.
    mutating func settleOpenIntents(_ steps: inout [EpisodeStep]) {
        let open = intents.filter { $0.state == .open }
        guard !open.isEmpty else { return }
        for intent in open {
            let isNewest = intent.sequence == intents.last?.sequence
            change(intent, to: isNewest ? .unknown : .unsettled, &steps)
        }
        record.counts.lost(open.count)
        save(&steps)
    }

    /// The first poll after a restart shows the stage still Failed.
    mutating func goOn(
        by id: CallID,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        guard let intent = intents.last else { return gatherAnew(world, &steps) }
        let until = world.now + Timing.effect
        switch intent.state {
        case .open, .unknown, .accepted:
            if stage.hasMoved(since: intent.before) {
                tookEffect(intent, world, &steps)
                gatherAnew(world, &steps)
            } else if intent.state == .accepted {
                enter(.verifying(intent, after: id, polled: false, until: until))
            } else {
                let unknown = change(intent, to: .unknown, &steps)
                enter(.settling(unknown, after: id, polled: false, until: until))
            }
        case .effective, .withoutEffect, .unsettled, .notExecuted: gatherAnew(world, &steps)
        }
    }

    /// The first poll after a restart shows the stage in another state than Failed.
    mutating func settleResumed(
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        guard case .resuming = phase, let intent = intents.last else { return }
        switch intent.state {
        case .open, .unknown, .accepted: tookEffect(intent, world, &steps)
        case .effective, .withoutEffect, .unsettled, .notExecuted: break
        }
    }
}
