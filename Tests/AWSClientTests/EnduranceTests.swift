import AWSClient
import Primitives
import Testing

/// One hour of virtual time with an endpoint that is sometimes down and sessions of 900 s.
@Suite struct EnduranceTests {
    /// A stretch of the hour in seconds in which something is down.
    private struct Spell: Sendable {
        let from: Int64
        let to: Int64
        let weather: FickleService.Weather
        /// Whether only STS is concerned.
        var onlySTS = false
    }

    private static let spells = [
        // While the credentials are valid, only STS is down when they should be refreshed.
        Spell(from: 600, to: 800, weather: .refusing, onlySTS: true),
        Spell(from: 1000, to: 1060, weather: .failing),
        // Longer than a session: the credentials end.
        Spell(from: 1300, to: 2400, weather: .refusing),
        Spell(from: 2800, to: 2900, weather: .silent),
        Spell(from: 3000, to: 3100, weather: .failing, onlySTS: true),
        Spell(from: 3200, to: 3230, weather: .refusing),
    ]

    private static func weather(isSTS: Bool, _ time: Duration) -> FickleService.Weather {
        let spell = spells.first { spell in
            Duration.seconds(spell.from) <= time && time < .seconds(spell.to)
                && (isSTS || !spell.onlySTS)
        }
        return spell?.weather ?? .fair
    }

    /// The longest pause of the cache after failures, and one round of the test.
    private static let recovery = Int64(310)

    /// Whether a call at that second must succeed: all is up, and no outage of all just ended.
    private static func isCalm(_ second: Int64) -> Bool {
        !spells.contains { spell in
            guard !spell.onlySTS else { return false }
            // Only the outage that outlasted the credentials needs the cache's pause.
            let after = spell.to - spell.from > 900 ? recovery : 0
            return spell.from - 20 <= second && second < spell.to + after
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `an hour of outages leaves nothing behind`(seed: UInt64) async {
        let harness = VirtualHarness(seed: seed, weather: Self.weather)
        await harness.running {
            var unsafeIDs = 0
            for second in stride(from: Int64(0), through: 3600, by: 10) {
                await harness.pass(to: .seconds(second))
                let isUnsafe = second % 60 == 0
                if isUnsafe { unsafeIDs += 1 }
                let answer = await harness.call(isUnsafe ? .unsafe : .safe)
                if Self.isCalm(second) {
                    #expect(answer.verdict == "accepted", "at \(second) s")
                }
                #expect(answer.facts.attempts <= 3)
                #expect(harness.cache.waitingCallers == 0)
                #expect(harness.client.signingKeys <= 4)
            }
            #expect(unsafeIDs > 50)
        }
        let seen = harness.service.seen
        #expect(seen.callsWithEndedKeys == 0, "keys are not used past their end")
        #expect((4...6).contains(seen.sessions), "\(seen.sessions) sessions in an hour")
        #expect(seen.stsRequests <= 80, "\(seen.stsRequests) requests to STS")
        #expect(seen.calls <= 361 * 3)
        #expect(harness.client.availableQuota > RetryQuota.transientCost, "retries work again")
        #expect(harness.client.availableQuota <= RetryQuota.standardCapacity)
        let isServing = harness.reports.contains { report in
            if case .failed(_, isServing: true, _) = report { true } else { false }
        }
        #expect(isServing, "old keys serve while STS is away")
        guard case .renewed? = harness.reports.last(where: { $0 != .filesChanged }) else {
            Issue.record("the last word is not a renewal: \(harness.reports.suffix(3))")
            return
        }
    }

    @Test func `a call that must not run twice never does`() async {
        let harness = VirtualHarness(weather: Self.weather)
        await harness.running {
            for second in stride(from: Int64(0), through: 3600, by: 10) {
                await harness.pass(to: .seconds(second))
                _ = await harness.call(.unsafe)
            }
        }
        let executions = harness.service.seen.executions
        #expect(executions.count > 200)
        #expect(executions.values.allSatisfy { $0 == 1 })
    }
}
