import Primitives
import RetryCore
import Settings
import Testing

@Suite
struct PatternFuzzTests {
    /// Pieces from which hostile patterns grow: nesting, repetition, back references.
    private static let pieces = [
        "a", "b", ".", "(a+)+", "(a|a)*", "(a|b|ab)*", "(?:a?){20}", "[^a]*", "\\1", "(?=a*)",
        "a{1,50}", "(.*)*", "$", "^", "(?i)A", "\\w+", "\\d*", "(b*a*)*c", "x?y?z?", "(",
    ]

    /// Random patterns on texts that make them search: each ends at a limit, whatever it is.
    @Test(.timeLimit(.minutes(1)), arguments: 1...8)
    func `a random pattern always ends`(_ seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        let matcher = PatternMatcher()
        var findings: Set<PatternFinding> = []
        for _ in 0..<150 {
            var pattern = ""
            for _ in 0...(random.next() % 5) {
                pattern += Self.pieces[Int(random.next() % UInt64(Self.pieces.count))]
            }
            let text =
                String(repeating: "a", count: Int(random.next() % 3000))
                + (random.next() % 2 == 0 ? "c" : "!")
            let query = PatternQuery(pattern: Pattern(pattern), text: text)
            let finding = matcher.find(query)
            #expect(matcher.find(query) == finding)
            findings.insert(finding)
        }
        #expect(findings.count == 3)
    }
}
