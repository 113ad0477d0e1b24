import Primitives
import Testing

@testable import RetryCore

/// Whose turn it is, exactly: queues, rates, and the effect of a target's failures.
@Suite struct TurnTests {
    private static func poll(_ target: String, _ number: Int) -> PendingCall {
        .state(PipelineKey(target: TargetName(target), pipeline: PipelineName("\(number)")))
    }

    private static func at(_ seconds: Double) -> Instant { .origin + .saturating(seconds: seconds) }

    private func queue(_ priority: CallPriority, _ count: Int, in queue: CallQueue = .init())
        -> CallQueue
    {
        var queue = queue
        for number in 0..<count { queue.add(Self.poll("\(priority)", number), priority) }
        return queue
    }

    /// Takes this many calls and puts each back at once; returns the queue of each.
    private func turns(_ count: Int, of queue: inout CallQueue) -> [String] {
        (0..<count).compactMap { _ in
            guard let pendingCall = queue.pop(rate: 5) else { return nil }
            if let priority = CallPriority.allCases.first(where: {
                "\($0)" == pendingCall.target.text
            }) {
                queue.add(pendingCall, priority)
            }
            return pendingCall.target.text
        }
    }

    @Test func `a queue that was empty has accumulated no turns`() {
        var queue = queue(.active, 50)
        _ = turns(500, of: &queue)
        queue = self.queue(.quiet, 10, in: queue)
        #expect(turns(20, of: &queue).count { $0 == "quiet" } <= 4)
        #expect(turns(1000, of: &queue).count { $0 == "quiet" } >= 4)
    }

    /// Four turns in a row are the more urgent queue's, the fifth is not.
    static let passedOver: [([CallPriority: Int], String)] = [
        ([.retry: 9, .evidence: 1], "retry retry retry retry evidence retry"),
        ([.check: 9, .list: 1], "check check check check list check"),
        ([.check: 9, .quiet: 1], "check check check check quiet check"),
        ([.retry: 9, .evidence: 1, .list: 1], "retry retry retry retry evidence list"),
        ([.retry: 9, .list: 1, .quiet: 1], "retry retry retry retry quiet list"),
        ([.retry: 2, .check: 2], "retry retry check check"),
        ([.evidence: 1, .list: 1, .active: 1], "evidence list active"),
    ]

    @Test(arguments: passedOver)
    func `a queue is passed over four times`(_ row: ([CallPriority: Int], String)) {
        var queue = CallQueue()
        for (priority, count) in row.0 { queue = self.queue(priority, count, in: queue) }
        let expected = row.1.split(separator: " ").map(String.init)
        #expect(expected.map { _ in queue.pop(rate: 5)?.target.text } == expected)
    }

    @Test func `later calls do not make the others of their queue wait again`() {
        var queue = queue(.evidence, 1, in: queue(.retry, 9))
        var taken: [String] = []
        for number in 10..<15 {
            if let pendingCall = queue.pop(rate: 5) { taken.append(pendingCall.target.text) }
            queue.add(Self.poll("evidence", number), .evidence)
        }
        #expect(taken == ["retry", "retry", "retry", "retry", "evidence"])
    }

    @Test func `a queue that empties begins to wait again`() {
        var queue = queue(.evidence, 1, in: queue(.retry, 20))
        for _ in 0..<4 { _ = queue.pop(rate: 5) }
        queue.remove(Self.poll("evidence", 0))
        queue = self.queue(.evidence, 1, in: queue)
        #expect((0..<5).map { _ in queue.pop(rate: 5)?.target.text }.last == "evidence")
    }

    @Test(arguments: [0, 10, 60, 70])
    func `calls that are added and withdrawn repeatedly cost their queue nothing`(_ popped: Int) {
        var queue = queue(.quiet, 100)
        for number in 0..<popped { #expect(queue.pop(rate: 5) == Self.poll("quiet", number)) }
        for _ in 0..<400 {
            queue.add(Self.poll("other", 0), .quiet)
            queue.remove(Self.poll("other", 0))
        }
        #expect(queue.size <= 3 * (100 - popped) + 200)
        for number in popped..<100 { #expect(queue.pop(rate: 5) == Self.poll("quiet", number)) }
        #expect(queue.pop(rate: 5) == nil)
    }

    @Test func `a call that was made leaves its queue`() {
        var queue = queue(.quiet, 10)
        for number in 10..<2000 {
            queue.add(Self.poll("quiet", number), .quiet)
            #expect(queue.pop(rate: 5) == Self.poll("quiet", number - 10))
        }
        #expect(queue.count == 10 && queue.size <= 150)
    }

    @Test func `only a retry is taken when only that is allowed, and polls alone may be grouped`() {
        var queue = queue(.quiet, 1, in: queue(.evidence, 1))
        #expect(queue.pop(.retry, rate: 5) == nil)
        #expect(!queue.hasOnlyPolls && !queue.hasRetry && queue.count == 2)
        queue.add(.retry(.web), .retry)
        #expect(queue.hasRetry)
        #expect(queue.pop(.retry, rate: 5) == .retry(.web))
        #expect(queue.pop(rate: 5) == Self.poll("evidence", 0))
        #expect(queue.hasOnlyPolls && !queue.isEmpty)
        queue.add(Self.poll("quiet", 0), .check)
        #expect(!queue.hasOnlyPolls && queue.count == 1)
    }

    @Test(arguments: [
        // Turns of 100 for: active, recent, quiet, background wait so many each.
        (4, 0, 0, 0, 100, 0, 0), (0, 40, 60, 0, 0, 50, 50), (0, 0, 30, 30, 0, 0, 96),
    ])
    func `polls share the turns`(_ row: (Int, Int, Int, Int, Int, Int, Int)) {
        var queue = CallQueue()
        for (priority, count) in [(CallPriority.active, row.0), (.recent, row.1), (.quiet, row.2)] {
            queue = self.queue(priority, count, in: queue)
        }
        queue = self.queue(.background, row.3, in: queue)
        let taken = turns(100, of: &queue)
        let counts = ["active", "recent", "quiet"].map { priority in taken.count { $0 == priority }
        }
        #expect(counts == [row.4, row.5, row.6])
    }

    static let shares: [(Int, Int, Int, [Double])] = [
        (0, 0, 0, [1, 1, 0.667, 0.1]), (1, 0, 0, [164.3, 1, 0.667, 5.477]),
        (0, 3, 3, [1, 3, 2, 0.167]), (0, 0, 60, [1, 1, 40, 1.333]),
    ]

    @Test(arguments: shares)
    func `shares of the polling queues`(_ row: (Int, Int, Int, [Double])) {
        let shares = PollWeights(active: row.0, recent: row.1, quiet: row.2, rate: 5)
        let priorities: [CallPriority] = [.active, .recent, .quiet, .background]
        for (priority, expected) in zip(priorities, row.3) {
            #expect(abs(shares.share(of: priority) - expected) < 0.05, "\(priority) \(shares)")
        }
    }

    @Test func `a bucket's time never goes back, and the next token is there after its part`() {
        var bucket = RateBucket(ceiling: 2, now: Self.at(10))
        let first = bucket.take(Self.at(10))
        let second = bucket.take(Self.at(10))
        let third = bucket.take(Self.at(10))
        #expect(first && second && !third)
        let soon = bucket.take(Self.at(10.4))
        let past = bucket.take(Self.at(9))
        #expect(!soon && !past)
        let next = bucket.next(tokens: 1, Self.at(10.4))
        #expect(next > Self.at(10.49) && next < Self.at(10.51))
        let none = bucket.next(tokens: 0, Self.at(10.4))
        #expect(none == next)
        let both = bucket.next(tokens: 9, Self.at(10.4))
        #expect(both > Self.at(10.99) && both < Self.at(11.01))
        let whole = bucket.take(next)
        #expect(whole)
        #expect(bucket.next(tokens: 1, Self.at(20)) == Self.at(20))
    }

    @Test func `a bucket has a second's tokens, and at least one`() {
        for (ceiling, tokens) in [(0.5, 1), (1, 1), (3, 3)] {
            var bucket = RateBucket(ceiling: ceiling, now: .origin)
            let taken = (0..<10).count { _ in bucket.take(Self.at(100)) }
            #expect(taken == tokens)
        }
    }

    @Test func `tokens from before a cut come at the full rate`() {
        var bucket = RateBucket(ceiling: 10, now: .origin)
        for _ in 0..<10 { _ = bucket.take(.origin) }
        _ = bucket.throttled(Self.at(0.5))
        let taken = (0..<10).count { _ in bucket.take(Self.at(0.5)) }
        #expect(taken == 1)
    }

    @Test func `throttling leaves one token, and another ceiling keeps a throttled rate`() {
        var bucket = RateBucket(ceiling: 8, now: .origin)
        #expect(bucket.nextRaise == nil)
        _ = bucket.throttled(.origin)
        let taken = (0..<8).count { _ in bucket.take(.origin) }
        #expect(taken == 1)
        #expect(bucket.nextRaise == Self.at(10))
        bucket.setCeiling(6, now: .origin)
        #expect(bucket.rate == 4 && bucket.ceiling == 6)
        bucket.setCeiling(3, now: .origin)
        #expect(bucket.rate == 3 && !bucket.isThrottled)
        bucket.setCeiling(9, now: .origin)
        #expect(bucket.rate == 9)
    }

    /// One target's failed polls, and whether that is reported of the target.
    struct Failing: Sendable {
        /// Whose poll failed at which second; an empty name: one that had failed before.
        var polls: [(PipelineName, Double)]
        var kind = CallFailure.Kind.serverError
        var hasAnswered = true
        var failsWhole = false
        var isDown: Bool
    }

    static let failing = [
        Failing(polls: [("a", 0), ("b", 3), ("c", 5)], isDown: true),
        Failing(polls: [("a", 0), ("b", 3), ("c", 4.9)], isDown: false),
        Failing(polls: [("a", 0), ("b", 9)], failsWhole: true, isDown: false),
        Failing(polls: [("a", 0), ("b", 3), ("", 6)], isDown: false),
        Failing(polls: [("a", 0), ("b", 3), ("", 6)], failsWhole: true, isDown: true),
        Failing(polls: [("a", 0), ("a", 3), ("a", 6)], isDown: false),
        Failing(polls: [("a", 0), ("b", 3), ("c", 5), ("d", 6)], isDown: true),
        Failing(polls: [("a", 0)], kind: .unreachable, isDown: false),
        Failing(polls: [("a", 0)], kind: .unreachable, hasAnswered: false, isDown: true),
        Failing(polls: [("a", 0)], hasAnswered: false, isDown: false),
    ]

    @Test(arguments: failing)
    func `three pipelines' failures in five seconds are the target's`(_ row: Failing) {
        var health = TargetHealth()
        if row.hasAnswered { health.answered(.origin) }
        for (name, second) in row.polls {
            health.lost(name.text.isEmpty ? nil : name, Self.at(second))
        }
        let last = Self.at(row.polls.last?.1 ?? 0)
        #expect(health.isDown(row.kind, last) { row.failsWhole } == row.isDown)
        health.answered(last)
        health.lost("z", last + .seconds(60))
        #expect(!health.isDown(.serverError, last + .seconds(70)) { true })
    }

    @Test func `two answers in a row are a recovery, with no failure between them`() {
        var health = TargetHealth()
        health.answered(.origin)
        #expect(!health.hasRecovered)
        health.lost(nil, .origin)
        health.answered(.origin)
        #expect(health.hasRecovered)
        health.lost("a", .origin)
        #expect(!health.hasRecovered)
        health.answered(.origin)
        health.refused()
        health.answered(.origin)
        #expect(!health.hasRecovered)
    }

    @Test func `a call that took five seconds hung, unless another was answered since it began`() {
        for (began, ended, answered, isHanging) in [
            (1.0, 6.0, 0.5, true), (1, 5.9, 0.5, false), (1, 6, 1, false), (1, 6, 2, false),
        ] {
            var health = TargetHealth()
            health.answered(Self.at(answered))
            health.began(CallID(number: 1), Self.at(began))
            health.ended(CallID(number: 1))
            health.failed(Self.at(ended))
            #expect(health.isHanging == isHanging, "\(began) \(ended) \(answered)")
        }
    }
}
