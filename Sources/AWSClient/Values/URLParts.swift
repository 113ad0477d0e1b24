/// The parts of an absolute URL, split and not decoded.
///
/// Path and query stay as they were written: a signature covers the exact text.
package struct URLParts: Hashable, Sendable {
    /// The scheme in lower case, such as `https`.
    package let scheme: String
    /// The host as written, without the brackets of an IPv6 address.
    package let host: String
    /// The port where the URL names one.
    package let port: Int?
    /// The path as written; may be empty.
    package let path: String
    /// The text after the question mark; nil when there is none.
    package let query: String?
    /// The user and password before the host, as written; nil where there are none.
    package let userInfo: String?

    /// Splits a URL; nil when it has no scheme, no host or a port outside 1...65535.
    package init?(_ url: String) {
        guard let colon = url.range(of: "://") else { return nil }
        let scheme = url[..<colon.lowerBound].lowercased()
        guard !scheme.isEmpty, scheme.utf8.allSatisfy(\.isSchemeCharacter) else { return nil }
        let rest = url[colon.upperBound...].prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let tail = rest[authority.endIndex...]
        let path = tail.prefix { $0 != "?" }
        let at = authority.lastIndex(of: "@")
        guard
            let location = Location(
                authority[(at.map(authority.index(after:)) ?? authority.startIndex)...]
            )
        else { return nil }
        self.scheme = scheme
        host = location.host
        port = location.port
        self.path = String(path)
        query = path.endIndex < tail.endIndex ? String(tail[path.endIndex...].dropFirst()) : nil
        userInfo = at.map { String(authority[..<$0]) }
    }

    /// The port that a connection uses: the written one, or 443 and 80 by scheme.
    package var effectivePort: Int { port ?? (scheme == "https" ? 443 : 80) }

    /// The value of a Host header: without user, without the scheme's default port.
    package var hostHeader: String {
        let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        guard let port, port != (scheme == "https" ? 443 : 80) else { return name }
        return "\(name):\(port)"
    }

    /// Whether the host is this machine: `localhost`, 127.0.0.0/8 or ::1.
    package var isLoopback: Bool {
        host.lowercased() == "localhost" || IPAddress(host)?.isLoopback == true
    }

    /// Scheme, host and port: the key of a connection pool and of a clock.
    package var origin: String { "\(scheme)://\(hostHeader.lowercased())" }
}

/// Host and port of a URL's authority part.
private struct Location {
    let host: String
    let port: Int?

    init?(_ text: Substring) {
        let portText: Substring
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { return nil }
            host = String(text[text.index(after: text.startIndex)..<end])
            guard IPAddress(host) != nil else { return nil }
            portText = text[text.index(after: end)...]
        } else {
            let name = text.prefix { $0 != ":" }
            host = String(name)
            // Other readers would interpret it as an address in octal or with fewer parts.
            guard IPAddress(host) != nil || !name.endsInNumber else { return nil }
            portText = text[name.endIndex...]
        }
        guard !host.isEmpty, host.utf8.allSatisfy(\.isHostCharacter),
            portText.isEmpty || portText.first == ":"
        else { return nil }
        guard portText.count > 1 else {
            port = nil
            return
        }
        let digits = portText.dropFirst()
        guard digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(digits),
            (1...65_535).contains(number)
        else { return nil }
        port = number
    }
}

extension Substring {
    /// Whether the last label is a number, so that the host can only be an IPv4 address
    /// (WHATWG URL, "ends in a number checker").
    fileprivate var endsInNumber: Bool {
        let labels = split(separator: ".", omittingEmptySubsequences: false)
        guard let last = labels.last(where: { !$0.isEmpty })?.utf8, let first = last.first else {
            return false
        }
        if last.allSatisfy({ (48...57).contains($0) }) { return true }
        let digits = last.dropFirst(2)
        return first == UInt8(ascii: "0")
            && (last.dropFirst().first ?? 0) | 0x20 == UInt8(ascii: "x")
            && digits.allSatisfy { (48...57).contains($0) || (97...102).contains($0 | 0x20) }
    }
}

extension UInt8 {
    /// Whether a host may contain it: RFC 3986, reg-name, and the colons of an IPv6 address.
    fileprivate var isHostCharacter: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case _: Array("-._~%!$&'()*+,;=:".utf8).contains(self)
        }
    }

    fileprivate var isSchemeCharacter: Bool {
        switch self {
        case 0x61...0x7A, 0x30...0x39, 0x2B, 0x2D, 0x2E: true
        case _: false
        }
    }
}

extension StringProtocol {
    /// The first position of `needle`, compared by UTF-8 bytes.
    func range(of needle: String) -> Range<Index>? {
        let bytes = Array(needle.utf8)
        var start = startIndex
        while start < endIndex {
            if utf8[start...].starts(with: bytes) {
                return start..<utf8.index(start, offsetBy: bytes.count)
            }
            start = utf8.index(after: start)
        }
        return nil
    }
}
