import Primitives
import RetryCore
import Testing

@Suite struct GlobTests {
    @Test(arguments: [
        ("", "", true), ("", "a", false), ("*", "", true), ("*", "anything", true),
        ("**", "", true), ("?", "", false), ("?", "a", true), ("?", "ab", false),
        ("a", "a", true), ("a", "A", false), ("svc-*", "svc-", true), ("svc-*", "svc-a-b", true),
        ("svc-*", "xsvc-a", false), ("*-prod", "web-prod", true), ("*-prod", "web-prod2", false),
        ("a*b*c", "aXXbYYc", true), ("a*b*c", "aXXbYY", false), ("a*b*c", "abcbc", true),
        ("*a?c", "xxabcabc", true), ("[ab]", "a", false), ("[ab]", "[ab]", true),
        ("a.c", "abc", false),
        ("\\*", "\\x", true), ("é?", "éü", true), ("?", "e\u{301}", false),
        ("??", "e\u{301}", true), ("*?", "", false), ("?*", "a", true),
    ])
    func `a glob matches the whole text`(_ glob: String, _ text: String, _ expected: Bool) {
        #expect(Glob(glob).matches(text) == expected)
    }

    @Test func `it agrees with the plain recursive definition`() {
        var random = SplitMix64(seed: 3)
        func word(_ alphabet: [Character], upTo length: UInt64) -> String {
            String(
                (0..<(random.next() % length)).map { _ in
                    alphabet[Int(random.next() % UInt64(alphabet.count))]
                }
            )
        }
        for _ in 0..<5000 {
            let glob = word(["a", "b", "*", "?"], upTo: 8)
            let text = word(["a", "b"], upTo: 10)
            let expected = GlobTests.plain(Array(glob)[...], Array(text)[...])
            guard Glob(glob).matches(text) == expected else {
                Issue.record("\(glob) on \(text): expected \(expected)")
                return
            }
        }
    }

    @Test func `a hostile glob takes no more steps than the product of both lengths`() {
        let glob = Glob(String(repeating: "a*", count: 200) + "b")
        #expect(!glob.matches(String(repeating: "a", count: 2000)))
    }

    static func plain(_ glob: ArraySlice<Character>, _ text: ArraySlice<Character>) -> Bool {
        guard let first = glob.first else { return text.isEmpty }
        if first == "*" {
            return plain(glob.dropFirst(), text)
                || (!text.isEmpty && plain(glob, text.dropFirst()))
        }
        guard let next = text.first, first == "?" || first == next else { return false }
        return plain(glob.dropFirst(), text.dropFirst())
    }
}
