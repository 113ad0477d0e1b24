import Primitives

extension Fingerprint {
    /// The most bytes that a fingerprint has.
    package static let limit = 512

    /// Reduces one action's error: its code, then its message, else its summary.
    ///
    /// Digits, ids, UUIDs, ARNs, request ids, times and paths of URLs are removed, and so are
    /// `names`: those of the pipeline, stage and action. A name that is a common word of AWS's own
    /// messages, such as `Build`, stays, since it mostly is that word.
    package init(code: String?, message: String?, summary: String?, names: [String] = []) {
        let text = [message, summary].lazy.compactMap(\.self).first { !$0.isEmpty } ?? ""
        let own = names.filter { !Fingerprint.commonWords.contains($0.lowercased()) }
        var reduction = Reduction(names: own)
        reduction.read("\(code ?? "-"): \(text)")
        self.init(reduced: reduction.text)
    }

    /// Combines the failures of one stage, whatever their order and number of repeats.
    ///
    /// None gives nil.
    package init?(combining parts: [Fingerprint]) {
        guard !parts.isEmpty else { return nil }
        let texts = Set(parts.map(\.text)).sorted()
        self.init(reduced: texts.joined(separator: " | ").cut(toUTF8: Fingerprint.limit))
    }

    /// Words that AWS's own messages use, lower case.
    private static let commonWords: Set<String> = [
        "account", "action", "approval", "approve", "artifact", "build", "change", "code",
        "command", "compile", "container", "deploy", "deployment", "error", "execute", "execution",
        "failed", "function", "image", "instance", "invoke", "job", "lambda", "phase", "pipeline",
        "project", "queue", "release", "role", "service", "set", "source", "stack", "stage",
        "state", "status", "task", "test", "tests", "update",
    ]
}

/// Reads an error's text word by word and keeps the parts that two failures of the same cause
/// share.
private struct Reduction {
    private(set) var text = ""
    private let names: [[Unicode.Scalar]]
    private var word: [Unicode.Scalar] = []
    /// Whether the next word is an id, because of the label before it.
    private var isAfterLabel = false

    init(names: [String]) {
        self.names = Set(names).map { Array($0.unicodeScalars) }
            .filter { !$0.isEmpty }
            .sorted { ($1.count, String($0)) < ($0.count, String($1)) }
    }

    mutating func read(_ raw: String) {
        for scalar in raw.unicodeScalars {
            guard text.utf8.count < Fingerprint.limit else { break }
            if isSeparator(scalar) {
                endWord()
                append(scalar == "\n" || scalar == "\t" || scalar == "\r" ? " " : scalar)
            } else {
                word.append(scalar)
            }
        }
        endWord()
        text = trimmed(text).cut(toUTF8: Fingerprint.limit)
    }

    private func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case " ", "\n", "\t", "\r", "(", ")", "[", "]", "{", "}", "<", ">", "\"", "'", "`", ",",
            ";", "|":
            true
        case _: false
        }
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        if scalar == " ", text.last == " " { return }
        text.unicodeScalars.append(scalar)
    }

    private mutating func endWord() {
        guard !word.isEmpty else { return }
        defer { word.removeAll(keepingCapacity: true) }
        var ending: [Unicode.Scalar] = []
        while let last = word.last, ".:!?".unicodeScalars.contains(last) {
            ending.insert(word.removeLast(), at: 0)
        }
        text += reduced(word)
        for scalar in ending { text.unicodeScalars.append(scalar) }
    }

    private mutating func reduced(_ word: [Unicode.Scalar]) -> String {
        let raw = String(word)
        let isID = isAfterLabel && !word.isEmpty
        // `Request ID: x`, `x-amz-request-id x`, `request id x`: the label's last word decides.
        isAfterLabel = IDLabel.isLabel(raw, after: text)
        if isID { return "<id>" }
        if let label = IDLabel.label(in: raw) { return "\(label)=<id>" }
        if raw.hasPrefix("arn:") { return "<arn>" }
        if isTelling(word) { return raw }
        if word.contains(":"), let scheme = raw.range(ofScheme: "://") {
            return "<url:\(host(after: scheme, in: word))>"
        }
        if isOpaque(word) { return "<id>" }
        if word.isArtifactKey { return "<key>" }
        return collapsed(replacingNames(word))
    }

    /// A URL's host, reduced like any word: errors of the same host are the same error.
    private func host(after start: Int, in word: [Unicode.Scalar]) -> String {
        let host = word[start...].prefix { !"/?#:".unicodeScalars.contains($0) }
        return collapsed(replacingNames(Array(host)))
    }

    /// A number that distinguishes errors: an HTTP status that is an error, and the limit 0, which
    /// means no capacity at all.
    private func isTelling(_ word: [Unicode.Scalar]) -> Bool {
        let isStatus =
            word.count == 3 && (word[0] == "4" || word[0] == "5")
            && word.allSatisfy(\.isASCIIDigit)
        guard isStatus || word == ["0"] else { return false }
        let before = String(text.suffix(14)).lowercased()
        guard isStatus else { return before.hasSuffix(" than ") }
        return ["status code: ", "status: ", "http ", "status code "]
            .contains { before.hasSuffix($0) }
    }

    /// A long text of mixed letters and digits without regular separators.
    private func isOpaque(_ word: [Unicode.Scalar]) -> Bool {
        if isPrefixedID(word) || word.isToken { return true }
        guard word.count >= 20, word.contains("+") || word.last == "=" else { return false }
        return word.contains(where: \.isASCIIDigit) && word.contains { ("A"..."Z").contains($0) }
            && word.contains { ("a"..."z").contains($0) }
    }

    /// CodeDeploy's `d-ABCDEFGHI`, which need not have a digit.
    private func isPrefixedID(_ word: [Unicode.Scalar]) -> Bool {
        word.count >= 10 && ("a"..."z").contains(word[0]) && word[1] == "-"
            && word[2...].allSatisfy { ("A"..."Z").contains($0) || $0.isASCIIDigit }
    }

    /// Puts `*` where one of the names occurs as a whole word, and `#` for every UUID.
    private func replacingNames(_ word: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        var at = 0
        while at < word.count {
            let startsWord = at == 0 || !word[at - 1].isASCIIAlphanumeric
            if startsWord, word.holdsUUID(at: at) {
                result.append("#")
                at += 36
            } else if startsWord, let name = names.first(where: { word.holds($0, at: at) }) {
                result.append("*")
                at += name.count
            } else {
                result.append(word[at])
                at += 1
            }
        }
        return result
    }

    /// Puts `#` for runs of digits and for ids, and one `#` for several separated only by
    /// punctuation, such as a time, an address or a version.
    private func collapsed(_ word: [Unicode.Scalar]) -> String {
        var parts = ""
        var run: [Unicode.Scalar] = []
        for scalar in word {
            if scalar.isASCIIAlphanumeric {
                run.append(scalar)
            } else {
                parts += withoutDigits(run)
                run.removeAll(keepingCapacity: true)
                parts.unicodeScalars.append(scalar)
            }
        }
        parts += withoutDigits(run)
        return joiningPunctuation(parts)
    }

    private func withoutDigits(_ run: [Unicode.Scalar]) -> String {
        guard run.contains(where: \.isASCIIDigit) else {
            // A hash may well be all letters; no English word of eight letters has only these.
            let isHash = run.count >= 8 && run.allSatisfy(\.properties.isASCIIHexDigit)
            return isHash ? "#" : String(run)
        }
        if run.count >= 7, !isNumberedWord(run) { return "#" }
        var result = ""
        for scalar in run where !(scalar.isASCIIDigit && result.last == "#") {
            result.unicodeScalars.append(scalar.isASCIIDigit ? "#" : scalar)
        }
        return result
    }

    /// A word with a number at its end, such as `src2247`: the word is kept.
    private func isNumberedWord(_ run: [Unicode.Scalar]) -> Bool {
        let word = run.prefix { !$0.isASCIIDigit }
        return run[word.count...].allSatisfy(\.isASCIIDigit)
            && !word.allSatisfy(\.properties.isASCIIHexDigit)
    }

    private func joiningPunctuation(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "#")) else { return text }
        var result: [Character] = []
        for character in text {
            result.append(character)
            let isJoined =
                character == "#" && result.count >= 3
                && "-.:/_+".contains(result[result.count - 2]) && result[result.count - 3] == "#"
            if isJoined { result.removeLast(2) }
        }
        return String(result)
    }

    private func trimmed(_ text: String) -> String {
        var rest = Substring(text)
        while rest.last == " " { rest.removeLast() }
        return String(rest)
    }
}

extension [Unicode.Scalar] {
    /// Whether `name` occurs at `start` and no letter or digit follows it.
    fileprivate func holds(_ name: [Unicode.Scalar], at start: Int) -> Bool {
        let end = start + name.count
        guard end <= count, self[start..<end].elementsEqual(name) else { return false }
        return end == count || !self[end].isASCIIAlphanumeric
    }

    /// Whether a UUID begins at `start`; a group of it may well be all letters.
    fileprivate func holdsUUID(at start: Int) -> Bool {
        guard count - start >= 36 else { return false }
        return (0..<36).allSatisfy { offset in
            let scalar = self[start + offset]
            switch offset {
            case 8, 13, 18, 23: return scalar == "-"
            case _: return scalar.properties.isASCIIHexDigit
            }
        }
    }
}

extension String {
    fileprivate init(_ scalars: [Unicode.Scalar]) {
        self = String(String.UnicodeScalarView(scalars))
    }

    /// How many scalars there are up to and including the first `mark`; nil when it does not occur.
    fileprivate func range(ofScheme mark: String) -> Int? {
        let scalars = Array(unicodeScalars)
        let expected = Array(mark.unicodeScalars)
        guard scalars.count > expected.count else { return nil }
        let start = (0...(scalars.count - expected.count)).first {
            scalars[$0..<($0 + expected.count)].elementsEqual(expected)
        }
        return start.map { $0 + expected.count }
    }
}
