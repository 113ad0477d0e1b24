import Primitives
import Testing

@Suite struct WallTimeTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:00.001Z", 1),
        ("1969-12-31T23:59:59.999Z", -1), ("2026-11-23T01:02:03.004Z", 1_795_395_723_004),
        ("2026-11-23T01:02:03.0049999Z", 1_795_395_723_004),
        ("2026-11-23T01:02:03.5Z", 1_795_395_723_500),
        ("2026-11-23T02:02:03+01:00", 1_795_395_723_000),
        ("2026-11-22T19:32:03-05:30", 1_795_395_723_000),
        ("2026-11-23t01:02:03z", 1_795_395_723_000), ("2000-02-29T00:00:00Z", 951_782_400_000),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ])
    func `RFC 3339 is read`(_ text: String, _ milliseconds: Int64) {
        #expect(WallTime(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "2026", "2026-11-23", "2026-11-23T01:02:03", "2026-11-23 01:02:03Z",
        "2026-11-23T01:02Z", "2026-11-23T24:00:00Z", "2026-11-23T01:60:00Z",
        "2026-11-23T01:02:61Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
        "2026-11-00T00:00:00Z", "2026-11-23T01:02:03.Z", "2026-11-23T01:02:03Zx",
        "2026-11-23T01:02:03+1:00", "2026-11-23T01:02:03+24:00", "2026-11-23T01:02:03+01:60",
        "-026-11-23T01:02:03Z", "２026-11-23T01:02:03Z",
    ])
    func `anything else is refused`(_ text: String) {
        #expect(WallTime(rfc3339: text) == nil)
    }

    @Test(arguments: [
        ("1795395723.5", 1_795_395_723_500), ("2026-11-23 01:02:03Z", 1_795_395_723_000),
        (" 2026-11-23T01:02:03 Z ", 1_795_395_723_000),
        ("2026-11-23t01:02:03z", 1_795_395_723_000),
        ("2026-11-23  01:02:03 UTC", 1_795_395_723_000),
        ("2026-11-23 01:02:03 GMT", 1_795_395_723_000),
        ("2026-11-23 02:02:03+01", 1_795_395_723_000),
        ("2026-11-23 02:02:03 +0100", 1_795_395_723_000),
        ("2026-11-23 02:02:03 +0100 UTC", 1_795_395_723_000),
        ("2026-11-22 19:32:03-05:30", 1_795_395_723_000),
        ("2026-11-22 19:32:03-0530", 1_795_395_723_000),
        ("2026-11-24 00:02:03+23:00", 1_795_395_723_000),
        ("2026-11-23 02:01:03+00:59", 1_795_395_723_000),
    ])
    func `common variants of a time are read`(_ text: String, _ milliseconds: Int64) {
        #expect(WallTime(lenient: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "nan", "2026-11-23", "2026-11-23 01:02:03", "2026-11-23T01:02:03 ",
        "2026-11-23_01:02:03Z", "2026-11-23 01:02:03Zx", "2026-11-23 01:02:03 PST",
        "2026-11-23 01:02:03+24", "2026-11-23 01:02:03+01:60", "2026-11-23 01:02:03+01:",
        "2026-11-23 01:02:03+0160", "2026-11-23 01:02:03 0100", "2026-11-23 01:02:03+01 PST",
        "2026-11-23 01:02:03 GMTUTC",
    ])
    func `a time without an offset, or with anything else, is refused`(_ text: String) {
        #expect(WallTime(lenient: text) == nil)
    }

    @Test func `a written time is read back`() {
        var random = SplitMix64(seed: 4)
        let range = UInt64(253_402_300_800_000 + 62_135_596_800_000)
        for _ in 0..<2000 {
            let time = WallTime(milliseconds: Int64(random.next() % range) - 62_135_596_800_000)
            #expect(WallTime(rfc3339: time.rfc3339) == time)
        }
        #expect(WallTime(milliseconds: 1_795_395_723_004).description == "2026-11-23T01:02:03.004Z")
    }

    @Test func `epoch seconds are rounded to milliseconds and must be in the calendar`() {
        #expect(WallTime(epochSeconds: 1_795_395_723.0044)?.milliseconds == 1_795_395_723_004)
        #expect(WallTime(epochSeconds: -0.5)?.milliseconds == -500)
        for seconds in [Double.nan, .infinity, -.infinity, 253_402_300_800, 1e300, -1e300] {
            #expect(WallTime(epochSeconds: seconds) == nil)
        }
    }

    @Test func `arithmetic saturates`() {
        let (first, last) = (WallTime(milliseconds: .min), WallTime(milliseconds: .max))
        #expect(last + .seconds(1) == last)
        #expect(first + .seconds(-1) == first)
        #expect(last - first == .milliseconds(Int64.max))
        #expect(first - last == .milliseconds(Int64.min))
        #expect(WallTime(milliseconds: 5) + .milliseconds(-7) == WallTime(milliseconds: -2))
        #expect(WallTime(milliseconds: 5) - WallTime(milliseconds: 7) == .milliseconds(-2))
    }
}
