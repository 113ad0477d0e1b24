import RetryCore
import Settings
import Testing

@Suite struct PatternMatcherTests {
    private func find(_ pattern: String, _ text: String) -> PatternFinding {
        PatternMatcher().find(PatternQuery(pattern: Pattern(pattern), text: text))
    }

    @Test(arguments: [
        ("builds in queue", "Cannot have more than 1 builds in queue for", PatternFinding.matches),
        ("more than [1-9][0-9]* builds", "more than 0 builds", .differs),
        ("more than [1-9][0-9]* builds", "more than 20 builds", .matches),
        ("timeout", "Timeout", .differs), ("(?i)timeout", "TIMEOUT", .matches),
        ("^a.c$", "abc", .matches), ("^a.c$", "a\nc", .differs), ("(?s)^a.c$", "a\nc", .matches),
        ("(?m)^b$", "a\nb\nc", .matches), ("ü.", "grün", .matches), ("^.$", "ü", .matches),
        ("^.$", "👩", .matches), ("(?i)É", "é", .matches), ("", "", .matches), ("a", "", .differs),
        ("(a)(b)(c)", "abc", .matches), ("(?<=x)y", "xy", .matches), ("\\d{3}", "a123", .matches),
        ("\\x{1F600}", "😀", .matches), ("a\\Kb", "ab", .matches),
    ])
    func `matching patterns and texts`(pattern: String, text: String, finding: PatternFinding) {
        #expect(find(pattern, text) == finding)
    }

    @Test(arguments: [
        ("(a+)+$", "a"), ("(a|aa)+$", "a"), ("(.*a){20}$", "a"), ("(?:(?:a*)*)*[bc]", "a"),
        ("^(?:a?){40}a{40}$", "a"), ("(a*)*(a*)*(a*)*[xy]", "a"), ("((a|b)*[cd])*[ef]", "ab"),
        ("(\\w+\\s?)*$", "a "), ("(?:a(?R)?a(?R)?)+[bc]", "a"),
    ])
    func `a hopeless search ends at its limit and is not taken for an answer`(
        pattern: String,
        unit: String
    ) {
        let text = String(repeating: unit, count: 30_000) + "!"
        let clock = ContinuousClock()
        let time = clock.measure { #expect(find(pattern, text) == .pastBound) }
        // Thousands of times more than it takes; without the bounds it would be years.
        #expect(time < .seconds(30))
    }

    @Test func `deep nesting of groups ends at the limit of depth or memory`() {
        let text = String(repeating: "(", count: 60_000)
        #expect(find("(\\((?1)*)+[xy]", text) == .pastBound)
    }

    @Test func `a text or pattern past the limits is not evaluated`() {
        let bound = PatternMatcher.Bounds.standard
        #expect(find("a", String(repeating: "a", count: bound.textBytes)) == .matches)
        #expect(find("a", String(repeating: "a", count: bound.textBytes + 1)) == .pastBound)
        let long = String(repeating: "a", count: bound.patternBytes + 1)
        #expect(find(long, "a") == .pastBound)
    }

    @Test(arguments: ["a(b", "[", "*", "\\C", "(?<n>a)(?<n>b)", "a{2,1}", "(*NOSUCH)"])
    func `a pattern that does not compile is past the limit`(pattern: String) {
        #expect(find(pattern, "abc") == .pastBound)
    }

    @Test(arguments: ["(*LIMIT_MATCH=4000000000)(a+)+$", "(*LIMIT_DEPTH=4000000000)(a+)+$"])
    func `a pattern cannot lift the limits`(pattern: String) {
        #expect(find(pattern, String(repeating: "a", count: 5000) + "!") == .pastBound)
    }

    @Test func `many tasks may ask at once`() async {
        let matcher = PatternMatcher()
        let right = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<64 {
                group.addTask {
                    let query = PatternQuery(pattern: Pattern("x\(number % 8)y"), text: "x3y")
                    return matcher.find(query) == (number % 8 == 3 ? .matches : .differs)
                }
            }
            return await group.reduce(true) { $0 && $1 }
        }
        #expect(right)
    }

    @Test func `more patterns than are cached are still answered`() {
        let matcher = PatternMatcher()
        for number in 0..<5000 {
            let query = PatternQuery(pattern: Pattern("^n\(number)$"), text: "n\(number)")
            #expect(matcher.find(query) == .matches)
        }
    }
}
