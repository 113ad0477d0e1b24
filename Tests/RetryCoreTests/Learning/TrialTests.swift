import Primitives
import RetryCore
import Testing

@Suite("What trials say")
struct TrialTests {
    /// Successes, trials, and the two bounds, computed apart from this program.
    struct Vector: Sendable, CustomTestStringConvertible {
        let recovered: Int
        let trials: Int
        let lower: Double
        let upper: Double

        var testDescription: String { "\(recovered) of \(trials)" }
    }

    static let vectors = [
        Vector(recovered: 0, trials: 1, lower: 0, upper: 0.621552),
        Vector(recovered: 0, trials: 6, lower: 0, upper: 0.214904),
        Vector(recovered: 0, trials: 7, lower: 0, upper: 0.190037),
        Vector(recovered: 1, trials: 14, lower: 0.021617, upper: 0.211236),
        Vector(recovered: 1, trials: 15, lower: 0.020160, upper: 0.198701),
        Vector(recovered: 2, trials: 22, lower: 0.038403, upper: 0.200252),
        Vector(recovered: 2, trials: 23, lower: 0.036707, upper: 0.192263),
        Vector(recovered: 3, trials: 20, lower: 0.074673, upper: 0.278448),
        Vector(recovered: 10, trials: 20, lower: 0.362262, upper: 0.637738),
        Vector(recovered: 20, trials: 20, lower: 0.924113, upper: 1),
    ]

    @Test(arguments: vectors)
    func `the bounds are Wilson's, one-sided at 90%`(_ vector: Vector) {
        let counts = TrialCounts(recovered: vector.recovered, trials: vector.trials)
        #expect(abs(counts.lowerBound - vector.lower) < 5e-7)
        #expect(abs(counts.upperBound - vector.upper) < 5e-7)
    }

    @Test func `without a trial nothing is known`() {
        #expect(TrialCounts().lowerBound == 0)
        #expect(TrialCounts().upperBound == 1)
        #expect(TrialCounts(recovered: 3, trials: -1) == TrialCounts())
        #expect(TrialCounts(recovered: 3, trials: 2) == TrialCounts(recovered: 2, trials: 2))
    }

    @Test(arguments: 1...200)
    func `without a success the upper bound has its short form`(_ trials: Int) {
        let upper = TrialCounts(trials: trials).upperBound
        #expect(abs(upper - 1.642374 / (Double(trials) + 1.642374)) < 1e-6)
    }

    /// The least rate, and the smallest numbers of trials that are below it with 0, 1, 2, and 3
    /// successes.
    static let smallest: [(Double, [Int])] = [
        (0.10, [15, 32, 47, 60]), (0.15, [10, 21, 31, 40]), (0.20, [7, 15, 23, 29]),
        (0.25, [5, 12, 18, 23]), (0.30, [4, 10, 14, 19]),
    ]

    @Test(arguments: smallest)
    func `so many trials are needed to fall below a rate`(_ least: Double, _ trials: [Int]) {
        let found = (0...3).map { recovered in
            (1...100).first { n in
                n >= recovered && TrialCounts(recovered: recovered, trials: n).upperBound < least
            }
        }
        #expect(found == trials)
    }

    @Test func `the bounds enclose the rate and close in with more trials`() {
        for trials in 1...60 {
            for recovered in 0...trials {
                let counts = TrialCounts(recovered: recovered, trials: trials)
                let rate = Double(recovered) / Double(trials)
                // At the ends a bound is the rate itself, up to the rounding of a Double.
                #expect(counts.lowerBound <= rate + 1e-12 && rate <= counts.upperBound + 1e-12)
                let more = TrialCounts(recovered: 2 * recovered, trials: 2 * trials)
                #expect(
                    more.upperBound - more.lowerBound < counts.upperBound - counts.lowerBound
                )
            }
        }
    }

    private func trial(_ day: Int64, _ result: RetryResult, wait: Int64 = 60) -> Trial {
        Trial(failedAt: second(day * 86_400), wait: .seconds(wait), result: result)
    }

    @Test func `only trials of the window count`() {
        let trials = [
            trial(9, .recovered), trial(10, .same), trial(50, .unsettled), trial(60, .excluded),
            trial(70, .other), trial(80, .recovered), trial(101, .recovered),
        ]
        let now = second(100 * 86_400)
        #expect(TrialWindow().counts(trials, at: now) == TrialCounts(recovered: 1, trials: 3))
        let two = TrialWindow(size: 2)
        #expect(two.counts(trials, at: now) == TrialCounts(recovered: 1, trials: 2))
        let later = second(190 * 86_400)
        #expect(TrialWindow().counts(trials, at: later) == TrialCounts(recovered: 1, trials: 1))
    }

    @Test(arguments: [
        (0, WaitBucket.underOneMinute), (59, .underOneMinute), (60, .underFive),
        (299, .underFive), (300, .underFifteen), (900, .underOneHour), (3599, .underOneHour),
        (3600, .oneHourOrMore), (86_400, .oneHourOrMore),
    ])
    func `a wait has its bucket`(_ seconds: Int, _ bucket: WaitBucket) {
        #expect(WaitBucket(.seconds(seconds)) == bucket)
    }

    @Test func `a wait is better only when its lower bound is above the own upper bound`() {
        let short = (0..<20).map { _ in trial(1, .same, wait: 30) }
        func long(_ recovered: Int, of count: Int) -> [Trial] {
            (0..<count).map { trial(1, $0 < recovered ? .recovered : .same, wait: 600) }
        }
        #expect(WaitTable(short + long(8, of: 8)).better(than: .seconds(30)) == .underFifteen)
        #expect(WaitTable(short + long(7, of: 7)).better(than: .seconds(30)) == nil)
        #expect(WaitTable(short + long(2, of: 20)).better(than: .seconds(30)) == nil)
        #expect(WaitTable(long(8, of: 8)).better(than: .seconds(30)) == nil)
        #expect(WaitTable(short + long(8, of: 8)).better(than: .seconds(700)) == nil)
        #expect(WaitTable([trial(1, .excluded)]).counts.isEmpty)
    }

    @Test(
        arguments: [
            ([], nil), ([7], 7), ([9, 1, 5], 5), ([1, 9, 5, 7], 6),
        ] as [([Int], Int?)]
    )
    func `the median is the middle one`(_ seconds: [Int], _ median: Int?) {
        let found = ExpectedTime.median(seconds.map { .seconds($0) })
        #expect(found == median.map { .seconds($0) })
    }

    @Test func `the expected time adds the medians, and takes ten minutes for what is unknown`() {
        let known = ExpectedTime([[.seconds(60), .seconds(80), .seconds(600)], [.seconds(20)]])
        #expect(known.time == .seconds(100))
        #expect(known.isKnown)
        let partly = ExpectedTime([[.seconds(60)], []])
        #expect(partly.time == .seconds(660))
        #expect(!partly.isKnown)
    }

    @Test(
        arguments: [
            (.guarded, .recovered, nil, .guarded),
            (.leave, .recovered, .passed, .missed),
            (.leave, .same, nil, .agreed), (.leave, .other, nil, .agreed),
            (.leave, .unsettled, .passed, .agreed), (.leave, .excluded, nil, .agreed),
            (.leave, nil, .passed, .agreed),
            (.retry, .recovered, .failedTheSame, .recovers),
            (.retry, .same, .passed, .wasted), (.retry, .other, nil, .wasted),
            (.retry, nil, .passed, .likelyRecovers),
            (.retry, .excluded, .passed, .likelyRecovers),
            (.retry, .unsettled, .failedTheSame, .likelyWasted),
            (.retry, nil, .failedTheSame, .likelyWasted),
            (.retry, nil, nil, .unknown), (.retry, .excluded, nil, .unknown),
        ] as [(ReplayResult.Decision, RetryResult?, ReplayResult.Elsewhere?, ReplayResult)]
    )
    func `a decision crossed with what happened has its class`(
        _ decision: ReplayResult.Decision,
        _ result: RetryResult?,
        _ elsewhere: ReplayResult.Elsewhere?,
        _ expected: ReplayResult
    ) {
        #expect(ReplayResult(decision, result: result, elsewhere: elsewhere) == expected)
    }
}
