import Primitives
import Testing

@Suite struct PrintableTextTests {
    static let steering: [Unicode.Scalar] = [
        "\0", "\u{7}", "\u{8}", "\t", "\n", "\u{b}", "\u{c}", "\r", "\u{1b}", "\u{7f}", "\u{85}",
        "\u{9b}", "\u{9d}", "\u{ad}", "\u{61c}", "\u{200b}", "\u{200e}", "\u{200f}", "\u{2028}",
        "\u{2029}", "\u{202a}", "\u{202e}", "\u{2060}", "\u{2066}", "\u{2069}", "\u{feff}",
        "\u{e0041}",
    ]

    @Test(arguments: steering)
    func `characters that control the output are removed`(_ scalar: Unicode.Scalar) {
        #expect(scalar.steersOutput)
        let breaks: Set<Unicode.Scalar> = [
            "\t", "\n", "\u{b}", "\u{c}", "\r", "\u{85}", "\u{2028}", "\u{2029}",
        ]
        #expect(scalar.isBreakOrTab == breaks.contains(scalar))
        let text = "a\(Character(scalar))b"
        #expect(text.asOneLine == (breaks.contains(scalar) ? "a b" : "a\u{FFFD}b"))
        let lines = scalar == "\n" ? text : text.asOneLine
        #expect(text.asLines == lines)
    }

    @Test(arguments: [" ", "~", "é", "\u{a0}", "\u{200c}", "\u{200d}", "漢", "\u{1f600}"])
    func `ordinary text is kept`(_ text: String) {
        #expect(text.asOneLine == text)
        #expect(text.asLines == text)
        #expect(text.asSafeJSON == text)
    }

    @Test func `controls are those of Unicode's category`() {
        let differing = (0...UInt32(0x10FFFF)).compactMap(Unicode.Scalar.init).filter {
            $0.isControl != ($0.properties.generalCategory == .control)
        }
        #expect(differing.isEmpty)
    }

    @Test func `strings of JSON get equivalent escapes`() {
        #expect(
            "{\n\"a\": \"\u{1b}x\u{9b}\u{2028}\u{e0041}\"}".asSafeJSON
                == "{\n\"a\": \"\\u001bx\\u009b\\u2028\\udb40\\udc41\"}"
        )
    }

    @Test(arguments: [
        ("a\nb\tc", "a\nb\tc"), ("a\r\nb", "a \nb"), ("\u{1b}[2Jx\u{2028}", "\u{FFFD}[2Jx\u{FFFD}"),
        ("é漢", "é漢"),
    ])
    func `a field of the journal keeps line feeds and tabs`(_ text: String, _ field: String) {
        #expect(text.asJournalField == field)
    }

    @Test(arguments: [
        ("abc-123", 7, "abc-123"), ("abcd", 3, "abc…"), ("  a \n\t b  ", 9, "a b"),
        ("\u{1b}[31mred", 20, "[31mred"), ("éé", 2, "éé"), ("ééé", 2, "éé…"), ("", 5, ""),
        ("a\u{e000}b", 5, "a b"),
    ])
    func `a text for people is one line of words`(_ text: String, _ limit: Int, _ shown: String) {
        #expect(text.printable(limit: limit) == shown)
    }
}
