import Primitives
import Testing

@testable import RetryCore

/// Which calls wait, which are under way and whose turn is next, without an engine.
@Suite struct CallSchedulerTests {
    private static func at(_ seconds: Int) -> Instant { .origin + .seconds(seconds) }

    private static func state(_ target: TargetName, _ pipeline: PipelineName) -> PendingCall {
        .state(PipelineKey(target: target, pipeline: pipeline))
    }

    private static func scheduler(
        _ groups: [TargetName: RateGroup] = ["prod": "prod"],
        rate: Double = 5,
        most: Int = 64
    ) -> CallScheduler {
        var calls = CallScheduler()
        var poll = PollSettings()
        poll.maxRate = rate
        poll.maxInFlight = most
        calls.watch(groups, poll, .origin)
        return calls
    }

    /// Takes all that can be called now and begins it.
    private static func call(_ calls: inout CallScheduler, _ now: Instant) -> [PendingCall] {
        var made: [PendingCall] = []
        var round = calls.round()
        while let pendingCall = calls.next(&round, now) {
            _ = calls.begin(.aws(pendingCall), now, within: .seconds(90))
            made.append(pendingCall)
        }
        return made
    }

    @Test func `ids rise from 1 and name one call each`() {
        var calls = Self.scheduler()
        var ids: [UInt64] = []
        for number in 1...3 {
            #expect(calls.nextID.number == UInt64(number))
            ids.append(calls.begin(.intent(.web), Self.at(0), within: .seconds(1)).number)
        }
        #expect(ids == [1, 2, 3])
        #expect(calls.count == 3)
    }

    @Test func `a call is over with its answer, and another answer is ignored`() {
        var calls = Self.scheduler()
        let pendingCall = Self.state("prod", "web")
        let id = calls.begin(.aws(pendingCall), Self.at(0), within: .seconds(90))
        #expect(calls.inFlight == 1)
        #expect(calls.purpose(of: id) == .aws(pendingCall))
        #expect(calls.end(id) == .aws(pendingCall))
        #expect(calls.end(id) == nil)
        #expect(calls.inFlight == 0)
        #expect(calls.nextGivenUp == nil)
    }

    @Test func `a call is given up at its time, each once and the earliest first`() {
        var calls = Self.scheduler()
        let late = calls.begin(.intent(.web), Self.at(0), within: .seconds(60))
        let soon = calls.begin(.recall(.web), Self.at(0), within: .seconds(10))
        #expect(calls.nextGivenUp == Self.at(10))
        #expect(calls.overdue(Self.at(9)) == nil)
        #expect(calls.overdue(Self.at(60)) == soon)
        #expect(calls.overdue(Self.at(60)) == late)
        #expect(calls.overdue(Self.at(60)) == nil)
        #expect(calls.purpose(of: soon) == .recall(.web))
    }

    @Test(arguments: [
        (PendingCall.definition(.web), 1), (.evidence(.web), 1), (.executions(.web), 1),
        (.list("prod"), 1), (.retry(.web), 1), (.state(.web), 2),
    ])
    func `a call under way is not made again, except a state poll`(
        _ pendingCall: PendingCall,
        _ times: Int
    ) {
        var calls = Self.scheduler()
        calls.ask(pendingCall, .check)
        var made = Self.call(&calls, Self.at(0))
        calls.ask(pendingCall, .check)
        made += Self.call(&calls, Self.at(1))
        #expect(made == Array(repeating: pendingCall, count: times))
    }

    @Test func `a retry is under way from its call to its answer`() {
        var calls = Self.scheduler()
        #expect(!calls.isCalling(.web))
        let id = calls.begin(.aws(.retry(.web)), Self.at(0), within: .seconds(90))
        #expect(calls.isCalling(.web))
        _ = calls.end(id)
        #expect(!calls.isCalling(.web))
    }

    @Test func `a withdrawn call is not made`() {
        var calls = Self.scheduler()
        calls.ask(.evidence(.web), .evidence)
        calls.ask(.definition(.web), .evidence)
        calls.withdraw(.evidence(.web))
        #expect(Self.call(&calls, Self.at(0)) == [.definition(.web)])
    }

    @Test func `retries go out before the polls of every target of the group`() {
        var calls = Self.scheduler(["a": "one", "b": "one"], rate: 2)
        calls.ask(Self.state("a", "x"), .check)
        calls.ask(Self.state("b", "y"), .check)
        let key = EpisodeKey(
            pipeline: PipelineKey(target: "b", pipeline: "y"),
            stage: "S",
            execution: "e"
        )
        calls.ask(.retry(key), .retry)
        #expect(Self.call(&calls, Self.at(0)).first == .retry(key))
    }

    @Test func `targets of one group take turns, and groups do not wait for each other`() {
        var calls = Self.scheduler(["a": "one", "b": "one", "c": "two"], rate: 2)
        for number in 0..<3 {
            for target in ["a", "b", "c"] as [TargetName] {
                calls.ask(Self.state(target, PipelineName("p\(number)")), .quiet)
            }
        }
        let made = Self.call(&calls, Self.at(0)).map(\.target)
        #expect(made.count { $0 == "c" } == 2)
        #expect(Set(made.filter { $0 != "c" }) == ["a", "b"])
        #expect(made.count == 4)
    }

    @Test func `the rate limits the calls, and tells when the next is possible`() {
        var calls = Self.scheduler(rate: 2)
        for number in 0..<5 { calls.ask(Self.state("prod", PipelineName("p\(number)")), .check) }
        #expect(Self.call(&calls, Self.at(0)).count == 2)
        let next = calls.nextTurn(Self.at(0))
        #expect(next == .origin + .milliseconds(501))
        #expect(next.map { Self.call(&calls, $0).count } == 1)
    }

    @Test func `nothing is due when nothing waits`() {
        var calls = Self.scheduler()
        #expect(calls.nextTurn(Self.at(0)) == nil)
        calls.ask(Self.state("prod", "web"), .quiet)
        #expect(calls.nextTurn(Self.at(0)) == Self.at(0))
    }

    @Test func `no more calls are under way than configured`() {
        var calls = Self.scheduler(rate: 50, most: 3)
        for number in 0..<9 { calls.ask(Self.state("prod", PipelineName("p\(number)")), .check) }
        #expect(Self.call(&calls, Self.at(0)).count == 3)
        #expect(calls.nextTurn(Self.at(0)) == nil)
    }

    @Test func `a throttled rate is halved once, and recovers step by step`() {
        var calls = Self.scheduler(rate: 10)
        #expect(calls.throttled("prod", Self.at(0)) == 5)
        #expect(calls.throttled("prod", Self.at(0)) == nil)
        #expect(calls.nextTurn(Self.at(0)) == Self.at(10))
        #expect(calls.recoverRates(Self.at(9)).isEmpty)
        var over: [String] = []
        for second in stride(from: 10, through: 50, by: 10) {
            over += calls.recoverRates(Self.at(second)).map { "\($0.group) \($0.rate) \(second)" }
        }
        #expect(over == ["prod 10.0 50"])
    }

    @Test func `a target's pending calls go with it, and a group's rate with its last target`() {
        var calls = Self.scheduler(["a": "one", "b": "two"], rate: 4)
        calls.ask(Self.state("b", "x"), .check)
        _ = calls.throttled("b", Self.at(0))
        #expect(calls.rate(of: "two") == 2)
        calls.watch(["a": "one"], PollSettings(), Self.at(1))
        #expect(Self.call(&calls, Self.at(1)).isEmpty)
        #expect(calls.rates.keys.sorted() == ["one"])
        #expect(calls.group(of: "b") == "b")
    }

    @Test func `a target that changes its group keeps its pending calls`() {
        var calls = Self.scheduler(["a": "one"])
        calls.ask(Self.state("a", "x"), .check)
        calls.watch(["a": "two"], PollSettings(), Self.at(1))
        #expect(calls.group(of: "a") == "two")
        #expect(Self.call(&calls, Self.at(1)) == [Self.state("a", "x")])
    }

    @Test func `targets that hang have half of the calls together`() {
        let names = ["a", "b", "c"] as [TargetName]
        let groups = Dictionary(uniqueKeysWithValues: names.map { ($0, RateGroup($0.text)) })
        var calls = Self.scheduler(groups, most: 4)
        for name in names {
            let id = calls.begin(.aws(Self.state(name, "api")), Self.at(0), within: .seconds(90))
            _ = calls.end(id)
            calls.byTarget[name]?.health.failed(Self.at(20))
            calls.ask(Self.state(name, "web"), .quiet)
        }
        #expect(Self.call(&calls, Self.at(20)).count == 2)
    }
}
