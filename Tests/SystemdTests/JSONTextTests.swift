import Systemd
import Testing

@Suite struct JSONTextTests {
    @Test(arguments: [
        ("", #""""#),
        ("plain é 漢 🙂", #""plain é 漢 🙂""#),
        ("quote \" backslash \\ slash /", #""quote \" backslash \\ slash /""#),
        ("\n\r\t\u{08}\u{0C}", #""\n\r\t\b\f""#),
        ("\0\u{01}\u{1F}", #""\u0000\u0001\u001f""#),
        ("\u{7F}\u{2028}", "\"\u{7F}\u{2028}\""),
        ("\r\n", #""\r\n""#),
        ("e\u{301}", "\"e\u{301}\""),
    ])
    func `a string is escaped as RFC 8259 requires, and no more`(text: String, json: String) {
        #expect(Array(JSONText.quoted(text).utf8) == Array(json.utf8))
    }
}
