package import Primitives

/// The endpoint settings of variables and profiles for one service.
package struct ConfiguredEndpoint: Hashable, Sendable {
    /// The URL, where one is configured.
    package let url: String?
    /// Whether the FIPS endpoint is requested.
    package let useFIPS: Bool
    /// Whether the dual-stack endpoint is requested.
    package let useDualStack: Bool

    /// Reads the configuration for a service.
    ///
    /// ``EndpointURLSources`` has the order of the URL's sources. With a setting nothing else is
    /// read: neither another URL nor a switch for AWS's own hosts.
    ///
    /// - Parameters:
    ///   - service: The service.
    ///   - environment: The variables.
    ///   - profiles: The profile in use.
    ///   - setting: The URL of our own configuration.
    ///   - allowsInsecure: Whether http to other machines is accepted.
    /// - Throws: ``CredentialsError`` when a switch is neither true nor false or a URL unusable.
    package init(
        service: AWSService,
        environment: AWSEnvironment,
        profiles: LoadedProfiles,
        setting: String? = nil,
        allowsInsecure: Bool = false
    ) throws(CredentialsError) {
        if let setting, !setting.isEmpty {
            let sources = EndpointURLSources(setting: setting, allowsInsecure: allowsInsecure)
            (url, useFIPS, useDualStack) = (try sources.found(service), false, false)
            return
        }
        let profile = profiles.profile
        func isOn(_ variable: String, _ property: String) throws(CredentialsError) -> Bool {
            let place = environment.variable(variable) != nil ? variable : property
            let text = environment.variable(variable) ?? profile?.text(property)
            switch text?.lowercased() {
            case nil, "false": return false
            case "true": return true
            case _:
                throw CredentialsError(source: place, reason: "expected true or false")
            }
        }
        useFIPS = try isOn("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")
        useDualStack = try isOn("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")
        let section = profile?.text("services").flatMap { profiles.sections.services[$0] }
        if let error = section?.error {
            throw CredentialsError(source: "endpoint of \(service.id)", reason: error.description)
        }
        let sources = EndpointURLSources(
            environment: environment.variables,
            profileServiceURL: section?.subproperty("endpoint_url", of: service.settingName),
            profileURL: profile?.text("endpoint_url"),
            profileIgnores: profile?.text("ignore_configured_endpoint_urls"),
            allowsInsecure: allowsInsecure
        )
        url = try sources.found(service)
    }
}

extension EndpointURLSources {
    /// The URL of a service, with the credentials side's error.
    fileprivate func found(_ service: AWSService) throws(CredentialsError) -> String? {
        do throws(EndpointError) {
            return try url(of: service)
        } catch {
            throw CredentialsError(source: "endpoint of \(service.id)", reason: error.description)
        }
    }
}
