import Primitives
import RetryCore
import Testing

@Suite struct QueueTests {
    private func at(_ seconds: Int) -> Instant { .origin + .seconds(seconds) }

    @Test(arguments: 1...20)
    func `a deadline queue equals a sorted list under random changes`(_ seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        var queue = DeadlineQueue<PipelineName>()
        var model: [PipelineName: Instant] = [:]
        for _ in 0..<500 {
            let key = PipelineName("p\(random.next() % 40)")
            switch random.next() % 4 {
            case 0, 1:
                let instant = at(Int(random.next() % 100))
                queue.set(key, at: instant)
                model[key] = instant
            case 2:
                queue.remove(key)
                model[key] = nil
            default:
                let now = at(Int(random.next() % 100))
                let expected = model.filter { $0.value <= now }
                    .min { ($0.value, $0.key) < ($1.value, $1.key) }?.key
                let popped = queue.popDue(now)
                #expect(popped == expected)
                if let expected { model[expected] = nil }
            }
            #expect(queue.next == model.values.min())
            #expect(queue.count == model.count)
        }
    }

    @Test func `a bucket gives its rate over time and no more`() {
        var bucket = RateBucket(ceiling: 5, now: .origin)
        var taken = 0
        for step in 0...600 where bucket.take(.origin + .milliseconds(step * 100)) { taken += 1 }
        #expect((300...306).contains(taken))
    }

    @Test func `throttling halves the rate at most once a second and recovers by tenths`() {
        var bucket = RateBucket(ceiling: 8, now: .origin)
        let throttled1 = bucket.throttled(at(1))
        #expect(throttled1)
        let again = bucket.throttled(at(1))
        #expect(!again)
        #expect(bucket.rate == 4)
        let throttled3 = bucket.throttled(at(3))
        #expect(!throttled3)
        #expect(bucket.rate == 2)
        let recover12 = bucket.recover(at(12))
        #expect(!recover12)
        let recover13 = bucket.recover(at(13))
        #expect(!recover13)
        #expect(bucket.rate == 2.8)
        var now = 13
        while bucket.isThrottled, now < 1000 {
            now += 10
            _ = bucket.recover(at(now))
        }
        #expect(bucket.rate == 8)
        #expect(now == 13 + 70)
    }

    @Test func `throttling never stops a bucket for good`() {
        var bucket = RateBucket(ceiling: 5, now: .origin)
        for second in 0..<100 { _ = bucket.throttled(at(second)) }
        #expect(bucket.rate == RateBucket.floor)
        #expect(bucket.next(tokens: 1, at(100)) <= at(111))
    }

    @Test func `one wrong Date moves no due time, two that agree do`() {
        let start = WallTime(milliseconds: 1_000_000)
        var clock = ServerClock(now: .origin, wall: start)
        clock.observe(start + .seconds(100), now: at(0))
        #expect(clock.read(at(10)) == start + .seconds(110))
        clock.observe(start + .seconds(9000), now: at(20))
        #expect(clock.read(at(30)) == start + .seconds(130))
        clock.observe(start + .seconds(141), now: at(40))
        #expect(clock.read(at(50)) == start + .seconds(150))
        clock.observe(start + .seconds(5060), now: at(60))
        clock.observe(start + .seconds(5070), now: at(70))
        #expect(clock.read(at(80)) == start + .seconds(5080))
    }

    @Test func `a due time in the past is now`() {
        let start = WallTime(milliseconds: 1_000_000)
        let clock = ServerClock(now: .origin, wall: start)
        #expect(clock.instant(of: start, now: at(10)) == at(10))
        #expect(clock.instant(of: start + .seconds(15), now: at(10)) == at(15))
    }
}
