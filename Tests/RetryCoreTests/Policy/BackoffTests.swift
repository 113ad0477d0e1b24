import Primitives
import RetryCore
import Testing

@Suite struct BackoffTests {
    static func backoff(
        _ kind: Backoff.Kind,
        _ initial: Duration = .seconds(30),
        factor: Double = 2,
        max: Duration = .seconds(900),
        min: Duration = .seconds(5),
        jitter: Backoff.Jitter = .none
    ) -> Backoff {
        Backoff(kind: kind, initial: initial, factor: factor, max: max, min: min, jitter: jitter)
    }

    @Test(arguments: [
        (Backoff.Kind.fixed, [30, 30, 30, 30, 30, 30, 30]),
        (.linear, [30, 60, 90, 120, 150, 180, 210]),
        (.exponential, [30, 60, 120, 240, 480, 900, 900]),
    ])
    func `each kind grows as its name says`(_ kind: Backoff.Kind, _ seconds: [Int]) {
        let waits = (1...7).map { BackoffTests.backoff(kind).delay(number: $0, uniform: 0.5) }
        #expect(waits == seconds.map { .seconds($0) })
    }

    @Test(arguments: [
        (Backoff.Jitter.none, 0.0, 100_000), (.none, 0.9, 100_000),
        (.full, 0.0, 5000), (.full, 0.25, 25_000), (.full, 1.0, 100_000),
        (.equal, 0.0, 50_000), (.equal, 0.5, 75_000), (.equal, 1.0, 100_000),
    ])
    func `each jitter spreads as its name says`(_ jitter: Backoff.Jitter, _ at: Double, _ ms: Int) {
        let backoff = BackoffTests.backoff(.fixed, .seconds(100), jitter: jitter)
        #expect(backoff.delay(number: 1, uniform: at) == .milliseconds(ms))
    }

    @Test(arguments: Backoff.Jitter.allCases)
    func `jitter only shortens a wait, and a larger draw gives a longer one`(
        _ jitter: Backoff.Jitter
    ) {
        for number in 1...8 {
            let whole = BackoffTests.backoff(.exponential).delay(number: number, uniform: 1)
            let backoff = BackoffTests.backoff(.exponential, jitter: jitter)
            let waits = stride(from: 0.0, through: 1.0, by: 0.125).map {
                backoff.delay(number: number, uniform: $0)
            }
            #expect(waits == waits.sorted())
            #expect(waits.last == whole)
        }
    }

    @Test func `a capped wait still spreads and never passes its cap`() {
        let backoff = BackoffTests.backoff(.exponential, jitter: .equal)
        #expect(backoff.delay(number: 500, uniform: 0) == .seconds(450))
        #expect(backoff.delay(number: 500, uniform: 1) == .seconds(900))
    }

    @Test func `the floor comes last, over jitter and a smaller cap`() {
        let low = BackoffTests.backoff(.fixed, .seconds(10), jitter: .full)
        #expect(low.delay(number: 1, uniform: 0) == .seconds(5))
        let crossed = BackoffTests.backoff(.fixed, max: .seconds(2), min: .seconds(7))
        #expect(crossed.delay(number: 1, uniform: 1) == .seconds(7))
    }

    @Test func `extreme values neither trap nor leave the bounds`() {
        let durations: [Duration] = [
            .zero, .seconds(-9), .milliseconds(1), .seconds(1), .seconds(86_400 * 400),
            .longest, .seconds(Int64.max), .seconds(Int64.min),
        ]
        let factors = [0, -1, 1, 1.5, 1e300, .infinity, -.infinity, .nan, .leastNonzeroMagnitude]
        let numbers = [Int.min, -1, 0, 1, 2, 63, 64, 1025, Int.max]
        let shares = [0, 0.5, 1, -3, 7, .nan, .infinity]
        for initial in durations {
            for cap in durations {
                for kind in Backoff.Kind.allCases {
                    for jitter in Backoff.Jitter.allCases {
                        for (index, factor) in factors.enumerated() {
                            let backoff = BackoffTests.backoff(
                                kind,
                                initial,
                                factor: factor,
                                max: cap,
                                min: durations[index % durations.count],
                                jitter: jitter
                            )
                            let number = numbers[index % numbers.count]
                            let share = shares[index % shares.count]
                            let wait = backoff.delay(number: number, uniform: share)
                            let floor = max(.zero, min(backoff.min, .longest))
                            guard wait >= floor, wait <= max(floor, min(max(cap, .zero), .longest))
                            else {
                                Issue.record("\(backoff) \(number) \(share): \(wait)")
                                return
                            }
                        }
                    }
                }
            }
        }
    }

    @Test func `waits without jitter never shrink with the number`() {
        var random = SplitMix64(seed: 5)
        for _ in 0..<200 {
            let backoff = BackoffTests.backoff(
                Backoff.Kind.allCases[Int(random.next() % 3)],
                .milliseconds(Int64(random.next() % 1_000_000)),
                factor: 1 + random.uniform() * 5,
                max: .seconds(Int64(random.next() % 100_000))
            )
            let waits = (1...70).map { backoff.delay(number: $0, uniform: 0) }
            #expect(zip(waits, waits.dropFirst()).allSatisfy { $0 <= $1 })
        }
    }
}
