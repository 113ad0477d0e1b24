/// The endpoint where ECS, EKS Pod Identity or a local helper provides credentials, before any
/// request is sent.
package struct ContainerEndpoint: Hashable, Sendable {
    /// The URL as the environment names it.
    package let url: String
    /// The URL that is connected to: the host is the address that was checked.
    let pinnedURL: String
    /// The Host header where the host was replaced.
    let hostHeader: String?
    /// The URL without its query, for people.
    let shown: String

    /// Finds the endpoint; nil when no variable names one.
    ///
    /// `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` takes precedence over `..._FULL_URI`. A full URL
    /// may be any `https` one; with `http` each address of its host must be loopback or one of the
    /// link-local addresses of ECS and EKS, and the connection goes to the address that was
    /// checked.
    ///
    /// - Throws: ``CredentialsError`` when the variable is set and its value not allowed.
    package static func find(
        in environment: AWSEnvironment
    ) async throws(CredentialsError) -> ContainerEndpoint? {
        if let relative = environment.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
            guard relative.hasPrefix("/"), !relative.hasPrefix("//"),
                let url = MetadataURL("http://169.254.170.2\(relative)")
            else {
                throw refusal("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not a path")
            }
            return ContainerEndpoint(url, pinned: nil)
        }
        guard let full = environment.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") else {
            return nil
        }
        guard let url = MetadataURL(full) else {
            throw refusal("AWS_CONTAINER_CREDENTIALS_FULL_URI is not an http or https URL")
        }
        guard url.parts.scheme == "http" else { return ContainerEndpoint(url, pinned: nil) }
        if let address = url.address {
            guard isAllowed(address) else { throw refusal(hostRule(url)) }
            return ContainerEndpoint(url, pinned: nil)
        }
        let addresses: [IPAddress]
        do {
            addresses = try await environment.resolveHost(url.parts.host)
        } catch {
            throw refusal("\(url.parts.host) has no address: \(error.detail)")
        }
        guard let first = addresses.first, addresses.allSatisfy(isAllowed) else {
            throw refusal(hostRule(url))
        }
        return ContainerEndpoint(url, pinned: first)
    }

    private init(_ url: MetadataURL, pinned address: IPAddress?) {
        self.url = url.text
        shown = url.shown
        pinnedURL = address.map { url.pinned(to: $0) } ?? url.text
        hostHeader = address == nil ? nil : url.parts.hostHeader
    }

    private static func isAllowed(_ address: IPAddress) -> Bool {
        address.isLoopback
            || ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"]
                .contains { IPAddress($0) == address }
    }

    private static func hostRule(_ url: MetadataURL) -> String {
        "\(url.shown) is not allowed: over http the host must be this machine, 169.254.170.2, "
            + "169.254.170.23 or [fd00:ec2::23]; use https for any other"
    }

    private static func refusal(_ reason: String) -> CredentialsError {
        CredentialsError(source: "container endpoint", reason: reason)
    }
}
