import Primitives

/// How long a pipeline is not polled, and how urgent the next poll is.
///
/// Failures follow activity: a moving pipeline is polled often, one that moved a while ago less,
/// and one that has been at rest for long the least. A stage that waits for days, for an approval
/// say, costs no more than one at rest.
enum PollPace {
    /// A pipeline at rest waits for a sixtieth of the time that it has been at rest: up to
    /// half an hour of rest mean `interval` by its default, two hours `quiet_interval`.
    static let restShare: Int64 = 60
    /// A stage that moves but shows nothing new waits for this share of the time since, once
    /// that is more than `active_interval`: an hour by its default.
    static let moveShare: Int64 = 360
    /// How long a pipeline counts as lately moved: most runs follow within hours on another.
    static let lately = Duration.seconds(14_400)
    /// How long a stage that moves without showing anything new still counts as moving.
    static let lively = Duration.seconds(3600)

    /// The wait after a successful poll.
    ///
    /// - Parameters:
    ///   - isActive: A stage moves or an episode lives.
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
