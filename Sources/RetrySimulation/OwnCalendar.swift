import Primitives
import RetryCore

/// The oracle's own windows: by the laws of the zones, not by transitions, and minute by minute.
///
/// All spans begin and end at whole minutes, and so do all offsets.
struct OwnCalendar: Sendable {
    /// How far an opening is looked for: four weeks; the generated windows open in every one.
    private static let horizon = 4 * 7 * 1440
    private static let minute: Int64 = 60_000

    let windows: [Window]

    init(_ windows: [Window]) { self.windows = windows }

    /// Whether retries may be sent in the minute of a time.
    func isOpen(at time: WallTime) -> Bool {
        isOpen(in: OwnCalendar.minute(of: time))
    }

    /// Whether retries may not be sent from so many minutes before a time until so many after.
    func isClosed(from before: Int64, to after: Int64, around time: WallTime) -> Bool {
        let middle = OwnCalendar.minute(of: time)
        return (middle - before...middle + after).allSatisfy { !isOpen(in: $0) }
    }

    /// Whether retries may not be sent at any time within so many minutes.
    func isClosed(within minutes: Int64, of time: WallTime) -> Bool {
        let middle = OwnCalendar.minute(of: time)
        return (middle - minutes...middle + minutes).contains { !isOpen(in: $0) }
    }

    /// The first time from one on at which retries may be sent; nil: none in four weeks.
    func opening(from time: WallTime) -> WallTime? {
        let first = OwnCalendar.minute(of: time)
        for minute in first..<first + Int64(OwnCalendar.horizon) where isOpen(in: minute) {
            return minute == first ? time : WallTime(milliseconds: minute * OwnCalendar.minute)
        }
        return nil
    }

    /// How much of the time between two times is open, in milliseconds; a minute off at most.
    func openTime(from start: WallTime, to end: WallTime) -> Int64 {
        guard !windows.isEmpty else { return (end - start).wholeMilliseconds }
        let (first, last) = (OwnCalendar.minute(of: start), OwnCalendar.minute(of: end))
        guard first < last else { return max(0, (end - start).wholeMilliseconds) }
        let count = (first..<last).count { isOpen(in: $0) }
        return Int64(count) * OwnCalendar.minute
    }

    private func isOpen(in minute: Int64) -> Bool {
        var isAllowed = !windows.contains { $0.effect == .allow }
        for window in windows {
            let local = minute + Int64(OwnZone.offset(window.zone.name, at: minute * 60) / 60)
            guard window.spans.contains(where: { OwnCalendar.covers($0, local) }) else { continue }
            if window.effect == .deny { return false }
            isAllowed = true
        }
        return isAllowed
    }

    /// Whether a span covers a minute of local time since 1970, which began on a Thursday.
    private static func covers(_ span: WeeklySpan, _ local: Int64) -> Bool {
        let monday = local + 3 * 1440
        // The span may have begun up to two days before.
        return (0...2 as ClosedRange<Int64>).contains { back in
            let day = (monday - back * 1440) / 1440
            guard Int(day % 7) == span.weekday else { return false }
            let since = Int(monday - day * 1440)
            return since >= span.start && since < span.end
        }
    }

    private static func minute(of time: WallTime) -> Int64 {
        time.milliseconds.flooredDivision(by: minute).quotient
    }
}

extension Own {
    /// The true time from which on a policy's windows are open.
    static func opening(_ policy: StagePolicy, from time: Int64) -> Int64 {
        let opening = OwnCalendar(policy.windows).opening(
            from: HostClock.epoch + .milliseconds(time)
        )
        return opening.map { ($0 - HostClock.epoch).wholeMilliseconds } ?? .max / 2
    }
}

/// The laws by which the zones change their clocks, as their countries have them since 2008.
enum OwnZone {
    /// Seconds east of UTC at a time in seconds.
    static func offset(_ zone: String, at time: Int64) -> Int {
        switch zone {
        // From the last Sunday of March to that of October, at 01:00 UTC.
        case "Europe/Berlin":
            isBetween(time, lastSunday(3, time) + 3600, lastSunday(10, time) + 3600) ? 7200 : 3600
        // From the second Sunday of March to the first of November, at 02:00 of its own clock.
        case "America/New_York":
            isBetween(time, sunday(2, 3, time) + 7 * 3600, sunday(1, 11, time) + 6 * 3600)
                ? -14_400 : -18_000
        // Standard time from the first Sunday of April to that of October, at 02:00 standard time.
        case "Australia/Sydney":
            isBetween(time, sunday(1, 4, time) - 8 * 3600, sunday(1, 10, time) - 8 * 3600)
                ? 36_000 : 39_600
        case "Asia/Kolkata": 19_800
        case _: 0
        }
    }

    private static func isBetween(_ time: Int64, _ start: Int64, _ end: Int64) -> Bool {
        time >= start && time < end
    }

    /// Midnight UTC of a Sunday of a month, in the year of a time.
    private static func sunday(_ number: Int, _ month: Int, _ time: Int64) -> Int64 {
        let first = day(year(of: time), month, 1)
        // 1970-01-01 was a Thursday: the third day after it was a Sunday.
        let toSunday = (3 - first % 7 + 7) % 7
        return (first + toSunday + Int64(number - 1) * 7) * 86_400
    }

    private static func lastSunday(_ month: Int, _ time: Int64) -> Int64 {
        let last = day(year(of: time), month, 31)
        return (last - (last - 3) % 7) * 86_400
    }

    private static func year(of time: Int64) -> Int {
        var year = 2026
        while day(year + 1, 1, 1) * 86_400 <= time { year += 1 }
        return year
    }

    /// Days since 1970 of a date from 2026 to 2099.
    private static func day(_ year: Int, _ month: Int, _ day: Int) -> Int64 {
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        let leapDays = (year - 1969) / 4 + (year % 4 == 0 && month > 2 ? 1 : 0)
        let days = (year - 1970) * 365 + leapDays + lengths.prefix(month - 1).reduce(0, +)
        return Int64(days + day - 1)
    }
}
