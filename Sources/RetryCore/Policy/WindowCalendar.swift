package import Primitives

/// The windows of a policy as one calendar: when retries may be sent.
///
/// No windows: always. With an allow window: only in allow windows. A deny window beats every allow
/// window. A span follows the zone's local clock: times that a clock change skips never occur, and
/// times that it repeats occur twice.
package struct WindowCalendar: Hashable, Sendable {
    /// Whether retries may be sent at one time.
    package enum State: Hashable, Sendable {
        /// They may.
        case open
        /// They may not, until this time; nil when nothing opens within ``horizon``.
        case closed(until: WallTime?)
    }

    /// How far ahead the next opening is searched: 8 weeks.
    package static let horizon = Duration.seconds(8 * 7 * 86_400)
    /// How many boundaries one question may pass, so that no input keeps it busy.
    private static let patience = 4000

    private let windows: [Window]
    private let hasAllow: Bool

    /// Creates the calendar of some windows.
    package init(_ windows: [Window]) {
        self.windows = windows
        hasAllow = windows.contains { $0.effect == .allow }
    }

    /// Whether retries may be sent at `time`, and when they next may.
    package func state(at time: WallTime) -> State {
        isOpen(at: time) ? .open : .closed(until: nextOpening(from: time))
    }

    /// Whether retries may be sent at `time`.
    package func isOpen(at time: WallTime) -> Bool {
        var allowed = !hasAllow
        for window in windows where window.covers(time) {
            switch window.effect {
            case .allow: allowed = true
            case .deny: return false
            }
        }
        return allowed
    }

    /// The first time from `time` on at which retries may be sent; nil when there is none within
    /// ``horizon``.
    package func nextOpening(from time: WallTime) -> WallTime? {
        var at = time
        for _ in 0..<WindowCalendar.patience {
            if isOpen(at: at) { return at }
            guard let next = nextBoundary(after: at), next - time <= WindowCalendar.horizon else {
                return nil
            }
            at = next
        }
        return nil
    }

    /// How much of the time from `start` to `end` is closed; zero when `end` is not later.
    package func closedTime(from start: WallTime, to end: WallTime) -> Duration {
        guard !windows.isEmpty else { return .zero }
        var (at, closed) = (start, Duration.zero)
        for _ in 0..<WindowCalendar.patience where at < end {
            let next = min(nextBoundary(after: at) ?? end, end)
            if !isOpen(at: at) { closed = closed.adding(next - at) }
            at = next
        }
        return closed
    }

    /// The time at which so much open time has passed since `start`.
    ///
    /// When nothing opens for longer than ``horizon``, all time counts from there on, since an
    /// episode must end; the same after more than a year of daily windows.
    package func time(after open: Duration, from start: WallTime) -> WallTime {
        guard !windows.isEmpty else { return start + open }
        var (at, rest) = (start, open)
        var closedSince: WallTime?
        for _ in 0..<WindowCalendar.patience {
            let next = nextBoundary(after: at)
            if isOpen(at: at) {
                closedSince = nil
                guard let next, next - at < rest else { return at + rest }
                rest -= next - at
            } else {
                let since = closedSince ?? at
                closedSince = since
                guard let next, next - since <= WindowCalendar.horizon else { return since + rest }
            }
            at = next ?? at
        }
        return at + rest
    }

    /// The first time after `time` at which anything may change.
    private func nextBoundary(after time: WallTime) -> WallTime? {
        windows.compactMap { $0.nextBoundary(after: time) }.min()
    }
}

extension ZoneRules {
    /// Seconds east of UTC at `time`.
    package func offset(at time: WallTime) -> Int {
        let next = nextTransition(after: time)
        return next == 0 ? base : transitions[next - 1].offset
    }

    /// The index of the first transition later than `time`.
    fileprivate func nextTransition(after time: WallTime) -> Int {
        var (low, high) = (0, transitions.count)
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle].at <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

private let week: Int64 = 7 * 86_400_000

extension Window {
    fileprivate func covers(_ time: WallTime) -> Bool {
        let local = localTimeOfWeek(time)
        return spans.contains { $0.covers(local) }
    }

    /// The first time after `time` at which a span may begin or end: by the clock, or because the
    /// clock is changed.
    fileprivate func nextBoundary(after time: WallTime) -> WallTime? {
        guard !spans.isEmpty else { return nil }
        let local = localTimeOfWeek(time)
        let wait = spans.reduce(week) { min($0, $1.waitForBoundary(from: local)) }
        let sum = time.milliseconds.addingReportingOverflow(wait)
        let byClock =
            sum.overflow ? WallTime.distantFuture : WallTime(milliseconds: sum.partialValue)
        let index = zone.nextTransition(after: time)
        return index < zone.transitions.count
            ? min(byClock, zone.transitions[index].at) : byClock
    }

    /// Milliseconds since Monday 00:00 by the zone's clock; 1970-01-01 was a Thursday.
    private func localTimeOfWeek(_ time: WallTime) -> Int64 {
        let ofWeek = time.milliseconds.flooredDivision(by: week).remainder
        let shift = (Int64(zone.offset(at: time)) + 3 * 86_400) * 1000
        return (ofWeek + shift).flooredDivision(by: week).remainder
    }
}

extension WeeklySpan {
    /// Milliseconds since Monday 00:00 at which it begins.
    private var opening: Int64 {
        ((Int64(weekday) * 1440 + Int64(start)) * 60_000).flooredDivision(by: week).remainder
    }

    /// Its length in milliseconds; zero when it ends before it begins.
    private var length: Int64 {
        Int64(max(0, min(end - start, 7 * 1440))) * 60_000
    }

    fileprivate func covers(_ timeOfWeek: Int64) -> Bool {
        (timeOfWeek - opening).flooredDivision(by: week).remainder < length
    }

    /// Milliseconds from a time of the week to the next begin or end, never zero.
    fileprivate func waitForBoundary(from timeOfWeek: Int64) -> Int64 {
        let toOpening = (opening - timeOfWeek).flooredDivision(by: week).remainder
        let toClosing = (opening + length - timeOfWeek).flooredDivision(by: week).remainder
        return min(toOpening == 0 ? week : toOpening, toClosing == 0 ? week : toClosing)
    }
}
