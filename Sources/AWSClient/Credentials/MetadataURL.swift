/// A URL of a metadata or container endpoint that complies with the rules for such URLs.
struct MetadataURL: Hashable, Sendable {
    /// The URL as written.
    let text: String
    /// Its parts.
    let parts: URLParts

    /// Reads `http(s)://host[:port][/path][?query]`.
    ///
    /// User info, fragments, blanks, control characters and other schemes give nil.
    init?(_ text: String) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !text.contains("#"),
            !text.contains("\\"), let parts = URLParts(text), parts.userInfo == nil,
            parts.scheme == "http" || parts.scheme == "https",
            !parts.host.isEmpty, !parts.host.contains("%")
        else { return nil }
        self.text = text
        self.parts = parts
    }

    /// The address, where the host is one.
    var address: IPAddress? { IPAddress(parts.host) }

    /// The URL without its query, for people.
    var shown: String { String(text.prefix { $0 != "?" }) }

    /// The URL with the host replaced by an address that was checked.
    func pinned(to address: IPAddress) -> String {
        let port = parts.port.map { ":\($0)" } ?? ""
        let query = parts.query.map { "?\($0)" } ?? ""
        return "\(parts.scheme)://\(address.urlHost)\(port)\(parts.path)\(query)"
    }
}

extension IPAddress {
    /// The form used in a URL: dotted, or all groups in brackets.
    var urlHost: String {
        guard bytes.count == 16 else {
            return bytes.map { String($0) }.joined(separator: ".")
        }
        let groups = stride(from: 0, to: 16, by: 2).map { index in
            String(UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1]), radix: 16)
        }
        return "[\(groups.joined(separator: ":"))]"
    }
}
