import Primitives
import Testing

@Suite struct DurationTests {
    @Test(arguments: [
        (Duration.zero, "0s"), (.milliseconds(5), "5ms"), (.seconds(1), "1s"),
        (.milliseconds(1999), "1s"), (.seconds(90), "1m30s"), (.seconds(60), "1m"),
        (.seconds(7200), "2h"), (.seconds(86_400), "1d"), (.seconds(90_061), "1d1h1m1s"),
        (.seconds(-90), "-1m30s"),
    ])
    func `short texts`(_ duration: Duration, _ text: String) {
        #expect(duration.shortText == text)
    }

    @Test func `creating one from seconds never traps`() {
        #expect(Duration.saturating(seconds: .nan) == .zero)
        #expect(Duration.saturating(seconds: .infinity) == .longest)
        #expect(Duration.saturating(seconds: -.infinity) == .zero - .longest)
        #expect(Duration.saturating(seconds: 1e300) == .longest)
        #expect(Duration.saturating(seconds: 1.2345) == .milliseconds(1235))
        #expect(Duration.saturating(seconds: -0.5) == .milliseconds(-500))
    }

    @Test func `sums are clamped to the longest`() {
        #expect(Duration.longest.adding(.seconds(1)) == .longest)
        #expect(Duration.longest.adding(.longest) == .longest)
        #expect(Duration.seconds(Int64.max).adding(.seconds(Int64.max)) == .longest)
        #expect((Duration.zero - .longest).adding(.zero - .longest) == .zero - .longest)
        #expect(Duration.seconds(1).adding(.milliseconds(-1)) == .milliseconds(999))
    }

    @Test func `milliseconds are whole and saturate`() {
        #expect(Duration.microseconds(1999).wholeMilliseconds == 1)
        #expect(Duration.seconds(Int64.max).wholeMilliseconds == Duration.longest.wholeMilliseconds)
        #expect(Duration.seconds(2).seconds == 2)
    }

    @Test func `instants saturate and order by time`() {
        let late = Instant(sinceOrigin: .longest)
        #expect(late + .seconds(5) == late)
        #expect(Instant.origin < late)
        #expect((Instant.origin + .seconds(3)) - (.origin + .seconds(5)) == .seconds(-2))
    }
}
