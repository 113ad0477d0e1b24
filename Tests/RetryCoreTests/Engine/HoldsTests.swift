import Primitives
import Testing

@testable import RetryCore

/// Pauses, budgets and outages, without an engine.
@Suite struct HoldsTests {
    private static func at(_ seconds: Int) -> Instant { .origin + .seconds(seconds) }
    private static func wall(_ seconds: Int) -> WallTime {
        WallTime(milliseconds: 0) + .seconds(seconds)
    }

    private static func pause(_ scope: PauseScope, until: WallTime? = nil) -> Pause {
        Pause(scope: scope, reason: "\(scope)", uid: 0, until: until)
    }

    /// The ledger's times are computed as if AWS's clock began with ours.
    private static func reckon(_ scope: PauseScope, _ until: WallTime) -> Instant {
        .origin + (until - wall(0))
    }

    private static let web = PauseScope(target: "prod", pipeline: "web")
    private static let all = PauseScope()

    // MARK: Pauses

    @Test(arguments: [
        (PauseScope(), true), (PauseScope(target: "prod"), true),
        (PauseScope(target: "other"), false), (PauseScope(pipeline: "web"), true),
        (PauseScope(pipeline: "api"), false), (PauseScope(stage: "Build"), true),
        (PauseScope(target: "prod", pipeline: "web", stage: "Deploy"), false),
    ])
    func `a pause holds everything in its scope`(_ scope: PauseScope, _ holds: Bool) {
        let pauses = Pauses([Self.pause(scope)])
        #expect((pauses.first(holding: .web) != nil) == holds)
    }

    @Test func `a later pause replaces the earlier one of the same scope`() {
        var pauses = Pauses([Self.pause(Self.all, until: Self.wall(10))])
        pauses.put(Self.pause(Self.all, until: Self.wall(50)), end: Self.at(40))
        #expect(pauses.all.count == 1)
        #expect(pauses.nextEnd(Self.reckon) == Self.at(40))
        pauses.put(Self.pause(Self.all), end: nil)
        #expect(pauses.nextEnd(Self.reckon) == nil)
    }

    @Test func `a pause of the ledger ends by AWS's time, one of this run by its own`() {
        var pauses = Pauses([Self.pause(Self.web, until: Self.wall(10))])
        pauses.put(Self.pause(Self.all, until: Self.wall(10)), end: Self.at(20))
        #expect(pauses.nextEnd(Self.reckon) == Self.at(10))
        #expect(pauses.over(Self.at(9), Self.reckon).isEmpty)
        #expect(pauses.over(Self.at(10), Self.reckon).map(\.scope) == [Self.web])
        #expect(pauses.over(Self.at(20), Self.reckon).map(\.scope) == [Self.web, Self.all])
    }

    @Test(arguments: [
        ([WallTime?](), WallTime?.none), ([wall(5)], wall(5)), ([wall(5), wall(9)], wall(9)),
        ([wall(5), nil], nil),
    ])
    func `a stage held by several pauses waits for the last of them`(
        _ untils: [WallTime?],
        _ last: WallTime?
    ) {
        let scopes = [Self.all, Self.web]
        let pauses = Pauses(zip(scopes, untils).map { Self.pause($0, until: $1) })
        #expect(pauses.lastEnd(holding: .web) == last)
    }

    @Test func `a command lifts the pause of its scope, and one for everything lifts all`() {
        let pauses = Pauses([Self.pause(Self.web), Self.pause(PauseScope(target: "prod"))])
        #expect(pauses.lifted(by: Self.web).map(\.scope) == [Self.web])
        #expect(pauses.lifted(by: PauseScope(stage: "Build")).isEmpty)
        #expect(pauses.lifted(by: Self.all).count == 2)
    }

    @Test func `the limit counts scopes, and a paused scope has room`() {
        let scopes = (0..<Pauses.most).map { PauseScope(pipeline: PipelineName("p\($0)")) }
        var pauses = Pauses(scopes.dropLast().map { Self.pause($0) })
        #expect(pauses.hasRoom(for: Self.all))
        pauses.put(Self.pause(scopes[Pauses.most - 1]), end: nil)
        #expect(!pauses.hasRoom(for: Self.all))
        #expect(pauses.hasRoom(for: scopes[7]))
        pauses.remove(scopes[7])
        #expect(pauses.hasRoom(for: Self.all))
    }

    @Test func `AWS's time corrects the ends written by the host's clock`() {
        var pauses = Pauses([Self.pause(Self.web, until: Self.wall(10))])
        pauses.put(Self.pause(Self.all, until: Self.wall(30)), end: Self.at(30))
        pauses.put(Self.pause(PauseScope(stage: "S")), end: nil)
        let times = Array(repeating: Self.wall(105), count: 3)
        let changed = pauses.restate(Self.at(5), times)
        #expect(changed.map(\.until) == [Self.wall(130)])
        #expect(pauses.restate(Self.at(5), times).isEmpty)
        #expect(pauses.all.map(\.until) == [Self.wall(10), Self.wall(130), nil])
    }

    // MARK: Budgets

    private static func intent(_ second: Int, _ policy: PolicyName) -> Intent {
        Intent.web(policy: policy, at: wall(second))
    }

    @Test func `a budget counts the retries of its policy, including those before the start`() {
        var budgets = RetryBudgets([
            SpentRetry(at: Self.wall(9), policy: "a"), SpentRetry(at: Self.wall(1), policy: "b"),
        ])
        budgets.spend(Self.intent(20, "a"), memory: .seconds(100))
        #expect(budgets.all == [1, 9, 20].map(Self.wall))
        #expect(budgets.retries(under: "a") == [9, 20].map(Self.wall))
        #expect(budgets.retries(under: "c").isEmpty)
    }

    @Test func `retries older than every budget are forgotten`() {
        var budgets = RetryBudgets([0, 1, 2].map { SpentRetry(at: Self.wall($0), policy: "a") })
        budgets.spend(Self.intent(101, "a"), memory: .seconds(100))
        #expect(budgets.all == [1, 2, 101].map(Self.wall))
    }

    @Test func `an intent that was not written returns its own draw only`() {
        var budgets = RetryBudgets([SpentRetry(at: Self.wall(1), policy: "a")])
        budgets.spend(Self.intent(2, "a"), memory: .seconds(100))
        budgets.giveBack(Self.intent(2, "b"))
        #expect(budgets.all.count == 2)
        budgets.giveBack(Self.intent(2, "a"))
        budgets.giveBack(Self.intent(2, "a"))
        #expect(budgets.all == [Self.wall(1)])
    }

    // MARK: Outages

    private static let hold = OutageHold(
        pipelines: 2,
        within: .seconds(60),
        probeEvery: .seconds(30)
    )
    private static let error = Fingerprint(reduced: "queue full")

    private static func key(_ pipeline: PipelineName) -> PipelineKey {
        PipelineKey(target: "prod", pipeline: pipeline)
    }

    private static func holding() -> Outages {
        var outages = Outages()
        _ = outages.see(error, on: key("a"), hold, at(0))
        _ = outages.see(error, on: key("b"), hold, at(10))
        return outages
    }

    @Test func `enough pipelines within the time begin a hold, reported once`() {
        var outages = Outages()
        #expect(outages.see(Self.error, on: Self.key("a"), Self.hold, Self.at(0)) == nil)
        #expect(outages.see(Self.error, on: Self.key("a"), Self.hold, Self.at(1)) == nil)
        let other = Fingerprint(reduced: "another")
        #expect(outages.see(other, on: Self.key("b"), Self.hold, Self.at(1)) == nil)
        let begun = outages.see(Self.error, on: Self.key("b"), Self.hold, Self.at(61))
        #expect(begun?.seen.count == 2)
        #expect(begun?.nextProbe == Self.at(91))
        #expect(outages.see(Self.error, on: Self.key("c"), Self.hold, Self.at(62)) == nil)
    }

    @Test func `pipelines whose time is over do not count`() {
        var outages = Outages()
        _ = outages.see(Self.error, on: Self.key("a"), Self.hold, Self.at(0))
        #expect(outages.see(Self.error, on: Self.key("b"), Self.hold, Self.at(61)) == nil)
        #expect(outages.nextStep == Self.at(121))
        outages.forgetOld(Self.error, Self.at(120))
        #expect(outages[Self.error] != nil)
        outages.forgetOld(Self.error, Self.at(121))
        #expect(outages[Self.error] == nil)
        #expect(outages.nextStep == nil)
    }

    @Test func `a failed probe delays the next one, one without an answer does not`() {
        var outages = Self.holding()
        #expect(outages.due(Self.at(39)).isEmpty)
        #expect(outages.due(Self.at(40)).map(\.error) == [Self.error])
        outages.letGo(.web, of: Self.error, every: .seconds(30), Self.at(40))
        #expect(outages[Self.error]?.nextProbe == Self.at(70))
        outages.probeFailed(.web, Self.hold, Self.at(50))
        #expect(outages[Self.error]?.nextProbe == Self.at(80))
        #expect(outages[Self.error]?.probes == [])
        outages.letGo(.web, of: Self.error, every: .seconds(30), Self.at(80))
        outages.probeEnded(.web, Self.at(85))
        #expect(outages[Self.error]?.nextProbe == Self.at(86))
        outages.probeEnded(.web, Self.at(76))
        #expect(outages[Self.error]?.nextProbe == Self.at(86))
    }

    @Test func `an episode that was no probe moves no probe`() {
        var outages = Self.holding()
        outages.probeFailed(.web, Self.hold, Self.at(39))
        outages.probeEnded(.web, Self.at(11))
        #expect(outages[Self.error]?.nextProbe == Self.at(40))
        outages.tryAgain(Self.error, at: Self.at(45))
        #expect(outages.nextStep == Self.at(45))
    }

    @Test func `of too many errors the one with the fewest and oldest pipelines is forgotten`() {
        var outages = Self.holding()
        for number in 1..<Outages.most {
            let error = Fingerprint(reduced: "e\(number)")
            _ = outages.see(error, on: Self.key("a"), Self.hold, Self.at(20 + number))
        }
        #expect(outages.all.count == Outages.most)
        _ = outages.see(Fingerprint(reduced: "new"), on: Self.key("a"), Self.hold, Self.at(999))
        #expect(outages.all.count == Outages.most)
        #expect(outages[Fingerprint(reduced: "e1")] == nil)
        #expect(outages[Self.error]?.holdsSince == Self.at(10))
    }

    @Test func `an end forgets one error, or all`() {
        var outages = Self.holding()
        _ = outages.see(Fingerprint(reduced: "x"), on: Self.key("a"), Self.hold, Self.at(10))
        outages.end(Self.error)
        #expect(outages.errors.map(\.text) == ["x"])
        outages.endAll()
        #expect(outages.errors.isEmpty)
    }
}
