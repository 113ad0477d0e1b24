/// Makes external text safe for an error: one line, no control characters, nothing like a secret.
///
/// Long runs that look like keys or tokens are cut, and so is the text after a label such as
/// `secret=`. In doubt the text is cut. The result has at most `limit` characters.
func scrubbed(_ text: String, limit: Int, known: [Secret] = []) -> String {
    var text = text
    for secret in known where secret.exposed.utf8.count >= 4 {
        text = text.split(separator: secret.exposed, omittingEmptySubsequences: false)
            .joined(separator: "<redacted>")
    }
    let lines = text.split(whereSeparator: \.isNewline).map { cutAfterLabel(String($0)) }
    let words = lines.joined(separator: "; ")
        .split(omittingEmptySubsequences: true) { $0.isWhitespace || $0.isControl }
        .map { seemsSecret($0) ? "<redacted>" : String($0) }
    return String(words.joined(separator: " ").prefix(limit))
}

private let labels = ["secret", "token", "password", "passwd", "authorization", "bearer"]

private func cutAfterLabel(_ line: String) -> String {
    let lowered = line.lowercased()
    guard lowered.count == line.count else { return "<redacted>" }
    for label in labels {
        var rest = lowered[...]
        while let first = label.first, let start = rest.firstIndex(of: first) {
            rest = rest[start...]
            if rest.hasPrefix(label), let sign = rest.firstIndex(where: { "=:\"'".contains($0) }) {
                let kept = lowered.distance(from: lowered.startIndex, to: sign) + 1
                return line.prefix(kept) + " <redacted>"
            }
            rest = rest.dropFirst()
        }
    }
    return line
}

private func seemsSecret(_ word: Substring) -> Bool {
    var run = 0
    var longest = 0
    for byte in word.utf8 {
        let isTokenByte =
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "="):
                true
            case _: false
            }
        run = isTokenByte || byte == UInt8(ascii: "/") && run > 0 ? run + 1 : 0
        longest = max(longest, run)
    }
    let hasDigit = word.utf8.contains { (48...57).contains($0) }
    let hasCapital = word.utf8.contains { (65...90).contains($0) }
    return longest >= 64 || longest >= 28 && hasDigit && hasCapital
}

extension Character {
    fileprivate var isControl: Bool {
        unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
    }
}
