import Primitives

/// How long a pipeline is not polled, and how urgent the next poll is.
///
/// Failures follow activity: an active pipeline is polled often, one that was active a while ago
/// less, and one that has long been idle the least. A stage that waits for days, for an approval
/// say, costs no more than an idle one.
enum PollPace {
    /// An idle pipeline waits for 1/60 of the time that it has been idle: with the defaults, up to
    /// 30 min idle gives `interval`, two hours `quiet_interval`.
    static let restShare: Int64 = 60
    /// An active stage that shows nothing new waits for 1/360 of the time since, once that is more
    /// than `active_interval`: with the defaults, after an hour.
    static let moveShare: Int64 = 360
    /// How long a pipeline counts as recently active: most executions follow another within hours.
    static let lately = Duration.seconds(14_400)
    /// How long a stage that shows nothing new still counts as active.
    static let lively = Duration.seconds(3600)

    /// The wait after a successful poll.
    ///
    /// - Parameters:
    ///   - isActive: A stage is active or an episode lives.
    ///   - rest: How long the answers have been the same.
    ///   - poll: The file's settings.
    /// - Returns: The wait.
    static func wait(isActive: Bool, rest: Duration, _ poll: PollSettings) -> Duration {
        if isActive {
            let least = min(poll.activeInterval, poll.interval)
            return min(max(least, rest.divided(by: moveShare)), poll.interval)
        }
        return min(max(poll.interval, rest.divided(by: restShare)), poll.quietInterval)
    }

    /// The priority of the next poll when the rate does not allow all of them in time.
    static func priority(isActive: Bool, rest: Duration) -> CallPriority {
        if isActive, rest < lively { return .active }
        return rest < lately ? .recent : .quiet
    }

    /// The grid that polls are aligned to, so that those of the same moment are sent together.
    ///
    /// Grouped calls on warm connections cost a fraction of the same calls one by one.
    static func grid(_ poll: PollSettings) -> Duration {
        min(.seconds(1), min(poll.interval, poll.activeInterval).divided(by: 10))
    }
}
