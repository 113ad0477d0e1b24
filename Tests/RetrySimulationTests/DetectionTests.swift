import RetrySimulation
import Testing

/// The measuring of detection latency; `retry-sim detection` runs it at full size.
@Suite struct DetectionTests {
    private static let small = DetectionOptions(
        pipelines: 40,
        rate: 0.5,
        activeShare: 0.3,
        hours: 4
    )

    @Test(arguments: Watcher.allCases)
    func `a seed gives the same run every time, and other seeds give others`(_ watcher: Watcher) {
        let first = Detection.run(watcher, DetectionTests.small)
        #expect(first == Detection.run(watcher, DetectionTests.small))
        var other = DetectionTests.small
        other.seed = 2
        #expect(first != Detection.run(watcher, other))
    }

    @Test(arguments: Watcher.allCases, [1, 2, 3] as [UInt64])
    func `each failure is decided, missed or pending exactly once`(
        _ watcher: Watcher,
        _ seed: UInt64
    ) {
        var options = DetectionTests.small
        options.seed = seed
        let outcome = Detection.run(watcher, options)
        #expect(outcome.failures > 10)
        #expect(outcome.latencies.count + outcome.missed + outcome.pending == outcome.failures)
        #expect(outcome.pending == 0)
    }

    @Test func `all watchers see the same failures`() {
        let counts = Watcher.allCases.map { Detection.run($0, DetectionTests.small).failures }
        #expect(Set(counts).count == 1)
    }

    @Test(arguments: Watcher.allCases, [(40, 0.5), (100, 2.5), (100, 0.25)] as [(Int, Double)])
    func `no span of time has more requests than the budget allows`(
        _ watcher: Watcher,
        _ size: (pipelines: Int, rate: Double)
    ) {
        var options = DetectionTests.small
        options.pipelines = size.pipelines
        options.rate = size.rate
        let outcome = Detection.run(watcher, options)
        // A full bucket holds one second's requests, one at least, and it refills meanwhile.
        #expect(outcome.burst <= max(1, size.rate) + 1)
        #expect(outcome.requestRate <= size.rate * 1.001)
    }

    @Test(arguments: [40, 80])
    func `even polling is half a round late, and the bound half a round of moving pipelines`(
        _ pipelines: Int
    ) throws {
        var options = DetectionTests.small
        options.pipelines = pipelines
        options.hours = 20
        let even = try #require(Detection.run(.even, options).mean)
        let bound = Detection.run(.bound, options)
        let half = Double(pipelines) / options.rate / 2
        #expect(abs(even / half - 1) < 0.15)
        let halfMoving = half * bound.activeShare
        #expect(abs(try #require(bound.mean) / halfMoving - 1) < 0.35)
        #expect(abs(bound.activeShare / options.activeShare - 1) < 0.25)
    }

    @Test func `the engine sees failures no later than even polling, and starves nothing`() throws {
        var options = DetectionTests.small
        options.hours = 8
        let even = Detection.run(.even, options)
        let engine = Detection.run(.engine, options)
        #expect(try #require(engine.mean) <= (try #require(even.mean)) * 1.1)
        // Ten even rounds.
        #expect(engine.longestUnseen < 800_000)
    }

    @Test func `a failed execution of a PARALLEL pipeline is seen nearly as soon`() throws {
        var options = DetectionTests.small
        options.hours = 8
        let engine = Detection.run(.engine, options)
        let parallel = Detection.run(.parallel, options)
        #expect(parallel.missed == 0)
        #expect(try #require(parallel.mean) <= (try #require(engine.mean)) * 1.5)
        #expect(parallel.longestUnseen < 800_000)
    }

    @Test func `a shadow policy reports its verdicts and keeps its episodes`() {
        var options = DetectionTests.small
        options.isShadow = true
        let outcome = Detection.run(.engine, options)
        #expect(outcome.latencies.count + outcome.missed == outcome.failures)
        #expect(!outcome.latencies.isEmpty)
    }
}
