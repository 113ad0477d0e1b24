import Primitives

/// Targets that cannot be reached for a cause on this machine, and what heals them.
extension Engine {
    /// What a target needs to be reached cannot be had now; said when it begins and when the cause
    /// is another one.
    ///
    /// Its calls come back failed meanwhile, so that everything else goes on as in an outage.
    mutating func targetUnusable(_ name: TargetName, _ failure: CallFailure, _ now: Instant) {
        guard let trouble = targets[name]?.trouble else { return degrade(name, failure, now) }
        guard trouble.failure.message != failure.message else { return }
        targets[name]?.trouble?.failure = failure
        if let target = targets[name] { report(.targetDegraded(target.context, failure)) }
    }

    /// A target can be reached: its Region is known, and everything of it is looked at.
    ///
    /// It has recovered with the first call that works.
    mutating func targetPlanned(
        _ name: TargetName,
        region: String,
        rateGroup: String,
        endpoint: String,
        _ now: Instant
    ) {
        guard let index = configuration.targets.firstIndex(where: { $0.name == name }) else {
            return
        }
        configuration.targets[index].region = region
        configuration.targets[index].rateGroup = rateGroup
        configuration.targets[index].endpoint = endpoint
        watchTargets(now)
        for key in pipelines.keys.sorted() where key.target == name {
            pipelines[key]?.failures = 0
            look(key, at: now + firstDelay(key), now)
        }
        if targets[name]?.needsList == true { listings.set(name, at: now) }
    }
}
