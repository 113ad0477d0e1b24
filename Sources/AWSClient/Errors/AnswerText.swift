import Primitives

/// The part of an answer to a signed request that may be shown.
///
/// A wrong signature makes AWS repeat the canonical request, and a gateway's block page may repeat
/// anything: keys, tokens and signatures of the request must not leak that way.
struct AnswerText {
    /// The secrets of the request, as they are and as a form or a URL would have them.
    private let secrets: [[UInt8]]

    init(hiding secrets: [Secret]) {
        self.secrets = secrets.flatMap { secret in
            [secret.exposed, PercentEncoding.encode(secret.exposed)]
        }.map { Array($0.utf8) }.filter { $0.count >= AnswerText.shortest }
    }

    /// The text without the signed request and without any part of a secret.
    ///
    /// - Parameters:
    ///   - text: The answer's text.
    ///   - code: The error's code; of a refused signature the first sentence stays, which has
    ///     AWS's time where the time is the cause.
    /// - Returns: The remaining text; a remark when nothing remains.
    func shown(_ text: String, code: String) -> String {
        var shown = hidden(text)
        if ErrorCodes.clock.contains(code) { shown = AnswerText.firstSentence(of: shown) }
        return AnswerText.beforeSignedRequest(shown)
    }

    /// The text with `<redacted>` for each part of a secret.
    ///
    /// A part is a run of 12 bytes; a shorter secret counts as a whole.
    func hidden(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var isSecret = [Bool](repeating: false, count: bytes.count)
        for secret in secrets {
            let length = min(secret.count, AnswerText.window)
            guard bytes.count >= length else { continue }
            let windows = Set((0...(secret.count - length)).map { secret[$0..<($0 + length)] })
            for start in 0...(bytes.count - length)
            where windows.contains(bytes[start..<(start + length)]) {
                for index in start..<(start + length) { isSecret[index] = true }
            }
        }
        guard isSecret.contains(true) else { return text }
        var shown: [UInt8] = []
        var index = 0
        while index < bytes.count {
            guard isSecret[index] else {
                shown.append(bytes[index])
                index += 1
                continue
            }
            shown += Array("<redacted>".utf8)
            // Short text between two parts of a secret is an escaped part of it.
            index = AnswerText.endOfRun(isSecret, from: index)
        }
        return String(decoding: shown, as: UTF8.self)
    }

    private static func endOfRun(_ isSecret: [Bool], from start: Int) -> Int {
        var end = start
        var index = start
        while index < isSecret.count, index - end < window {
            if isSecret[index] { end = index + 1 }
            index += 1
        }
        return end
    }

    private static let shortest = 4
    private static let window = 12

    private static func firstSentence(of text: String) -> String {
        let ends = [text.firstRange(of: ". ")?.lowerBound, text.firstIndex(where: \.isNewline)]
        return String(text[..<(ends.compactMap { $0 }.min() ?? text.endIndex)])
    }

    /// The text before the line or sentence in which a signed request is repeated.
    private static func beforeSignedRequest(_ text: String) -> String {
        let lowered = text.lowercased()
        guard lowered.utf8.count == text.utf8.count else {
            // Some letters change their length in lower case: the positions below would be wrong.
            return signs.contains(where: lowered.contains) ? withheld : text
        }
        let starts = signs.compactMap { mark in
            lowered.firstRange(of: mark).map {
                lowered.utf8.distance(from: lowered.startIndex, to: $0.lowerBound)
            }
        }
        guard let start = starts.min() else { return text }
        let before = String(decoding: text.utf8.prefix(start), as: UTF8.self)
        guard let end = before.lastIndex(where: { $0.isNewline || $0 == "." }) else {
            return withheld
        }
        let kept = before[...end]
        return kept.allSatisfy { $0.isWhitespace || $0 == "." } ? withheld : String(kept)
    }

    private static let withheld = "the answer repeats the signed request and is not shown"

    private static let signs = [
        "x-amz-security-token", "aws4-hmac", "canonical string", "canonical request",
        "string-to-sign", "string to sign", "authorization:",
    ]
}
