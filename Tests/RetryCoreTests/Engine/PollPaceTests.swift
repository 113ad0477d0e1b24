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
    func `what moves is looked at often, what rests for long seldom`(
        isActive: Bool,
        rest: Int,
        wait: Int
    ) {
        let found = PollPace.wait(isActive: isActive, rest: .seconds(rest), PollSettings())
        #expect(found == .seconds(wait))
    }

    @Test func `no setting makes a pipeline at rest be looked at more often than its interval`() {
        var poll = PollSettings(interval: .seconds(300))
        #expect(poll.quietInterval == .seconds(300))
        #expect(PollPace.wait(isActive: false, rest: .seconds(90_000), poll) == .seconds(300))
        poll.activeInterval = .seconds(600)
        #expect(PollPace.wait(isActive: true, rest: .zero, poll) == .seconds(300))
    }

    private func queue(_ counts: [Urgency: Int]) -> WantQueue {
        var queue = WantQueue()
        for (urgency, count) in counts.sorted(by: { $0.key < $1.key }) {
            for number in 0..<count {
                queue.add(look("\(urgency)", "\(number)"), urgency)
            }
        }
        return queue
    }

    @Test func `looks share their turns, and none waits for another's backlog`() {
        var queue = queue([.active: 240, .recent: 240, .quiet: 240, .background: 240])
        var turns: [TargetName: Int] = [:]
        for _ in 0..<240 { queue.pop().map { turns[$0.target, default: 0] += 1 } }
        #expect(turns == ["active": 120, "recent": 50, "quiet": 60, "background": 10])
    }

    @Test func `a share that nobody wants goes to the others`() {
        var queue = queue([.quiet: 10])
        for number in 0..<10 {
            #expect(queue.pop() == look("quiet", "\(number)"))
        }
        #expect(queue.pop() == nil)
        #expect(queue.isEmpty)
    }

    @Test func `a retry that comes goes before every look`() {
        var queue = queue([.active: 50, .quiet: 50])
        for _ in 0..<20 { _ = queue.pop() }
        let retry = Want.retry(.web)
        queue.add(retry, .retry)
        #expect(queue.pop() == retry)
    }

    @Test func `what becomes more urgent leaves its lane, what is taken back never comes`() {
        var queue = queue([.quiet: 3])
        let last = look("quiet", "2")
        queue.add(last, .check)
        queue.remove(look("quiet", "0"))
        #expect(queue.pop() == last)
        #expect(queue.pop() == look("quiet", "1"))
        #expect(queue.pop() == nil)
    }

    /// How many turns a want of a lane may wait with every lane full: the bound is stated, not
    /// measured.
    @Test(arguments: 1...30)
    func `nothing starves, whatever comes and however fast`(_ seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        var queue = WantQueue()
        var waiting: [Want: Int] = [:]
        var ahead: [Want: Int] = [:]
        var number = 0
        for turn in 0..<4000 {
            // More comes than goes, of every urgency, and now and then a flood of one.
            for _ in 0..<(random.next() % 3 + (turn % 400 == 0 ? 100 : 0)) {
                let urgency = Urgency.allCases[Int(random.next() % 8)]
                number += 1
                let want = look("\(urgency)", "\(number)")
                ahead[want] = waiting.keys.count { $0.target == want.target }
                waiting[want] = turn
                queue.add(want, urgency)
            }
            guard let next = queue.pop(), let since = waiting.removeValue(forKey: next) else {
                continue
            }
            // Each want before it in its lane, and it itself, waits for 240 turns at most: one
            // look in five turns, and of 48 looks one of the background.
            let bound = 240 * ((ahead[next] ?? 0) + 1)
            #expect(turn - since <= bound, "\(next) waited \(turn - since) turns, bound \(bound)")
        }
    }
}

private func look(_ target: String, _ name: String) -> Want {
    .state(PipelineKey(target: TargetName(target), pipeline: PipelineName(name)))
}
