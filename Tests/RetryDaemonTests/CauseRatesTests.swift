import AWSClient
import Primitives
import RetryDaemon
import RetryTestSupport
import RootCauseClient
import Testing

/// The rates at which causes are read, and how many are read at once.
@Suite(.timeLimit(.minutes(1)))
struct CauseRatesTests {
    private let clock = ManualClock(passing: .seconds(2))
    private let rates = CauseRates()

    private func pace(_ account: String) -> any CallPacing {
        rates.pace(
            of: account,
            CallEnvironment(
                wallTime: { clock.wall },
                instant: { clock.now },
                sleep: { pause throws(CancellationError) in try await clock.sleep(pause) },
                random: { 0.5 }
            )
        )
    }

    /// How many calls get their turn in a time, of many.
    private func turns(
        _ pace: any CallPacing,
        _ service: AWSService = .codeBuild,
        _ region: String = "eu-west-1",
        within time: Duration
    ) async -> Int {
        let deadline = clock.now + time
        for count in 0..<1000 {
            guard await pace.turn(of: service, in: region, before: deadline) else { return count }
        }
        return 1000
    }

    @Test func `calls come at the rate, and those past the deadline not at all`() async {
        let count = await turns(pace("1"), within: .seconds(2))
        #expect((14...15).contains(count))
        #expect(clock.time <= .seconds(2))
    }

    @Test func `services, Regions and accounts have rates of their own, targets share one`() async {
        let first = await turns(pace("1"), within: .milliseconds(1))
        #expect(first == Int(CauseRates.perSecond))
        #expect(await turns(pace("1"), within: .milliseconds(1)) == 0)
        #expect(await turns(pace("2"), within: .milliseconds(1)) == first)
        #expect(await turns(pace("1"), .cloudWatchLogs, within: .milliseconds(1)) == first)
        #expect(await turns(pace("1"), .codeBuild, "us-east-1", within: .milliseconds(1)) == first)
    }

    @Test func `throttling halves a rate`() async {
        let pace = pace("1")
        _ = await turns(pace, within: .milliseconds(1))
        pace.throttled(by: .codeBuild, in: "eu-west-1")
        let count = await turns(pace, within: .seconds(4))
        #expect((9...11).contains(count))
    }

    @Test func `a task that is cancelled has no turn`() async {
        let stopped = ManualClock()
        let pace = rates.pace(
            of: "1",
            CallEnvironment(
                wallTime: { stopped.wall },
                instant: { stopped.now },
                sleep: { pause throws(CancellationError) in try await stopped.sleep(pause) },
                random: { 0.5 }
            )
        )
        let deadline = stopped.now + .seconds(10)
        let count = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    await pace.turn(of: .codeBuild, in: "eu-west-1", before: deadline)
                }
            }
            var count = 0
            for await isTurn in group where isTurn {
                count += 1
                if count == Int(CauseRates.perSecond) { group.cancelAll() }
            }
            return count
        }
        #expect(count == Int(CauseRates.perSecond))
    }

    @Test func `a place is given to whoever waits longest`() async {
        let places = ReadingPlaces(1)
        #expect(await places.enter { await Gate().passed() })
        let order = EventLog()
        await withDiscardingTaskGroup { group in
            for number in 0..<3 {
                group.addTask {
                    guard await places.enter(until: { await Gate().passed() }) else { return }
                    order.note("\(number)")
                    places.leave()
                }
                while places.waiting < number + 1 { await Task.yield() }
            }
            places.leave()
        }
        #expect(order.lines == ["0", "1", "2"])
        #expect(places.waiting == 0)
    }

    @Test func `whose time is over has no place and takes none`() async {
        let places = ReadingPlaces(1)
        #expect(await places.enter { await Gate().passed() })
        #expect(await !places.enter {})
        places.leave()
        #expect(await places.enter { await Gate().passed() })
    }
}
