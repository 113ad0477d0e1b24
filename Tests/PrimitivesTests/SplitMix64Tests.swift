import Primitives
import Testing

@Suite struct SplitMix64Tests {
    /// Vigna's reference output of splitmix64.c for the seed 1234567.
    @Test func `SplitMix64 gives the published numbers`() {
        var random = SplitMix64(seed: 1_234_567)
        let numbers = (0..<5).map { _ in random.next() }
        #expect(
            numbers == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
                4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
            ]
        )
    }

    @Test func `uniform numbers fill their range evenly enough`() {
        var random = SplitMix64(seed: 9)
        var buckets = [Int](repeating: 0, count: 10)
        for _ in 0..<10_000 { buckets[Int(random.uniform() * 10)] += 1 }
        #expect(buckets.allSatisfy { (900...1100).contains($0) })
    }
}
