/// The URL of an endpoint: http or https, a host, perhaps a port and a path.
struct EndpointURL: Hashable {
    /// Why a text is not such a URL.
    struct ReadingError: Error, Hashable {
        let problem: String
    }

    /// The URL as written.
    let text: String
    let isSecure: Bool
    /// Whether the host is this machine.
    let isLoopback: Bool

    static func parse(_ text: String) -> Result<EndpointURL, ReadingError> {
        let isSecure = text.hasPrefix("https://")
        guard isSecure || text.hasPrefix("http://") else {
            return .failure(ReadingError(problem: "begins neither with https:// nor with http://"))
        }
        let rest = text.dropFirst(isSecure ? 8 : 7)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.contains("@") else {
            return .failure(ReadingError(problem: "contains a user or password"))
        }
        guard !text.contains("?"), !text.contains("#") else {
            return .failure(ReadingError(problem: "contains a query or fragment"))
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) else {
            return .failure(ReadingError(problem: "contains a character that must be escaped"))
        }
        guard let (host, port) = split(authority), isHost(host) else {
            return .failure(ReadingError(problem: "has no valid host"))
        }
        if let port, port.utf8.count > 5 || !(1...65_535).contains(Int(port) ?? 0) {
            return .failure(
                ReadingError(problem: "has the port \(ErrorLog.shown(String(port)))")
            )
        }
        return .success(
            EndpointURL(text: text, isSecure: isSecure, isLoopback: isLoopback(host))
        )
    }

    private static func split(_ authority: Substring) -> (host: Substring, port: Substring?)? {
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            let rest = authority[authority.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
            return (authority[...end], rest.isEmpty ? nil : rest.dropFirst())
        }
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        guard let host = parts.first, parts.count <= 2 else { return nil }
        return (host, parts.count == 2 ? parts[1] : nil)
    }

    private static func isHost(_ host: Substring) -> Bool {
        if host.hasPrefix("[") {
            let address = host.dropFirst().dropLast()
            return address.contains(":")
                && address.allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
        }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        return host.utf8.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                    && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
            }
    }

    /// `localhost`, an address 127.x.x.x, or ::1.
    private static func isLoopback(_ host: Substring) -> Bool {
        if host.lowercased() == "localhost" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { UInt8($0) != nil }
    }
}
