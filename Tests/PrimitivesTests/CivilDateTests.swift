import Primitives
import Testing

@Suite struct CivilDateTests {
    @Test(arguments: [
        (0, "1970-01-01"), (-1, "1969-12-31"), (59, "1970-03-01"), (11_016, "2000-02-29"),
        (20_780, "2026-11-23"), (-719_162, "0001-01-01"), (2_932_896, "9999-12-31"),
    ])
    func `days become dates`(_ days: Int64, _ text: String) {
        let date = CivilDate(daysSinceEpoch: days)
        #expect(date.description == text)
        #expect(date.daysSinceEpoch == days)
    }

    @Test func `every day follows the one before it for eight hundred years`() {
        var previous = CivilDate(daysSinceEpoch: -200_000)
        for day in Int64(-199_999)...100_000 {
            let date = CivilDate(daysSinceEpoch: day)
            let isNextDay = date.day == previous.day + 1 && date.month == previous.month
            let isNextMonth = date.day == 1 && date.month == previous.month % 12 + 1
            guard date.daysSinceEpoch == day, isNextDay || isNextMonth,
                CivilDate(year: date.year, month: date.month, day: date.day) == date
            else {
                Issue.record("\(previous) then \(date)")
                return
            }
            previous = date
        }
    }

    @Test func `dates that do not exist are refused`() {
        for (year, month, day) in [
            (2026, 2, 29), (1900, 2, 29), (2026, 4, 31), (2026, 13, 1), (2026, 0, 1),
            (2026, 1, 0), (2026, 1, 32), (-1, 1, 1), (10_000, 1, 1),
        ] as [(Int64, Int64, Int64)] {
            #expect(CivilDate(year: year, month: month, day: day) == nil)
        }
        #expect(CivilDate(year: 2000, month: 2, day: 29) != nil)
    }

    @Test func `division rounds down`() {
        #expect(Int64(-1).flooredDivision(by: 10) == (-1, 9))
        #expect(Int64(-10).flooredDivision(by: 10) == (-1, 0))
        #expect(Int64(19).flooredDivision(by: 10) == (1, 9))
    }
}
