package import Primitives

/// Where the base URL of a service may be set, besides the rules.
package struct EndpointURLSources: Hashable, Sendable {
    /// The URL of our own config file; it beats everything and cannot be ignored.
    package var setting: String?
    /// The environment variables.
    package var environment: [String: String]
    /// `endpoint_url` of the service in the profile's `services` section.
    package var profileServiceURL: String?
    /// `endpoint_url` of the profile.
    package var profileURL: String?
    /// The profile's `ignore_configured_endpoint_urls`.
    package var profileIgnores: String?
    /// Whether http to other hosts than this machine is accepted; default false.
    package var allowsInsecure: Bool

    /// Creates sources.
    package init(
        setting: String? = nil,
        environment: [String: String] = [:],
        profileServiceURL: String? = nil,
        profileURL: String? = nil,
        profileIgnores: String? = nil,
        allowsInsecure: Bool = false
    ) {
        self.setting = setting
        self.environment = environment
        self.profileServiceURL = profileServiceURL
        self.profileURL = profileURL
        self.profileIgnores = profileIgnores
        self.allowsInsecure = allowsInsecure
    }

    /// Chooses the URL that applies to a service.
    ///
    /// Order: our setting, AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, the profile's service
    /// section, the profile. AWS_IGNORE_CONFIGURED_ENDPOINT_URLS or the profile's key switches
    /// all but the first off.
    ///
    /// - Returns: The URL; nil where the endpoint rules decide.
    /// - Throws: ``EndpointError`` naming the source of a URL that cannot be used.
    package func url(of service: AWSService) throws(EndpointError) -> String? {
        if let setting, !setting.isEmpty {
            return try checked(setting, source: "the setting endpoint_url")
        }
        let ignoring =
            environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"].flatMap(nonEmpty) ?? profileIgnores
        guard ignoring?.lowercased() != "true" else { return nil }
        let variable = "AWS_ENDPOINT_URL_" + service.settingName.uppercased()
        let candidates = [
            (environment[variable], variable),
            (environment["AWS_ENDPOINT_URL"], "AWS_ENDPOINT_URL"),
            (profileServiceURL, "endpoint_url of the profile's services section"),
            (profileURL, "endpoint_url of the profile"),
        ]
        for (url, source) in candidates {
            if let url = url.flatMap(nonEmpty) { return try checked(url, source: source) }
        }
        return nil
    }

    private func nonEmpty(_ text: String) -> String? { text.isEmpty ? nil : text }

    private func checked(_ url: String, source: String) throws(EndpointError) -> String {
        guard let parts = URLParts(url), parts.query == nil, parts.userInfo == nil,
            ["http", "https"].contains(parts.scheme), url.isPlainURL, !url.contains("#")
        else {
            throw EndpointError(
                "\(source): \"\(masked(url))\" is not an endpoint URL; "
                    + "expected http(s)://host[:port][/path]"
            )
        }
        guard parts.scheme == "https" || parts.isLoopback || allowsInsecure else {
            throw EndpointError(
                "\(source): \(masked(url)) is not encrypted; use https, "
                    + "or set allow_insecure_endpoint if this network is trusted"
            )
        }
        return url
    }

    /// The URL for an error text, without user and password.
    private func masked(_ url: String) -> String {
        guard let at = url.lastIndex(of: "@") else { return url.printable(limit: 200) }
        return "…" + String(url[at...]).printable(limit: 200)
    }
}

extension String {
    /// Whether only visible ASCII occurs, as in every URL that can be sent.
    fileprivate var isPlainURL: Bool { utf8.allSatisfy { (0x21...0x7E).contains($0) } }
}
