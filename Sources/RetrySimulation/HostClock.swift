import CodePipelineSimulator
import Primitives

/// The true time, and the host's clocks derived from it.
struct HostClock: Sendable {
    /// The true time at the start: a Monday, 03:00 UTC.
    static let epoch = WallTime(milliseconds: 1_795_402_800_000)

    /// True milliseconds since the start.
    var time: Int64 = 0
    /// How fast the monotonic clock runs, in parts per million.
    var drift: Int64 = 0
    /// Where the monotonic clock of this process began, in milliseconds.
    var origin: Int64 = 0
    /// The error of the time of day, in milliseconds.
    var step: Int64 = 0

    private func monotonic(at time: Int64) -> Int64 {
        origin + time + time * drift / 1_000_000
    }

    /// The monotonic clock.
    var now: Instant { Instant(sinceOrigin: .milliseconds(monotonic(at: time))) }

    /// The host's time of day.
    var wall: WallTime {
        HostClock.epoch + .milliseconds(monotonic(at: time) - origin + step)
    }

    /// How far it is ahead, in milliseconds.
    var ahead: Int64 { (wall - truth).wholeMilliseconds }

    /// The true time, which is AWS's.
    var truth: WallTime { HostClock.epoch + .milliseconds(time) }

    /// The true time for the model.
    var modelTime: ModelTime { ModelTime(milliseconds: HostClock.epoch.milliseconds + time) }

    /// The first true time at which the monotonic clock has reached an instant.
    func reaching(_ instant: Instant) -> Int64 {
        let whole = instant.sinceOrigin.wholeMilliseconds
        let target = .milliseconds(whole) < instant.sinceOrigin ? whole + 1 : whole
        guard drift != 0 else { return max(self.time, target - origin) }
        var time = max(self.time, (target - origin) * 1_000_000 / (1_000_000 + drift) - 2)
        while monotonic(at: time) < target { time += 1 }
        return time
    }
}
