/// Takes secrets out of one line of text.
///
/// A secret is known by the name before it (`password=`), by its own form (`AKIA…`, a JWT), or by
/// its place (a URL's user, an `Authorization` header). Each becomes `<redacted>`. Linear in the
/// text; whole private keys, which have several lines, are ``PrivateKeyFilter``'s.
enum Redaction {
    static let replacement = "<redacted>"

    /// The text without its secrets.
    static func redacted(_ text: String) -> String {
        var scanner = SecretScanner(text)
        return scanner.run()
    }
}

/// Reads a line piece by piece: what stands between blanks and punctuation.
private struct SecretScanner {
    private let given: String
    private let scalars: [Unicode.Scalar]
    private var at = 0
    private var result: [Unicode.Scalar] = []
    private var hasSecret = false

    init(_ text: String) {
        given = text
        scalars = Array(text.unicodeScalars)
        result.reserveCapacity(scalars.count)
    }

    mutating func run() -> String {
        while at < scalars.count {
            if SecretScanner.isSeparator(scalars[at]) {
                result.append(scalars[at])
                at += 1
            } else {
                readPiece()
            }
        }
        return hasSecret ? SecretScanner.text(result[...]) : given
    }

    private mutating func readPiece() {
        if isAuthority, let user = endOfUser {
            redact(upTo: user)
            return
        }
        let end = end(of: at) { SecretScanner.isSeparator($0) }
        let piece = SecretScanner.text(scalars[at..<end])
        if SecretForm.isSecret(piece) {
            redact(upTo: end)
            return
        }
        let isFirst = at == 0
        keep(upTo: end)
        if let value = SecretValue(after: piece, isFirst: isFirst, end: end, in: scalars) {
            keep(upTo: value.start)
            redact(upTo: value.end)
        }
    }

    /// Whether the piece is a URL's `//host`.
    private var isAuthority: Bool {
        at > 0 && scalars[at - 1] == ":" && scalars[at...].prefix(2).allSatisfy { $0 == "/" }
    }

    /// The position of the `@` after a URL's user and password; nil when it has none.
    private var endOfUser: Int? {
        let start = at + 2
        guard start < scalars.count else { return nil }
        let end = end(of: start) { "/?# \"'<>`".unicodeScalars.contains($0) }
        return scalars[start..<end].lastIndex(of: "@")
    }

    private func end(of start: Int, where isEnd: (Unicode.Scalar) -> Bool) -> Int {
        scalars[start...].firstIndex(where: isEnd) ?? scalars.count
    }

    /// By bytes: a view of scalars grows by one scalar after the other.
    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(scalars.count)
        for scalar in scalars {
            if scalar.isASCII {
                bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            } else {
                bytes.append(contentsOf: scalar.utf8)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func keep(upTo end: Int) {
        result.append(contentsOf: scalars[at..<end])
        at = end
    }

    private mutating func redact(upTo end: Int) {
        guard end > at else { return }
        let slashes = isAuthority ? "//" : ""
        hasSecret = true
        result.append(contentsOf: (slashes + Redaction.replacement).unicodeScalars)
        at = end
    }

    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case " ", "=", ":", ",", ";", "&", "?", "\"", "'", "`", "(", ")", "[", "]", "{", "}", "<",
            ">", "|":
            true
        case _: false
        }
    }
}

/// The value that belongs to a secret's name: `name=value`, `"name": "value"`, `--name value`,
/// `Authorization: scheme value`.
private struct SecretValue {
    let start: Int
    let end: Int

    /// Nil when the piece is no name of a secret, or only prose follows it.
    init?(after name: String, isFirst: Bool, end: Int, in scalars: [Unicode.Scalar]) {
        let isScheme = SecretName.isScheme(name)
        let isUser = SecretName.isUserOption(name)
        guard isScheme || isUser || SecretName.isName(name) else { return nil }
        var at = end
        let isQuoted = scalars.is(at, in: "\"'")
        if isQuoted { at += 1 }
        let blanks = scalars.blanks(at)
        at += blanks
        let sign = scalars.indices.contains(at) ? scalars[at] : " "
        let isOption = name.hasPrefix("-") && blanks > 0
        guard sign == "=" || sign == ":" || isOption || isScheme && blanks > 0 else { return nil }
        if sign == "=" || sign == ":" { at += 1 }
        at += scalars.blanks(at)
        let quote = scalars.is(at, in: "\"'") ? scalars[at] : nil
        if quote != nil { at += 1 }
        let isHeader = SecretName.isHeader(name)
        let stop = isHeader && quote == nil ? "\"'" : quote.map(String.init) ?? " ,;&\"'`)}]"
        let last = scalars.position(of: stop, from: at)
        if isHeader { at += scalars.schemeLength(at, before: last) }
        let value = String(String.UnicodeScalarView(scalars[at..<last]))
        let isSure = sign == "=" || isQuoted || isOption || quote != nil || isHeader
        let isAlone = isFirst && last == scalars.count && !isScheme
        guard !value.isEmpty, !SecretName.isReference(value), !isUser || value.contains(":"),
            isSure && !isScheme || isAlone || SecretForm.isNoProse(value)
        else { return nil }
        start = at
        self.end = last
    }
}

extension [Unicode.Scalar] {
    fileprivate func `is`(_ position: Int, in set: String) -> Bool {
        indices.contains(position) && set.unicodeScalars.contains(self[position])
    }

    /// How many blanks there are from here on.
    fileprivate func blanks(_ start: Int) -> Int {
        guard start < count else { return 0 }
        return self[start...].prefix { $0 == " " }.count
    }

    fileprivate func position(of stops: String, from start: Int) -> Int {
        guard start < count else { return count }
        return self[start...].firstIndex { stops.unicodeScalars.contains($0) } ?? count
    }

    /// The length of `Bearer ` and the like, which stays.
    fileprivate func schemeLength(_ start: Int, before end: Int) -> Int {
        guard start < end, let blank = self[start..<end].firstIndex(of: " ") else { return 0 }
        let word = String(String.UnicodeScalarView(self[start..<blank]))
        return SecretName.isScheme(word) ? blank + 1 - start : 0
    }
}
