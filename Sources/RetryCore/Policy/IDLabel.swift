/// The words that label an id, such as `Request ID`.
enum IDLabel {
    /// The words before `id` in the label of an id that is new with every failure.
    private static let nouns = [
        "request", "host", "trace", "correlation", "invocation", "event", "message", "session",
        "transaction",
    ]

    /// What a label in one word ends with.
    private static let endings = nouns.map { "\($0)id" }
    /// What stands before a word `id`.
    private static let beginnings = nouns.map { "\($0) " }

    /// Whether the word after this one is an id; `before` is the text in front of it.
    static func isLabel(_ word: String, after before: String) -> Bool {
        // Nearly all words end otherwise.
        guard let last = word.utf8.last, "dD2-_".utf8.contains(last) else { return false }
        let joined = joined(word)
        guard joined != "id" else {
            let end = before.suffix(14).lowercased()
            return beginnings.contains { end.hasSuffix($0) }
        }
        return isJoinedLabel(joined)
    }

    /// The label of a word that contains both label and id, such as `RequestId=x`, in lower case.
    static func label(in word: String) -> String? {
        guard let separator = word.firstIndex(where: { $0 == "=" || $0 == ":" }) else { return nil }
        let label = joined(String(word[..<separator]))
        guard isJoinedLabel(label), word.index(after: separator) < word.endIndex else { return nil }
        return label
    }

    private static func isJoinedLabel(_ joined: String) -> Bool {
        joined == "xamzid2" || endings.contains { joined.hasSuffix($0) }
    }

    private static func joined(_ word: String) -> String {
        word.lowercased().filter { $0 != "-" && $0 != "_" }
    }
}

extension Unicode.Scalar {
    var isASCIIDigit: Bool { ("0"..."9").contains(self) }

    var isASCIIAlphanumeric: Bool { isASCIIDigit || isASCIILower || isASCIIUpper }

    fileprivate var isASCIILower: Bool { ("a"..."z").contains(self) }

    fileprivate var isASCIIUpper: Bool { ("A"..."Z").contains(self) }
}

extension [Unicode.Scalar] {
    /// Whether the word is a key of CodePipeline's artifacts: up to 20 characters of the pipeline's
    /// name, up to 10 of the artifact's, and seven random letters and digits.
    var isArtifactKey: Bool {
        let parts = split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, (1...20).contains(parts[0].count), (1...10).contains(parts[1].count)
        else { return false }
        return Array(parts[2].prefix { $0 != "." }).isRandomSeven
    }

    /// Seven letters and digits that are no word: with a digit in the middle, or with capitals
    /// where `camelCase` has none.
    private var isRandomSeven: Bool {
        guard count == 7, allSatisfy(\.isASCIIAlphanumeric) else { return false }
        let word = prefix { !$0.isASCIIDigit }
        // A number at the end may be a word's: `Build12`.
        if word.count < 7 { return !self[word.count...].allSatisfy(\.isASCIIDigit) }
        var humps = split(omittingEmptySubsequences: true) { $0.isASCIIUpper }.map(\.count)
        if first?.isASCIILower == true { humps[0] -= 1 }
        let capitals = count { $0.isASCIIUpper }
        return capitals >= 2 && capitals < 7
            && (humps.count < capitals || humps.contains { $0 < 2 })
    }

    /// Whether the word is a long text in base64 or similar: lower case, upper case and digits
    /// alternate throughout.
    var isToken: Bool {
        guard count >= 24, allSatisfy(\.isTokenCharacter), contains(where: \.isASCIIDigit),
            contains(where: \.isASCIILower), contains(where: \.isASCIIUpper)
        else { return false }
        let changes = zip(self, dropFirst()).count { $0.kind != $1.kind && $1.kind > 0 }
        return changes >= count / 4
    }
}

extension Unicode.Scalar {
    fileprivate var isTokenCharacter: Bool {
        isASCIIAlphanumeric || "+/=_-.~".unicodeScalars.contains(self)
    }

    /// 1 for lower case, 2 for upper case, 3 for digits, 0 for all else.
    fileprivate var kind: Int {
        isASCIILower ? 1 : isASCIIUpper ? 2 : isASCIIDigit ? 3 : 0
    }
}
