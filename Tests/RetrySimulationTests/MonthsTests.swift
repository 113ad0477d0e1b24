import Primitives
import RetryCore
import RetrySimulation
import Testing

@testable import Settings

/// Runs over months, as far as a debug build has time for them; `retry-sim --months` runs the rest.
@Suite struct MonthsTests {
    private static func options(_ faults: Set<SimulatedFault>) -> Simulation.Options {
        Simulation.Options(ticks: 300, span: .months, faults: faults)
    }

    @Test(arguments: [(7, true), (9, false)] as [(UInt64, Bool)])
    func `a short run over months breaks no law`(_ seed: UInt64, _ hasFaults: Bool) {
        let faults = hasFaults ? Set(SimulatedFault.allCases) : []
        let outcome = Simulation.run(seed: seed, MonthsTests.options(faults))
        let violation = outcome.violation
        #expect(violation == nil, "\(violation.map { "\($0.law): \($0.detail)" } ?? "")")
        #expect(outcome.outcomes > 10)
    }

    @Test func `every hundredth seed of full length runs over months, and no other`() {
        func isLong(_ seed: UInt64, _ ticks: Int) -> Bool {
            Simulation.Span.bySeed.runsOverMonths(seed, ticks: ticks)
        }
        #expect((1...300 as ClosedRange<UInt64>).filter { isLong($0, 1500) } == [19, 119, 219])
        #expect(!isLong(19, 300))
        #expect(Simulation.Span.months.runsOverMonths(1, ticks: 300))
        #expect(!Simulation.Span.hours.runsOverMonths(19, ticks: 1500))
    }

    /// As the daemon reads them at the start of the earliest run.
    @Test(arguments: MonthsZones.all)
    func `the windows' zones are those of the operating system's zone database`(
        _ zone: ZoneRules
    ) throws {
        let bytes = try #require(ZoneDatabase.system.file(zone.name))
        let now = WallTime(milliseconds: 1_795_402_800_000)
        let rules = try #require(TimeZoneFile.rules(name: zone.name, bytes: bytes, now: now))
        let end = WallTime(milliseconds: 1_924_992_000_000)
        let start = WallTime(milliseconds: 1_767_225_600_000)
        let years = rules.transitions.filter { $0.at >= start && $0.at < end }
        #expect(years == zone.transitions)
        #expect(rules.offset(at: start) == zone.base)
    }
}
