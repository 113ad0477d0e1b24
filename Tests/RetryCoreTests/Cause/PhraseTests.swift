import Testing

@testable import RetryCore

@Suite struct PhraseTests {
    private static func isFound(_ phrase: Phrase, in text: String) -> Bool {
        !PhraseIndex([phrase]).found(in: text).isEmpty
    }

    @Test(arguments: [
        ("rate exceeded", "An error: Rate Exceeded (Service: X)"), ("EOF", "read: EOF"),
        ("EOF", "EOF"), ("returned error: 5##", "the URL returned error: 502"),
        ("Could not transfer * timed out", "Could not transfer artifact a:b: Read timed out"),
        ("^E: ", "E: Unable"), ("exit code: 137$", "exit code: 137"),
        ("Hash Sum mismatch", "Hash  Sum\n mismatch"), ("(Throttling)", "x(Throttling)y"),
        ("one * two * three", "one 1 two 2 three"),
    ])
    func `a phrase is found`(_ phrase: String, _ text: String) {
        #expect(PhraseTests.isFound(Phrase(stringLiteral: phrase), in: text))
    }

    @Test(arguments: [
        ("EOF", "geoffrey"), ("EOF", "xEOF"), ("EOF", "EOF1"), ("error: 5##", "error: 404"),
        ("error: 5##", "error: 50"), ("^E: ", "x E: y"), ("code: 1$", "code: 1 x"),
        ("one * two", "two one"), ("throttling", "retry_throttling"), ("too long", "too"),
        ("one * two", "one " + String(repeating: "x", count: 400) + " two"), ("EOF", ""),
    ])
    func `a near miss is none`(_ phrase: String, _ text: String) {
        #expect(!PhraseTests.isFound(Phrase(stringLiteral: phrase), in: text))
    }

    @Test func `each phrase is known by its position`() {
        let index = PhraseIndex(["alpha", "beta", "alphabet"])
        #expect(index.found(in: "beta alpha") == [0, 1])
        #expect(index.found(in: "alphabet") == [2])
        #expect(index.found(in: "").isEmpty)
    }
}
