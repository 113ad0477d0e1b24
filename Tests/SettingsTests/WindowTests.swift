import RetryCore
import Settings
import Testing

@Suite struct WindowTests {
    private func spans(_ text: String) throws -> [WeeklySpan] {
        let file = """
            policies: { default: { windows: [{ allow: "\(text)" }] } }
            pipelines: [{ name: a }]
            """
        let entry = try settings(file).configuration.targets.first?.pipelines.first
        return try #require(entry?.policy.windows.first?.spans)
    }

    private func span(_ days: [Int], _ start: Int, _ end: Int) -> [WeeklySpan] {
        days.map { WeeklySpan(weekday: $0, start: start, end: end) }
    }

    @Test func `days and ranges`() throws {
        let week = Array(0..<7)
        #expect(try spans("Mon-Fri 07:00-19:00") == span(Array(0..<5), 420, 1140))
        #expect(try spans("Sat,Sun") == span([5, 6], 0, 1440))
        #expect(try spans("22:00-06:00") == span(week, 1320, 1800))
        #expect(try spans("Mon 20:00-24:00") == span([0], 1200, 1440))
        #expect(try spans("Mon 20:00-00:00") == span([0], 1200, 1440))
        #expect(try spans("00:00-24:00") == span(week, 0, 1440))
        #expect(try spans("Fri-Mon 9:30-10:00") == span([0, 4, 5, 6], 570, 600))
        #expect(try spans("mon, WED-thu 1:00-2:00") == span([0, 2, 3], 60, 120))
        #expect(try spans("Mon,Mon") == span([0], 0, 1440))
        #expect(try spans("Mon-Mon") == span([0], 0, 1440))
        let two = try spans("Mon,Wed 07:00-09:00,22:00-06:00")
        #expect(Set(two) == Set(span([0, 2], 420, 540) + span([0, 2], 1320, 1800)))
    }

    @Test(arguments: [
        "Mon-Fri 07:00", "Mon-Fri 07:00-", "Mon-Wed-Fri", "Mon 7-19", "07:00-19:00 Mon",
        "24:00-06:00", "07:60-08:00", "07:0-08:00", "-1:00-08:00", "12:00-12:00", "Tag", ",", "  ",
        "Mon 07:00-19:00-20:00", "Mon - Fri 07:00-19:00", "07:00-24:01", "１:00-2:00",
    ])
    func `not a window`(text: String) {
        let file = "policies: { default: { windows: [{ deny: \"\(text)\" }] } }\n"
        #expect(errors(file + "pipelines: [{ name: a }]").count == 1)
    }

    @Test(arguments: [
        ("Mon-Fri 07:00-19:00", "allow Mon-Fri 07:00-19:00 Europe/Berlin"),
        ("Sat,Sun", "allow Sat-Sun 00:00-24:00 Europe/Berlin"),
        ("Mon,Wed 22:00-06:00,8:00-9:00", "allow Mon,Wed 22:00-06:00,08:00-09:00 Europe/Berlin"),
    ])
    func `check prints a window in the words of the file`(text: String, shown: String) throws {
        let file = """
            policies:
              default: { windows: [{ allow: "\(text)", time_zone: Europe/Berlin }] }
            pipelines: [{ name: a }]
            """
        let report = CheckReport(try settings(file)).text
        #expect(report.contains("    windows: \(shown)\n"))
    }
}
