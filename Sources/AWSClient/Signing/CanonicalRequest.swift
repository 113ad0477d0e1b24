/// The one form of a request that both sides sign (Signature Version 4).
package struct CanonicalRequest: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The text; it contains the session token and must not be logged.
    package let text: String
    /// The names that the signature covers, joined by semicolons.
    package let signedHeaders: String

    /// Builds the canonical form of a request whose headers are complete.
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
        let headers = CanonicalRequest.headers(request.headers)
        signedHeaders = headers.map(\.name).joined(separator: ";")
        let path = normalizesPath ? CanonicalRequest.normalized(url.path) : url.path
        text = [
            request.method,
            PercentEncoding.encode(path.isEmpty ? "/" : path, keepingSlashes: true),
            CanonicalRequest.query(url.query ?? ""),
            headers.map { "\($0.name):\($0.value)\n" }.joined(),
            signedHeaders,
            bodyHash,
        ].joined(separator: "\n")
    }

    package var description: String { "<canonical request: \(signedHeaders)>" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }

    /// Names in lower case and in order, values trimmed; lines of one name joined by commas.
    private static func headers(_ lines: [HTTPHeader]) -> [(name: String, value: String)] {
        var values: [String: [String]] = [:]
        for line in lines {
            let name = line.name.lowercased()
            guard !unsignedHeaders.contains(name) else { continue }
            values[name, default: []].append(collapsed(line.value))
        }
        return values.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            .map { ($0, (values[$0] ?? []).joined(separator: ",")) }
    }

    /// Headers that proxies and libraries change or add on the way.
    private static let unsignedHeaders: Set<String> = [
        "authorization", "connection", "expect", "keep-alive", "proxy-authenticate",
        "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade", "user-agent",
        "x-amzn-trace-id",
    ]

    /// The value without outer blanks and with one space for each run of blanks.
    private static func collapsed(_ value: String) -> String {
        value.utf8.split { [0x20, 0x09, 0x0A, 0x0B, 0x0C, 0x0D].contains($0) }
            .map { String(Substring($0)) }
            .joined(separator: " ")
    }

    /// Parameters encoded and sorted by name, then by value, as bytes.
    private static func query(_ text: String) -> String {
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
