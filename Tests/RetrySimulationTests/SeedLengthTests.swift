import RetrySimulation
import Testing

/// How long a seed is when nobody says.
@Suite struct SeedLengthTests {
    private static let drawn = Simulation.Options()

    @Test func `most seeds are short, and some of them full`() {
        let lengths = (1...400 as ClosedRange<UInt64>).map { Self.drawn.length(of: $0) }
        #expect(Set(lengths) == [250, 1500])
        #expect((10...30).contains(lengths.count { $0 == 1500 }))
    }

    @Test func `a length that is asked for holds for every seed`() {
        let options = Simulation.Options(ticks: 700)
        #expect((1...100 as ClosedRange<UInt64>).allSatisfy { options.length(of: $0) == 700 })
    }

    @Test(arguments: 2...4 as ClosedRange<UInt64>)
    func `a seed of drawn length is the same run as with that length asked for`(_ seed: UInt64) {
        var drawn = Self.drawn
        drawn.keepsDigest = true
        var asked = drawn
        asked.ticks = drawn.length(of: seed)
        #expect(Simulation.run(seed: seed, drawn) == Simulation.run(seed: seed, asked))
    }
}
