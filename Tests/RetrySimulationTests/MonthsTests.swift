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

    @Test(
        arguments: [
            (nil, [19, 519]), (1500, [19, 119, 219, 319, 419, 519]),
        ] as [(Int?, [UInt64])]
    )
    func `one of so many seeds runs over months, and no other`(_ ticks: Int?, _ long: [UInt64]) {
        let options = Simulation.Options(ticks: ticks)
        #expect((1...600 as ClosedRange<UInt64>).filter(options.runsOverMonths) == long)
    }

    @Test func `what is asked to be short runs over hours, unless months are asked for`() {
        #expect(!Simulation.Options(ticks: 300).runsOverMonths(19))
        #expect(Simulation.Options(ticks: 300, span: .months).runsOverMonths(1))
        #expect(!Simulation.Options(ticks: 1500, span: .hours).runsOverMonths(19))
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
