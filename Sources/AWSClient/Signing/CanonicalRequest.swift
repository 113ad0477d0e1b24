/// The one form of a request that both sides sign (Signature Version 4).
package struct CanonicalRequest: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The text's bytes; they contain the session token and must not be logged.
    let bytes: [UInt8]
    /// The names that the signature covers, joined by semicolons.
    package let signedHeaders: String

    /// Builds the canonical form of a request with complete headers.
    ///
    /// - Parameters:
    ///   - request: The request, Host and X-Amz-Date included.
    ///   - url: The parts of its URL.
    ///   - normalizesPath: Whether dot segments and double slashes are resolved first.
    ///   - bodyHash: The SHA-256 of the body in hex.
    package init(
        _ request: HTTPRequest,
        url: URLParts,
        normalizesPath: Bool,
        bodyHash: String
    ) {
        let headers = SortedHeaders(request.headers)
        let path = normalizesPath ? CanonicalRequest.normalized(url.path) : url.path
        var text: [UInt8] = []
        text.reserveCapacity(512 + headers.size)
        text += request.method.utf8
        text.append(newline)
        text += PercentEncoding.encode(path.isEmpty ? "/" : path, keepingSlashes: true).utf8
        text.append(newline)
        text += CanonicalRequest.query(url.query ?? "").utf8
        text.append(newline)
        headers.writeLines(to: &text)
        text.append(newline)
        let names = text.count
        headers.writeNames(to: &text)
        signedHeaders = String(decoding: text[names...], as: UTF8.self)
        text.append(newline)
        text += bodyHash.utf8
        bytes = text
    }

    /// The text; it contains the session token and must not be logged.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    package var description: String { "<canonical request: \(signedHeaders)>" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }

    /// Parameters encoded and sorted by name, then by value, as bytes.
    private static func query(_ text: String) -> String {
        guard !text.isEmpty else { return "" }
        let pairs = text.split(separator: "&").map { part in
            let name = part.prefix { $0 != "=" }
            let value = part[name.endIndex...].dropFirst()
            return (PercentEncoding.canonical(name), PercentEncoding.canonical(value))
        }
        return
            pairs.sorted { left, right in
                left.0 == right.0
                    ? left.1.utf8.lexicographicallyPrecedes(right.1.utf8)
                    : left.0.utf8.lexicographicallyPrecedes(right.0.utf8)
            }
            .map { "\($0.0)=\($0.1)" }
            .joined(separator: "&")
    }

    /// The path without dot segments and empty segments; a slash at the end stays.
    static func normalized(_ path: String) -> String {
        guard path != "/" else { return path }
        var segments: [Substring] = []
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        for part in parts {
            switch part {
            case "", ".": continue
            case "..": _ = segments.popLast()
            case _: segments.append(part)
            }
        }
        guard !segments.isEmpty else { return "/" }
        return "/" + segments.joined(separator: "/") + (path.hasSuffix("/") ? "/" : "")
    }
}

private let newline = UInt8(ascii: "\n")

/// The header lines that are signed, by name; lines of one name stay in their order.
private struct SortedHeaders {
    private var lines: [HTTPHeader] = []

    init(_ headers: [HTTPHeader]) {
        lines.reserveCapacity(headers.count)
        for header in headers where !SortedHeaders.isUnsigned(header.name) {
            // A dozen lines: inserting each in order is the cheapest stable sort.
            var place = lines.count
            while place > 0, header.name.precedesIgnoringCase(lines[place - 1].name) { place -= 1 }
            lines.insert(header, at: place)
        }
    }

    /// At most how many bytes the lines and the names take.
    var size: Int {
        lines.reduce(0) { $0 + 2 * $1.name.utf8.count + $1.value.utf8.count + 3 }
    }

    /// Names in lower case, values trimmed; lines of one name joined by commas.
    func writeLines(to text: inout [UInt8]) {
        for (index, line) in lines.enumerated() {
            if index > 0, line.name.isEqualIgnoringCase(lines[index - 1].name) {
                text[text.count - 1] = UInt8(ascii: ",")
            } else {
                text.appendLowercased(line.name)
                text.append(UInt8(ascii: ":"))
            }
            text.appendCollapsed(line.value)
            text.append(newline)
        }
    }

    /// The names in lower case, each once, joined by semicolons.
    func writeNames(to text: inout [UInt8]) {
        for (index, line) in lines.enumerated() {
            if index > 0 {
                if line.name.isEqualIgnoringCase(lines[index - 1].name) { continue }
                text.append(UInt8(ascii: ";"))
            }
            text.appendLowercased(line.name)
        }
    }

    private static func isUnsigned(_ name: String) -> Bool {
        unsignedHeaders.contains { name.isEqualIgnoringCase($0) }
    }

    /// Headers that proxies and libraries change or add in transit.
    private static let unsignedHeaders = [
        "authorization", "connection", "expect", "keep-alive", "proxy-authenticate",
        "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade", "user-agent",
        "x-amzn-trace-id",
    ]
}

extension [UInt8] {
    fileprivate mutating func appendLowercased(_ text: String) {
        let bytes = text.utf8.span
        for index in bytes.indices { append(bytes[index].lowercasedASCII) }
    }

    /// Appends a value without outer blanks and with one space for each run of blanks.
    fileprivate mutating func appendCollapsed(_ text: String) {
        let bytes = text.utf8.span
        // No blank is above the space, and most values have none.
        var plain = 0
        while plain < bytes.count, bytes[plain] > 0x20 { plain += 1 }
        guard plain < bytes.count else {
            self += text.utf8
            return
        }
        let start = count
        var hasGap = false
        for index in bytes.indices {
            guard !bytes[index].isHeaderBlank else {
                hasGap = true
                continue
            }
            if hasGap, count > start { append(UInt8(ascii: " ")) }
            hasGap = false
            append(bytes[index])
        }
    }
}

extension UInt8 {
    fileprivate var isHeaderBlank: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}
