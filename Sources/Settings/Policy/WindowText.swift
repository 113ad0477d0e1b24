import RetryCore

/// Reads the time of a window: days and ranges, such as `Mon-Fri 07:00-19:00`.
///
/// Days: `Mon`, `Mon-Fri`, `Sat,Sun`, `Fri-Mon`; without days it is every day. Ranges:
/// `07:00-19:00`, several by comma; without ranges it is the whole day. A range whose end is not
/// after its start passes midnight and belongs to its first day.
enum WindowText {
    static let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    static let expected = "days and ranges such as \"Mon-Fri 07:00-19:00\""

    /// Why a text is no window.
    struct ReadingError: Error, Hashable {
        let problem: String
        let expected: String
        var suggestion: String?
    }

    static func parse(_ text: String) throws(ReadingError) -> [WeeklySpan] {
        let words = text.split { $0 == " " || $0 == "\t" }.map(String.init)
        var chosen: [Int] = []
        var ranges: [(start: Int, end: Int)] = []
        for list in words {
            for part in list.split(separator: ",", omittingEmptySubsequences: true) {
                if part.contains(":") {
                    ranges.append(try range(String(part)))
                } else if ranges.isEmpty {
                    chosen += try dayRange(String(part))
                } else {
                    throw ReadingError(
                        problem:
                            "has the days \(ErrorLog.shown(String(part))) after a range",
                        expected: "the days first, then the ranges"
                    )
                }
            }
        }
        guard !chosen.isEmpty || !ranges.isEmpty else {
            throw ReadingError(
                problem: "is \"\(ErrorLog.shown(text))\"",
                expected: expected
            )
        }
        let onDays = chosen.isEmpty ? Array(0..<7) : Set(chosen).sorted()
        let times = ranges.isEmpty ? [(start: 0, end: 1440)] : ranges
        return onDays.flatMap { day in
            times.map { WeeklySpan(weekday: day, start: $0.start, end: $0.end) }
        }
    }

    private static func dayRange(_ text: String) throws(ReadingError) -> [Int] {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        let first = try day(ends[0])
        guard ends.count > 1 else { return [first] }
        guard ends.count == 2 else {
            throw ReadingError(
                problem: "has \"\(ErrorLog.shown(text))\"",
                expected: expected
            )
        }
        let last = try day(ends[1])
        return (0...((last - first + 7) % 7)).map { (first + $0) % 7 }
    }

    private static func day(_ text: String) throws(ReadingError) -> Int {
        let lowered = text.lowercased()
        if let index = days.firstIndex(where: { $0.lowercased() == lowered }) { return index }
        guard text.contains(where: { !$0.isNumber }) else {
            throw ReadingError(
                problem:
                    "has \"\(ErrorLog.shown(text))\" where a day or a time is expected",
                expected: "hours with their minutes, such as 09:00-17:00"
            )
        }
        // Monday, Tues and the like begin with the day's three letters.
        let begin = days.first { text.count > 3 && lowered.hasPrefix($0.lowercased()) }
        throw ReadingError(
            problem: "has the day \"\(ErrorLog.shown(text))\"",
            expected: days.listed(with: "or"),
            suggestion: begin ?? Suggestion.nearest(to: text, among: days)
        )
    }

    private static func range(_ text: String) throws(ReadingError) -> (start: Int, end: Int) {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        let error = ReadingError(
            problem: "has the range \"\(ErrorLog.shown(text))\"",
            expected: "a range such as 07:00-19:00, from 00:00 to 24:00"
        )
        guard ends.count == 2, let start = minutes(ends[0]), start < 1440,
            let end = minutes(ends[1])
        else { throw error }
        guard start != end else {
            throw ReadingError(
                problem: "has the range \"\(ErrorLog.shown(text))\", which is empty",
                expected: "two different times; a whole day is 00:00-24:00"
            )
        }
        return (start, end > start ? end : end + 1440)
    }

    /// Minutes after midnight of `hh:mm`, up to `24:00`.
    private static func minutes(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...2).contains(parts[0].utf8.count), parts[1].utf8.count == 2,
            parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60,
            hour < 24 || hour == 24 && minute == 0
        else { return nil }
        return hour * 60 + minute
    }

    /// The text of spans, in the form that ``parse(_:)`` reads.
    static func text(of spans: [WeeklySpan]) -> String {
        var byRange: [(range: String, days: [Int])] = []
        for span in spans {
            let range =
                "\(clock(span.start))-\(clock(span.end > 1440 ? span.end - 1440 : span.end))"
            if let index = byRange.firstIndex(where: { $0.range == range }) {
                byRange[index].days.append(span.weekday)
            } else {
                byRange.append((range, [span.weekday]))
            }
        }
        var byDays: [(days: [Int], ranges: [String])] = []
        for (range, days) in byRange {
            if let index = byDays.firstIndex(where: { $0.days == days }) {
                byDays[index].ranges.append(range)
            } else {
                byDays.append((days, [range]))
            }
        }
        return byDays.map { "\(text(ofDays: $0.days)) \($0.ranges.joined(separator: ","))" }
            .joined(separator: " and ")
    }

    private static func text(ofDays days: [Int]) -> String {
        var runs: [(first: Int, last: Int)] = []
        for day in days {
            if let last = runs.last, last.last + 1 == day {
                runs[runs.count - 1].last = day
            } else {
                runs.append((day, day))
            }
        }
        return runs.map { run in
            let first = WindowText.days[run.first]
            return run.first == run.last ? first : "\(first)-\(WindowText.days[run.last])"
        }
        .joined(separator: ",")
    }

    private static func clock(_ minutes: Int) -> String {
        let minute = minutes % 60
        return "\(minutes < 600 ? "0" : "")\(minutes / 60):\(minute < 10 ? "0" : "")\(minute)"
    }
}
