import Primitives
import RetryCore
import Testing

@Suite struct WindowTests {
    /// Europe/Berlin around 2026: summer time from 2026-03-29T01:00Z to 2026-10-25T01:00Z.
    static let berlin = ZoneRules(
        name: "Europe/Berlin",
        base: 3600,
        transitions: [
            .init(at: time("2025-03-30T01:00:00Z"), offset: 7200),
            .init(at: time("2025-10-26T01:00:00Z"), offset: 3600),
            .init(at: time("2026-03-29T01:00:00Z"), offset: 7200),
            .init(at: time("2026-10-25T01:00:00Z"), offset: 3600),
        ]
    )

    static func time(_ text: String) -> WallTime {
        WallTime(rfc3339: text) ?? .distantPast
    }

    static func window(
        _ effect: Window.Effect,
        _ days: ClosedRange<Int>,
        _ start: Int,
        _ end: Int,
        _ zone: ZoneRules = .utc
    ) -> Window {
        let spans = days.map { WeeklySpan(weekday: $0, start: start * 60, end: end * 60) }
        return Window(effect: effect, spans: spans, zone: zone)
    }

    static let work = window(.allow, 0...4, 7, 19, berlin)

    @Test(arguments: [
        // 2026-11-23 is a Monday; winter time.
        ("2026-11-23T05:59:59.999Z", "2026-11-23T06:00:00Z"),
        ("2026-11-23T06:00:00Z", ""),
        ("2026-11-23T17:59:59.999Z", ""),
        ("2026-11-23T18:00:00Z", "2026-11-24T06:00:00Z"),
        ("2026-11-27T18:00:00Z", "2026-11-30T06:00:00Z"),
        // The Friday before summer time, and the Monday after.
        ("2026-03-27T18:00:00Z", "2026-03-30T05:00:00Z"),
        ("2026-10-23T17:00:00Z", "2026-10-26T06:00:00Z"),
    ])
    func `a weekly window opens by its zone's clock`(_ at: String, _ opening: String) {
        let state = WindowCalendar([WindowTests.work]).state(at: WindowTests.time(at))
        #expect(state == (opening.isEmpty ? .open : .closed(until: WindowTests.time(opening))))
    }

    @Test func `no windows are open, deny alone leaves the rest open, deny beats allow`() {
        let monday = WindowTests.time("2026-11-23T12:00:00Z")
        #expect(WindowCalendar([]).state(at: monday) == .open)
        let lunch = WindowTests.window(.deny, 0...6, 12, 13)
        #expect(
            WindowCalendar([lunch]).state(at: monday)
                == .closed(until: WindowTests.time("2026-11-23T13:00:00Z"))
        )
        #expect(WindowCalendar([lunch]).isOpen(at: monday + .seconds(3600)))
        #expect(!WindowCalendar([WindowTests.work, lunch]).isOpen(at: monday))
        #expect(!WindowCalendar([lunch, WindowTests.work]).isOpen(at: monday))
    }

    @Test func `a span past midnight belongs to its first day`() {
        let nights = WindowCalendar([WindowTests.window(.allow, 4...4, 22, 30)])
        #expect(!nights.isOpen(at: WindowTests.time("2026-11-27T05:00:00Z")))
        #expect(nights.isOpen(at: WindowTests.time("2026-11-27T22:00:00Z")))
        #expect(nights.isOpen(at: WindowTests.time("2026-11-28T05:59:59Z")))
        #expect(!nights.isOpen(at: WindowTests.time("2026-11-28T06:00:00Z")))
        let sunday = WindowCalendar([WindowTests.window(.allow, 6...6, 22, 30)])
        #expect(sunday.isOpen(at: WindowTests.time("2026-11-30T05:00:00Z")))
    }

    @Test func `an hour that the clock skips never occurs, one that it repeats occurs twice`() {
        let hour = WindowCalendar([WindowTests.window(.allow, 6...6, 2, 3, WindowTests.berlin)])
        let spring = WindowTests.time("2026-03-28T00:00:00Z")
        #expect(hour.nextOpening(from: spring) == WindowTests.time("2026-04-05T00:00:00Z"))
        let autumn = WindowTests.time("2026-10-24T00:00:00Z")
        #expect(hour.nextOpening(from: autumn) == WindowTests.time("2026-10-25T00:00:00Z"))
        let open = WindowTests.time("2026-10-25T00:00:00Z")
        #expect(hour.closedTime(from: open, to: open + .seconds(3 * 3600)) == .seconds(3600))
        #expect(hour.isOpen(at: WindowTests.time("2026-10-25T01:30:00Z")))
    }

    @Test func `a calendar that never opens is recognised`() {
        let denied = [WindowTests.work, WindowTests.window(.deny, 0...6, 0, 24)]
        let monday = WindowTests.time("2026-11-23T12:00:00Z")
        #expect(WindowCalendar(denied).state(at: monday) == .closed(until: nil))
        let empty = [Window(effect: .allow, spans: [], zone: .utc)]
        #expect(WindowCalendar(empty).state(at: monday) == .closed(until: nil))
        #expect(
            WindowCalendar(empty).time(after: .seconds(60), from: monday) == monday + .seconds(60)
        )
    }

    @Test func `a calendar that is always open is recognised`() {
        let always = WindowCalendar([WindowTests.window(.allow, 0...6, 0, 24, WindowTests.berlin)])
        let start = WindowTests.time("2026-01-01T00:00:00Z")
        let end = WindowTests.time("2027-01-01T00:00:00Z")
        #expect(always.closedTime(from: start, to: end) == .zero)
        #expect(always.time(after: .seconds(999), from: start) == start + .seconds(999))
    }

    @Test func `extreme times and durations neither trap nor hang`() {
        let calendar = WindowCalendar([WindowTests.work])
        for time in [WallTime.distantPast, .distantFuture] {
            _ = calendar.state(at: time)
            _ = calendar.time(after: .seconds(3600), from: time)
        }
        _ = calendar.closedTime(from: .distantPast, to: .distantFuture)
        _ = calendar.time(after: .longest, from: WindowTests.time("2026-01-01T00:00:00Z"))
    }

    @Test func `past the last opening all time counts from the beginning`() {
        let denied = [WindowTests.work, WindowTests.window(.deny, 0...6, 0, 24)]
        let monday = WindowTests.time("2026-11-23T12:00:00Z")
        let given = WindowCalendar(denied).time(after: .seconds(3600), from: monday)
        #expect(given == monday + .seconds(3600))
    }

    @Test func `time that is up when a window closes is up then, and not when the next opens`() {
        let hours = WindowCalendar([WindowTests.window(.allow, 0...0, 7, 8)])
        let opening = WindowTests.time("2026-11-23T07:00:00Z")
        let given = hours.time(after: .seconds(3600), from: opening)
        #expect(given == opening + .seconds(3600))
    }

    @Test func `a closed time that an opening ended no longer counts`() {
        let hours = WindowCalendar([WindowTests.window(.allow, 0...0, 7, 8)])
        let monday = WindowTests.time("2026-11-23T00:00:00Z")
        let given = hours.time(after: .seconds(20 * 3600), from: monday)
        #expect(given == monday + .seconds(19 * 7 * 86_400 + 8 * 3600))
    }

    @Test(arguments: [(0, true), (1, false)])
    func `an opening is searched up to eight weeks ahead`(_ more: Int64, _ isFound: Bool) {
        // Only at half past eleven the zone's noon is no longer that of UTC, which is denied.
        let opening = WindowTests.time("2026-11-23T11:30:00Z")
        let zone = ZoneRules(
            name: "Odd",
            base: 0,
            transitions: [.init(at: opening, offset: 3600)]
        )
        let calendar = WindowCalendar([
            WindowTests.window(.allow, 0...0, 12, 13, zone),
            WindowTests.window(.deny, 0...0, 12, 13),
        ])
        let start = opening + (.zero - WindowCalendar.horizon) + .milliseconds(-more)
        #expect(calendar.nextOpening(from: start) == (isFound ? opening : nil))
        let given = calendar.time(after: .seconds(60), from: start)
        #expect(given == (isFound ? opening : start) + .seconds(60))
    }

    @Test(arguments: 0..<20)
    func `it agrees with a model that checks every minute`(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let windows = WindowTests.windows(&random)
        let calendar = WindowCalendar(windows)
        let starts = ["2026-03-26T00:00:00Z", "2026-10-22T00:00:00Z", "2026-06-01T00:00:00Z"]
        let base = WindowTests.time(starts[Int(random.next() % 3)])
        let start = base + .seconds(60 * Int64(random.next() % 5000))
        let model = MinuteModel(windows, from: start, minutes: 9 * 1440)
        for offset in [0, 1, 777, 1440, 4000] {
            let at = start + .seconds(60 * offset)
            let opening = model.open[offset...].firstIndex(of: true)
            #expect(calendar.isOpen(at: at) == model.open[offset])
            if let opening {
                #expect(calendar.nextOpening(from: at) == start + .seconds(60 * opening))
            } else if let found = calendar.nextOpening(from: at) {
                #expect(found >= start + .seconds(60 * model.open.count))
            }
        }
        let end = start + .seconds(60 * model.open.count)
        let closed = model.open.count { !$0 }
        #expect(calendar.closedTime(from: start, to: end) == .seconds(60 * closed))
        if let third = model.minute(afterOpen: 300) {
            let expected = start + .seconds(60 * third)
            #expect(calendar.time(after: .seconds(300 * 60), from: start) == expected)
        }
    }

    static func windows(_ random: inout SplitMix64) -> [Window] {
        (0..<(1 + Int(random.next() % 3))).map { _ in
            let spans = (0..<(1 + random.next() % 4)).map { _ in
                let start = Int(random.next() % 1440)
                let length = 1 + Int(random.next() % 1440)
                return WeeklySpan(
                    weekday: Int(random.next() % 7),
                    start: start,
                    end: start + length
                )
            }
            return Window(
                effect: random.next() % 3 == 0 ? .deny : .allow,
                spans: spans,
                zone: random.next() % 2 == 0 ? berlin : .utc
            )
        }
    }
}

/// Whether each minute is open, by checking every window for every minute.
struct MinuteModel {
    let open: [Bool]

    init(_ windows: [Window], from start: WallTime, minutes: Int) {
        let hasAllow = windows.contains { $0.effect == .allow }
        open = (0..<minutes).map { minute in
            let at = start + .seconds(60 * minute)
            let covering = windows.filter { MinuteModel.covers($0, at) }.map(\.effect)
            return !covering.contains(.deny) && (!hasAllow || covering.contains(.allow))
        }
    }

    /// The minute at whose start this many open minutes have passed.
    func minute(afterOpen count: Int) -> Int? {
        var left = count
        for (minute, isOpen) in open.enumerated() where isOpen {
            left -= 1
            if left == 0 { return minute + 1 }
        }
        return nil
    }

    private static func covers(_ window: Window, _ at: WallTime) -> Bool {
        let offset = window.zone.transitions.last { $0.at <= at }?.offset ?? window.zone.base
        let minute = Int((at.milliseconds / 1000 + Int64(offset)) / 60)
        let day = minute / 1440
        let weekday = (day + 3) % 7
        for span in window.spans {
            if weekday == span.weekday, span.start <= minute % 1440, minute % 1440 < span.end {
                return true
            }
            // The day before runs on past its midnight.
            if (weekday + 6) % 7 == span.weekday, minute % 1440 + 1440 < span.end { return true }
        }
        return false
    }
}
