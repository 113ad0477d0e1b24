package import Primitives

/// Postpones the service manager's time-out during a long piece of work, as long as it makes
/// progress.
///
/// It makes progress when it used processor time: a slow disk delivers every page in the end, a
/// hung one none. Work without progress is left to the time-out.
package struct TimeoutExtension: Hashable, Sendable {
    /// How often to check whether the work made progress.
    package static let interval = Duration.seconds(5)
    /// How much longer each notice asks for, counted from then.
    package static let step = Duration.seconds(60)
    /// The longest that work is waited for, since it might turn in circles.
    package static let limit = Duration.seconds(3600)

    private let began: Instant
    private var used: Duration

    /// Begins, at a time at which the work had used that much processor time.
    package init(now: Instant, used: Duration) {
        began = now
        self.used = used
    }

    /// The notice for the service manager: more time when the work made progress since the last
    /// check.
    ///
    /// - Parameters:
    ///   - now: the present.
    ///   - used: the processor time that the work has used by now.
    /// - Returns: the notice; nil when the time-out may come.
    package mutating func check(now: Instant, used: Duration) -> ServiceNotice? {
        let hasMoved = used > self.used
        self.used = used
        guard hasMoved, now - began < Self.limit else { return nil }
        return .extendTimeout(Self.step)
    }
}

/// Watches a piece of work that blocks the thread it was created on; see ``TimeoutExtension``.
package final class TimeoutExtender: Sendable {
    private let hasEnded: EventCounter
    private let isQuiet: EventCounter

    /// Asks for more time immediately, and from then on for as long as the calling thread makes
    /// progress.
    ///
    /// - Parameters:
    ///   - status: what `systemctl status` shows meanwhile.
    ///   - interval: how often to check.
    ///   - now: the present.
    ///   - used: the processor time that the work has used.
    ///   - report: sends it to the service manager.
    /// - Throws: `HostError` when the system gives no thread.
    package init(
        status: String,
        interval: Duration = TimeoutExtension.interval,
        now: @escaping @Sendable () -> Instant = { LinuxHost().awakeInstant },
        used: @escaping @Sendable () -> Duration = LinuxHost().callingThreadTime(),
        report: @escaping @Sendable (ServiceNotice) -> Void
    ) throws(HostError) {
        let (hasEnded, isQuiet) = (try EventCounter(), try EventCounter())
        self.hasEnded = hasEnded
        self.isQuiet = isQuiet
        let beginning = TimeoutExtension(now: now(), used: used())
        report(.status(status))
        report(.extendTimeout(TimeoutExtension.step))
        try HostThread.start(named: "time-out") {
            var work = beginning
            while !hasEnded.wait(atMost: interval) {
                if let notice = work.check(now: now(), used: used()) { report(notice) }
            }
            isQuiet.raise()
        }
    }

    /// Ends the watching; nothing is sent afterwards, unless the service manager hangs.
    package func end() {
        hasEnded.raise()
        _ = isQuiet.wait(atMost: .seconds(2))
    }
}
