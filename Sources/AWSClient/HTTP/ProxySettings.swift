/// A proxy server, as HTTPS_PROXY or HTTP_PROXY name it.
package struct ProxyServer: Hashable, Sendable, CustomStringConvertible {
    /// The proxy's host.
    package let host: String
    /// The proxy's port; 80 where the URL has none, as curl and Python do for http.
    package let port: Int
    /// The user to present; nil for none.
    package let user: String?
    /// The password to present.
    package let password: Secret?

    /// The address, the user and the password masked.
    package var description: String {
        "http://\(user == nil ? "" : "***@")\(host):\(port)"
    }
}

/// Which requests go through which proxy.
package struct ProxySettings: Hashable, Sendable {
    /// The proxy of https requests (CONNECT).
    package let https: ProxyServer?
    /// The proxy of http requests.
    package let http: ProxyServer?
    /// Hosts that are reached directly.
    package let exceptions: ProxyExceptions

    /// Every request is direct.
    package static let direct = ProxySettings(
        https: nil,
        http: nil,
        exceptions: ProxyExceptions("")
    )

    /// Creates settings.
    package init(https: ProxyServer?, http: ProxyServer?, exceptions: ProxyExceptions) {
        self.https = https
        self.http = http
        self.exceptions = exceptions
    }

    /// Reads HTTPS_PROXY, HTTP_PROXY and NO_PROXY; the lower-case name takes precedence, as in
    /// curl.
    ///
    /// - Throws: ``ProxyError`` naming the variable whose value cannot be used.
    package init(environment: [String: String]) throws(ProxyError) {
        func value(_ name: String) -> (name: String, text: String)? {
            for name in [name.lowercased(), name] {
                if let text = environment[name], !text.isEmpty { return (name, text) }
            }
            return nil
        }
        https = try value("HTTPS_PROXY").map(ProxyServer.init(variable:))
        http = try value("HTTP_PROXY").map(ProxyServer.init(variable:))
        exceptions = ProxyExceptions(value("NO_PROXY")?.text ?? "")
    }

    /// The proxy for a URL; nil when it is reached directly.
    ///
    /// This machine, link-local addresses and EC2's local services are always reached directly.
    package func proxy(for url: URLParts) -> ProxyServer? {
        guard let proxy = url.scheme == "https" ? https : http else { return nil }
        if url.isLoopback { return nil }
        if let address = IPAddress(url.host), address.isLinkLocal || address.isEC2Local {
            return nil
        }
        return exceptions.contains(host: url.host, port: url.effectivePort) ? nil : proxy
    }
}

/// Why a proxy setting cannot be used; the value is not shown, because it may contain a password.
package struct ProxyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The environment variable.
    package let variable: String
    /// The problem and the expected form.
    package let reason: String

    package var description: String { "\(variable): \(reason)" }
}

extension ProxyServer {
    /// Reads `[http://][user:password@]host[:port]`.
    fileprivate init(variable: (name: String, text: String)) throws(ProxyError) {
        let text = variable.text.contains("://") ? variable.text : "http://" + variable.text
        guard let url = URLParts(text) else {
            throw ProxyError(
                variable: variable.name,
                reason: "not a proxy URL; expected http://[user:password@]host[:port]"
            )
        }
        guard url.scheme == "http" else {
            throw ProxyError(
                variable: variable.name,
                reason: "a proxy that is reached by \(url.scheme) is not supported; "
                    + "use an http:// proxy URL (https requests are tunnelled through it)"
            )
        }
        host = url.host
        port = url.effectivePort
        // `:token@` is an empty user with a password.
        let parts = url.userInfo?.split(
            separator: ":",
            maxSplits: 1,
            omittingEmptySubsequences: false
        ).map { String(decoding: PercentEncoding.decode($0), as: UTF8.self) }
        user = parts?.first
        password = parts.map { Secret($0.count > 1 ? $0[1] : "") }
    }
}

/// The hosts of NO_PROXY: names with their subdomains, addresses, networks, `*`.
package struct ProxyExceptions: Hashable, Sendable {
    private let entries: [Entry]

    private enum Entry: Hashable {
        case all
        case name(String, port: Int?)
        case network(IPAddress, bits: Int)
    }

    /// Reads the comma- or blank-separated list; an empty text has no entries.
    package init(_ text: String) {
        entries = text.split { $0 == "," || $0 == " " }.map { ProxyExceptions.entry(String($0)) }
    }

    /// Whether the list covers a host and port.
    package func contains(host: String, port: Int) -> Bool {
        let name = host.lowercased()
        let address = IPAddress(name)
        return entries.contains { entry in
            switch entry {
            case .all: return true
            case .network(let network, let bits):
                return address?.isWithin(network, bits: bits) ?? false
            case .name(let suffix, let only):
                guard only == nil || only == port else { return false }
                return name == suffix || (address == nil && name.hasSuffix("." + suffix))
            }
        }
    }

    private static func entry(_ text: String) -> Entry {
        if text == "*" { return .all }
        let parts = text.split(separator: "/")
        if parts.count == 2, let network = IPAddress(String(parts[0])), let bits = Int(parts[1]) {
            return .network(network, bits: bits)
        }
        if let address = IPAddress(text) {
            return .network(address, bits: address.bytes.count * 8)
        }
        let url = URLParts("http://" + text.drop { $0 == "." || $0 == "*" })
        let name = url?.host ?? text
        if let address = IPAddress(name), url?.port == nil {
            return .network(address, bits: address.bytes.count * 8)
        }
        return .name(name.lowercased(), port: url?.port)
    }
}
