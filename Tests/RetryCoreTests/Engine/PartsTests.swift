import Primitives
import Testing

@testable import RetryCore

/// The engine's smaller parts, at the edges of their tables.
@Suite struct PartsTests {
    private static let epoch = WallTime(milliseconds: 1_760_000_000_000)

    private static func at(_ seconds: Int) -> Instant { .origin + .seconds(seconds) }

    /// The answers' times, in seconds ahead of the host's clock, and the time finally believed.
    static let clocks: [(said: [Double], believed: Double)] = [
        ([], 0), ([1.9], 0), ([-1.9], 0), ([2], 2), ([-2], -2), ([900], 900), ([-900], -900),
        ([0, 100], 0), ([0, 100, 101.9], 101.9), ([0, 100, 102], 0), ([0, 100, 102, 102], 102),
        ([0, -100], 0), ([0, -100, -101.9], -101.9), ([0, 100, -100], 0),
        ([0, 100, 0, 100], 0), ([0, 100, 100], 100), ([0, 100, 100, 200], 100),
        ([1, 2.5], 0), ([1, 2.5, 2.5], 2.5), ([1.5, 3, 1, 3], 0),
    ]

    @Test(arguments: clocks)
    func `the clock believes the first answer, and then two that agree`(
        said: [Double],
        believed: Double
    ) {
        var clock = ServerClock(now: .origin, wall: Self.epoch)
        #expect(!clock.isConfirmed)
        for (index, offset) in said.enumerated() {
            let now = Self.at(10 * index)
            clock.observe(Self.epoch + (now - .origin) + .saturating(seconds: offset), now: now)
            #expect(clock.isConfirmed)
        }
        let later = Self.at(1000)
        #expect(clock.read(later) == Self.epoch + .seconds(1000) + .saturating(seconds: believed))
    }

    @Test(arguments: [
        (true, 0, CallPriority.active), (true, 3599, .active), (true, 3600, .recent),
        (true, 14_399, .recent), (true, 14_400, .quiet), (false, 0, .recent),
        (false, 14_399, .recent), (false, 14_400, .quiet),
    ])
    func `the priority of a poll`(_ row: (Bool, Int, CallPriority)) {
        #expect(PollPace.priority(isActive: row.0, rest: .seconds(row.1)) == row.2)
    }

    @Test(arguments: [(30, 10, 1000), (30, 5, 500), (4, 10, 400), (600, 300, 1000)])
    func `the grid of polls`(_ row: (Int, Int, Int64)) {
        var poll = PollSettings(interval: .seconds(row.0))
        poll.activeInterval = .seconds(row.1)
        #expect(PollPace.grid(poll).wholeMilliseconds == row.2)
    }

    @Test(arguments: [(-3, 5), (0, 5), (1, 10), (2, 20), (3, 40), (4, 60), (63, 60), (9999, 60)])
    func `waits double up to the longest`(_ row: (Int, Int)) {
        let wait = Timing.doubling(.seconds(5), times: row.0, longest: .seconds(60))
        #expect(wait == .seconds(row.1))
    }

    @Test func `an error counts for a pipeline as long as configured`() {
        let minute = Duration.seconds(60)
        var outage = Outage(within: minute)
        #expect(outage.nextStep == nil)
        outage.see(.prod("a"), within: minute, Self.at(0))
        outage.see(.prod("b"), within: minute, Self.at(60))
        #expect(outage.seen.count == 2 && outage.nextStep == Self.at(60))
        outage.see(.prod("b"), within: minute, Self.at(61))
        #expect(outage.seen.count == 1 && outage.nextStep == Self.at(121))
        outage.see(.prod("c"), within: .seconds(90), Self.at(70))
        #expect(outage.nextStep == Self.at(151))
        let isNotRetried = outage.forget(Self.at(151))
        #expect(isNotRetried && outage.seen.keys.map(\.pipeline) == ["c"])
        #expect(outage.nextStep == Self.at(160))
        let isStillNotRetried = outage.forget(Self.at(160))
        #expect(!isStillNotRetried)
    }

    @Test func `probes of a hold follow each other by probe_every`() {
        let every = Duration.seconds(100)
        let (one, two) = (EpisodeKey.web, EpisodeKey.of("api", .first))
        var outage = Outage(within: .seconds(60))
        outage.see(.prod("a"), within: .seconds(60), Self.at(0))
        outage.begin(probeEvery: every, Self.at(10))
        #expect(outage.holdsSince == Self.at(10) && outage.nextStep == Self.at(110))
        outage.see(.prod("b"), within: .seconds(60), Self.at(20))
        #expect(outage.seen.count == 1)
        outage.probeFailed(one, probeEvery: every, Self.at(50))
        outage.probeEnded(one, Self.at(50))
        #expect(outage.nextProbe == Self.at(110))
        outage.letGo(one, probeEvery: every, Self.at(110))
        #expect(outage.probes == [one] && outage.nextProbe == Self.at(210))
        outage.probeFailed(one, probeEvery: every, Self.at(150))
        #expect(outage.probes.isEmpty && outage.nextProbe == Self.at(250))
        outage.letGo(one, probeEvery: every, Self.at(250))
        outage.letGo(two, probeEvery: every, Self.at(300))
        outage.tryAgain(at: Self.at(900))
        outage.probeFailed(one, probeEvery: every, Self.at(310))
        #expect(outage.nextProbe == Self.at(900))
        outage.probeEnded(two, Self.at(320))
        #expect(outage.probes.isEmpty && outage.nextProbe == Self.at(321))
        outage.letGo(two, probeEvery: every, Self.at(320))
        outage.tryAgain(at: Self.at(320))
        outage.probeEnded(two, Self.at(330))
        #expect(outage.nextProbe == Self.at(320))
    }

    /// A stage whose one attempt changed this many seconds after the epoch.
    private static func stage(
        _ attempt: ActionExecutionID?,
        _ change: Int?,
        manual: Int = 0,
        _ execution: ExecutionID? = .first
    ) -> StageSnapshot {
        var stage = StageSnapshot(
            name: "Build",
            latest: execution.map { StageExecution(id: $0, status: .failed) },
            actions: [
                ActionSnapshot(
                    name: "Compile",
                    executionID: attempt,
                    status: .failed,
                    lastStatusChange: change.map { epoch + .seconds($0) }
                )
            ]
        )
        stage.counters.manual = manual
        return stage
    }

    /// Polls of a stage that was seen with attempt `b` of second 100, after `a`, retried once.
    static let copies: [(StageSnapshot, isOlder: Bool)] = [
        (stage("b", 100, manual: 1), false), (stage("b", 99, manual: 1), true),
        (stage("b", 101, manual: 1), false), (stage("b", 100), true),
        (stage("b", 100, manual: 2), false), (stage("a", 100, manual: 1), true),
        (stage("c", 50, manual: 1), false), (stage(nil, 50, manual: 1), false),
        (stage("b", nil, manual: 1), false), (stage("b", 1, manual: 1, nil), false),
        (stage("z", 99, .second), true), (stage("z", 100, .second), false),
        (stage("z", 101, .second), false), (stage("z", nil, .second), false),
    ]

    @Test(arguments: copies)
    func `which poll shows a stage older than already seen`(_ shown: StageSnapshot, isOlder: Bool) {
        let record = EpisodeRecord(
            key: .web,
            firstFailure: Self.epoch,
            firstSeen: Self.epoch,
            foreignRetries: 0
        )
        var episode = Episode(
            record: record,
            phase: .running(until: .origin),
            stage: Self.stage("a", 50)
        )
        episode.take(Self.stage("b", 100, manual: 1))
        #expect(episode.isNewer(than: shown) == isOlder)
        // After a restart only the counted failure tells.
        episode.record.lastFailure = episode.stage.baseline
        episode.stage = StageSnapshot(name: "Build")
        let isOtherAndOlder = shown == Self.stage("z", 99, .second)
        let isUncounted =
            shown.latest != nil && shown.latest?.id == .first
            && shown.counters.manual < 1
        let isKnownAttempt = shown.baseline.actionExecutions == ["a"]
        #expect(
            episode.isNewer(than: shown) == (isOtherAndOlder || isUncounted || isKnownAttempt)
        )
    }

    @Test func `a recurring attempt is not one that was replaced`() {
        var episode = Episode(
            record: EpisodeRecord(
                key: .web,
                firstFailure: Self.epoch,
                firstSeen: Self.epoch,
                foreignRetries: 0
            ),
            phase: .running(until: .origin),
            stage: Self.stage("a", 50)
        )
        episode.take(Self.stage("b", 60))
        #expect(episode.replaced == ["a"])
        episode.take(Self.stage("a", 70))
        #expect(episode.replaced == ["b"])
    }

    /// The state of a stage after one whose attempt `b` changed at second 100, retried once.
    static let moves: [(StageSnapshot, hasMoved: Bool)] = [
        (stage("b", 100, manual: 1), false), (stage("b", 101, manual: 1), true),
        (stage("b", 99, manual: 1), false), (stage("c", 100, manual: 1), true),
        (stage("b", 100, manual: 2), true), (stage("b", 100, manual: 0), false),
        (stage(nil, nil, manual: 1), false), (stage(nil, 100, manual: 1), false),
    ]

    @Test(arguments: moves)
    func `what shows that a retry took effect`(_ stage: StageSnapshot, hasMoved: Bool) {
        let before = Self.stage("b", 100, manual: 1).baseline
        #expect(stage.hasMoved(since: before) == hasMoved)
        let timeless = Self.stage("b", nil, manual: 1).baseline
        let isTimed = stage.baseline.lastStatusChange != nil
        #expect(stage.hasMoved(since: timeless) == (hasMoved || isTimed))
    }

    @Test func `limits count retries by rule, and those of others without one`() {
        var record = EpisodeRecord(
            key: .web,
            firstFailure: Self.epoch,
            firstSeen: Self.epoch,
            foreignRetries: 2
        )
        record.sameErrorRun = 3
        let intents = [
            (1, RuleName("x"), IntentState.effective), (2, RuleName("x"), .notExecuted),
            (3, nil, .unsettled), (4, RuleName("x"), .open), (5, RuleName("y"), .notExecuted),
        ].map { number, rule, state in
            Intent.web(
                number,
                state,
                rule: rule,
                before: Self.stage("a", 1).baseline,
                at: Self.epoch
            )
        }
        let episode = Episode(
            record: record,
            phase: .running(until: .origin),
            intents: intents,
            stage: Self.stage("a", 1)
        )
        let history = episode.past
        #expect(history.retriesByRule == ["x": 2, nil: 3])
        #expect(history.retries == 5 && episode.ownRetries == 3)
        #expect(history.sameErrorRun == 3)
    }

    @Test func `an ended episode is uncertain only while it is known`() {
        var ended = EndedEpisodes()
        let call = CallID(number: 5)
        ended.recheck(.web, after: call)
        #expect(!ended.contains(.web) && ended.overtakenAfter(.web) == nil)
        ended.put(.web)
        #expect(ended.contains(.web) && ended.overtakenAfter(.web) == nil)
        ended.recheck(.web, after: call)
        #expect(ended.overtakenAfter(.web) == call)
        ended.remove(.web)
        #expect(ended.count == 0)
        ended.put(.web, EndedEpisodes.Bare(overtakenAfter: call))
        #expect(ended.overtakenAfter(.web) == call)
    }
}
