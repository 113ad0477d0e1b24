/// Finds all of many phrases in a text, in one pass over the text.
///
/// Linear in the text: a phrase is compared only where its first two characters are, and what a `*`
/// may skip is bounded.
struct PhraseIndex: Sendable {
    private let phrases: [PhrasePattern]
    /// The phrases by their first two bytes.
    private let starts: [UInt16: [Int]]

    /// Indexes phrases; a phrase is known by its position.
    init(_ phrases: [Phrase]) {
        self.phrases = phrases.map(PhrasePattern.init)
        var starts: [UInt16: [Int]] = [:]
        for (number, phrase) in self.phrases.enumerated() {
            starts[phrase.start, default: []].append(number)
        }
        self.starts = starts
    }

    /// The positions of the phrases that a text has.
    func found(in text: String) -> Set<Int> {
        let bytes = PhraseIndex.normalized(text)
        var found: Set<Int> = []
        for at in bytes.indices.dropLast() {
            let start = UInt16(bytes[at]) << 8 | UInt16(bytes[at + 1])
            guard let candidates = starts[start] else { continue }
            for number in candidates where !found.contains(number) {
                if phrases[number].isFound(in: bytes, at: at) { found.insert(number) }
            }
        }
        return found
    }

    /// The text in lower case, each run of blanks as one.
    static func normalized(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            let isBlank = byte == 0x20 || (0x09...0x0D).contains(byte)
            if isBlank, bytes.last == 0x20 { continue }
            bytes.append(isBlank ? 0x20 : byte.lowercased)
        }
        return bytes
    }
}

/// A phrase, prepared for comparing.
private struct PhrasePattern: Sendable {
    /// What stands between the `*`, in lower case.
    private let parts: [[UInt8]]
    private let isAtStart: Bool
    private let isAtEnd: Bool

    /// How much a `*` may stand for, in bytes.
    private static let gap = 300

    init(_ phrase: Phrase) {
        var text = Substring(phrase.text)
        isAtStart = text.first == "^"
        if isAtStart { text.removeFirst() }
        isAtEnd = text.last == "$"
        if isAtEnd { text.removeLast() }
        parts = text.split(separator: "*").map { PhraseIndex.normalized(String($0)) }
        precondition(parts.first.map { $0.count >= 2 } ?? false, "\(phrase.text) is too short")
    }

    /// The first two bytes.
    var start: UInt16 { UInt16(parts[0][0]) << 8 | UInt16(parts[0][1]) }

    func isFound(in bytes: [UInt8], at start: Int) -> Bool {
        guard isAtStart ? start == 0 : beginsWord(parts[0], in: bytes, at: start) else {
            return false
        }
        guard var end = match(parts[0], in: bytes, at: start) else { return false }
        for part in parts.dropFirst() {
            guard let next = find(part, in: bytes, from: end) else { return false }
            end = next
        }
        if isAtEnd { return end == bytes.count }
        guard end < bytes.count, let last = parts.last?.last, last.isWordByte else { return true }
        return !bytes[end].isWordByte
    }

    private func beginsWord(_ part: [UInt8], in bytes: [UInt8], at start: Int) -> Bool {
        start == 0 || !part[0].isWordByte || !bytes[start - 1].isWordByte
    }

    /// The end of the part if it is at `start`.
    private func match(_ part: [UInt8], in bytes: [UInt8], at start: Int) -> Int? {
        guard bytes.count - start >= part.count else { return nil }
        for (offset, expected) in part.enumerated() {
            let byte = bytes[start + offset]
            let isDigit = expected == UInt8(ascii: "#") && (0x30...0x39).contains(byte)
            guard byte == expected || isDigit else { return nil }
        }
        return start + part.count
    }

    private func find(_ part: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        let last = min(bytes.count - part.count, start + PhrasePattern.gap)
        guard start <= last else { return nil }
        for at in start...last {
            if let end = match(part, in: bytes, at: at) { return end }
        }
        return nil
    }
}

extension UInt8 {
    /// Whether it belongs to a word: an ASCII letter, a digit or an underscore.
    fileprivate var isWordByte: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: true
        case _: false
        }
    }

    fileprivate var lowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}
