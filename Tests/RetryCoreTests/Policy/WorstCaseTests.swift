import Primitives
import RetryCore
import Testing

@Suite struct WorstCaseTests {
    @Test func `the default policy's schedule is its longest waits`() {
        let worst = WorstCase(.standard)
        #expect(worst.schedule == [.seconds(30), .seconds(60), .seconds(120)])
        #expect(worst.text == "+30s, +1m, +2m, then gives up")
        #expect(worst.isFeasible)
    }

    @Test func `no retry is ever due later than the schedule says`() {
        let schedule = WorstCase.schedule(StagePolicy.standard.limits)
        for (index, longest) in schedule.enumerated() {
            for seed in 0..<200 {
                let plan = SituationBuilder.plan {
                    $0.policy = .standard
                    $0.seed = UInt64(seed)
                    $0.history.retries = index
                }
                #expect((plan?.due ?? .distantFuture) - SituationBuilder.failedAt <= longest)
            }
        }
    }

    @Test func `retries that give_up_after leaves no room for do not fit`() {
        let limits = SituationBuilder.limits(10, wait: .seconds(1000), giveUpAfter: .seconds(3500))
        #expect(WorstCase(limits).fitting == 3)
        #expect(!WorstCase(limits).isFeasible)
        #expect(WorstCase(limits, total: 3).isFeasible)
        #expect(
            WorstCase(SituationBuilder.limits(1, wait: .seconds(7), giveUpAfter: .seconds(7)))
                .isFeasible
        )
    }

    @Test func `long schedules are cut and an empty one is named`() {
        #expect(WorstCase(SituationBuilder.limits(0)).text == "never retries")
        let long = WorstCase(SituationBuilder.limits(.max, wait: .seconds(1)))
        #expect(long.schedule.count == WorstCase.longestSchedule)
        #expect(long.text.hasSuffix("+1s, ... \(Int.max) in all, then gives up"))
    }
}
