import Primitives
import Testing

@Suite struct TextBoundTests {
    @Test(arguments: [
        ("abc", 3, "abc"), ("abcd", 3, "abc"), ("abc", 0, ""), ("", 0, ""), ("éé", 3, "é"),
        ("éé", 4, "éé"), ("€€", 5, "€"), ("😀", 3, ""), ("x😀", 4, "x"), ("e\u{301}", 2, "e"),
    ])
    func `a text is cut to bytes between two scalars`(
        _ text: String,
        _ limit: Int,
        _ expected: String
    ) {
        #expect(text.cut(toUTF8: limit) == expected)
        #expect(text.cut(toUTF8: limit).utf8.count <= limit)
    }

    @Test(arguments: [
        ("abcd", 4, "abcd"), ("abcde", 4, "a…"), ("abcd", 3, "…"), ("abcd", 2, ""),
        ("abcd", -1, ""), ("ééé", 5, "é…"), ("ééé", 4, "…"),
    ])
    func `a shortened text ends with an ellipsis that counts`(
        _ text: String,
        _ limit: Int,
        _ expected: String
    ) {
        #expect(text.shortened(toUTF8: limit) == expected)
    }

    @Test(arguments: [
        ("abc", 3, "abc"), ("abcd", 3, "abc"), ("éé", 2, "éé"), ("ééé", 2, "éé"), ("", 0, ""),
        ("e\u{301}x", 1, "e"),
    ])
    func `a text is cut to scalars`(_ text: String, _ limit: Int, _ expected: String) {
        #expect(text.cut(toScalars: limit) == expected)
    }
}
