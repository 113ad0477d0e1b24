import Primitives
import Testing

@testable import RetryCore

@Suite struct PollPaceTests {
    static let waits: [(isActive: Bool, rest: Int, wait: Int)] = [
        (false, 0, 30), (false, 1800, 30), (false, 2700, 45), (false, 3600, 60),
        (false, 7200, 120), (false, 1_000_000, 120),
        (true, 0, 10), (true, 3600, 10), (true, 7200, 20), (true, 10_800, 30),
        (true, 1_000_000, 30),
    ]

    @Test(arguments: waits)
    func `an active pipeline is polled often, an idle one seldom`(
        isActive: Bool,
        rest: Int,
        wait: Int
    ) {
        let found = PollPace.wait(isActive: isActive, rest: .seconds(rest), PollSettings())
        #expect(found == .seconds(wait))
    }

    @Test func `no setting polls an idle pipeline more often than its interval`() {
        var poll = PollSettings(interval: .seconds(300))
        #expect(poll.quietInterval == .seconds(300))
        #expect(PollPace.wait(isActive: false, rest: .seconds(90_000), poll) == .seconds(300))
        poll.activeInterval = .seconds(600)
        #expect(PollPace.wait(isActive: true, rest: .zero, poll) == .seconds(300))
    }

    private func queue(_ counts: [CallPriority: Int]) -> CallQueue {
        var queue = CallQueue()
        for (priority, count) in counts.sorted(by: { $0.key < $1.key }) {
            for number in 0..<count {
                queue.add(poll("\(priority)", "\(number)"), priority)
            }
        }
        return queue
    }

    @Test(arguments: [1.0, 5, 50], [1, 20, 500])
    func `the square of the interval of idle pipelines is proportional to that of active ones`(
        _ rate: Double,
        _ moving: Int
    ) {
        let resting = 950
        let shares = PollWeights(active: moving, recent: resting, quiet: 0, rate: rate)
        let (active, rest) = (shares.share(of: .active), shares.share(of: .recent))
        let inMotion = Double(moving) * (active + rest) / active / rate
        let atRest = Double(resting) * (active + rest) / rest / rate
        let proportion = atRest * atRest / inMotion
        // If idle pipelines are seen at once even so, active ones are not polled less often.
        let isEven = active == Double(moving)
        #expect(isEven || abs(proportion - PollWeights.proportion) < 1, "\(proportion)")
        #expect(inMotion <= atRest + 1e-9)
    }

    @Test func `polls share their turns, and none waits for another's backlog`() {
        var queue = queue([.active: 50, .recent: 100, .quiet: 800, .background: 100])
        var turns: [TargetName: Int] = [:]
        for _ in 0..<310 {
            guard let pendingCall = queue.pop(rate: 5) else { break }
            turns[pendingCall.target, default: 0] += 1
            // Each comes back at once: the queues stay as full as they are.
            if let priority = CallPriority.allCases.first(where: {
                "\($0)" == pendingCall.target.text
            }) {
                queue.add(pendingCall, priority)
            }
        }
        // 887 : 100 : 533 : 51 by the formula.
        #expect(turns == ["active": 175, "recent": 20, "quiet": 105, "background": 10])
    }

    @Test func `an unused share goes to the others`() {
        var queue = queue([.quiet: 10])
        for number in 0..<10 {
            #expect(queue.pop(rate: 5) == poll("quiet", "\(number)"))
        }
        #expect(queue.pop(rate: 5) == nil)
        #expect(queue.isEmpty)
    }

    @Test func `a new retry takes precedence over every poll`() {
        var queue = queue([.active: 50, .quiet: 50])
        for _ in 0..<20 { _ = queue.pop(rate: 5) }
        let retry = PendingCall.retry(.web)
        queue.add(retry, .retry)
        #expect(queue.pop(rate: 5) == retry)
    }

    @Test func `a call that becomes more urgent leaves its queue, a withdrawn one never comes`() {
        var queue = queue([.quiet: 3])
        let last = poll("quiet", "2")
        queue.add(last, .check)
        queue.remove(poll("quiet", "0"))
        #expect(queue.pop(rate: 5) == last)
        #expect(queue.pop(rate: 5) == poll("quiet", "1"))
        #expect(queue.pop(rate: 5) == nil)
    }

    /// How many turns a call of a queue may wait with every queue full: the bound is computed, not
    /// measured.
    @Test(arguments: 1...30)
    func `nothing starves, at any load`(_ seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        var queue = CallQueue()
        var waiting: [PendingCall: Int] = [:]
        var ahead: [PendingCall: Int] = [:]
        var number = 0
        for turn in 0..<3000 {
            // More calls arrive than leave, of every priority, and now and then a flood of one.
            for _ in 0..<(random.next() % 3 + (turn % 1000 == 0 ? 50 : 0)) {
                let count = UInt64(CallPriority.allCases.count)
                let priority = CallPriority.allCases[Int(random.next() % count)]
                number += 1
                let pendingCall = poll("\(priority)", "\(number)")
                ahead[pendingCall] = waiting.keys.count { $0.target == pendingCall.target }
                waiting[pendingCall] = turn
                queue.add(pendingCall, priority)
            }
            if let next = queue.pop(rate: 5), let since = waiting.removeValue(forKey: next) {
                expectBounded(next, turn - since, ahead)
            }
        }
        for (pendingCall, since) in waiting { expectBounded(pendingCall, 3000 - since, ahead) }
    }

    /// Each call before it in its queue, and it itself, waits for 1000 turns at most: one turn in
    /// five is a poll's, and the least share of polls is one in 200.
    private func expectBounded(
        _ pendingCall: PendingCall,
        _ turns: Int,
        _ ahead: [PendingCall: Int]
    ) {
        let bound = 1000 * ((ahead[pendingCall] ?? 0) + 1)
        #expect(turns <= bound, "\(pendingCall) waited \(turns) turns, bound \(bound)")
    }
}

private func poll(_ target: String, _ name: String) -> PendingCall {
    .state(PipelineKey(target: TargetName(target), pipeline: PipelineName(name)))
}
