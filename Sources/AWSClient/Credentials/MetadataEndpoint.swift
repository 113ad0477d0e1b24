/// Where the instance metadata service (IMDS) is.
package struct MetadataEndpoint: Hashable, Sendable {
    /// Scheme, host and port, without a slash at the end.
    package let base: String

    /// Finds the endpoint.
    ///
    /// The order is `endpoint` (code), `AWS_EC2_METADATA_SERVICE_ENDPOINT`, the profile's
    /// `ec2_metadata_service_endpoint`, then the address of a mode (`IPv4` or `IPv6`, in any case):
    /// `mode` (code), `AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE`, the profile's
    /// `ec2_metadata_service_endpoint_mode`, `IPv4`.
    ///
    /// - Throws: ``CredentialsError`` when the endpoint is not a URL or the mode is unknown.
    package static func find(
        in environment: AWSEnvironment,
        profile: ProfileSection?,
        endpoint: String? = nil,
        mode: String? = nil
    ) throws(CredentialsError) -> MetadataEndpoint {
        let named =
            endpoint ?? environment.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT")
            ?? profile?.text("ec2_metadata_service_endpoint")
        if let named {
            guard let url = MetadataURL(named), url.parts.query == nil else {
                throw CredentialsError(
                    source: "IMDS",
                    reason: "the configured endpoint is not an http or https URL"
                )
            }
            var base = url.text
            while base.hasSuffix("/") { base.removeLast() }
            return MetadataEndpoint(base: base)
        }
        let mode =
            mode ?? environment.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE")
            ?? profile?.text("ec2_metadata_service_endpoint_mode") ?? "IPv4"
        switch mode.lowercased() {
        case "ipv4": return MetadataEndpoint(base: "http://169.254.169.254")
        case "ipv6": return MetadataEndpoint(base: "http://[fd00:ec2::254]")
        case _:
            throw CredentialsError(
                source: "IMDS",
                reason: "`\(mode.prefix(40))` is not a valid endpoint mode; use IPv4 or IPv6"
            )
        }
    }

    /// The URL that session tokens come from.
    package var tokenURL: String { base + "/latest/api/token" }

    /// The URL of a path below `/latest/meta-data/`.
    func url(_ path: String) -> String { "\(base)/latest/meta-data/\(path)" }
}
