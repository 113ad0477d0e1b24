package import Primitives

/// The parameters that decide which host serves a call.
package struct EndpointParameters: Hashable, Sendable {
    /// The Region; nil where none is known.
    package var region: String?
    /// Whether the host must be FIPS validated.
    package var usesFIPS: Bool
    /// Whether the host must be reachable by IPv4 and IPv6.
    package var usesDualStack: Bool
    /// A URL that replaces the one of the rules.
    package var url: String?
    /// Whether STS is reached at its old global host where the Region allows it; default false.
    package var usesGlobalSTS: Bool

    /// Creates parameters.
    package init(
        region: String?,
        usesFIPS: Bool = false,
        usesDualStack: Bool = false,
        url: String? = nil,
        usesGlobalSTS: Bool = false
    ) {
        self.region = region
        self.usesFIPS = usesFIPS
        self.usesDualStack = usesDualStack
        self.url = url
        self.usesGlobalSTS = usesGlobalSTS
    }
}

/// The URL of a service and the scope of its signatures.
package struct Endpoint: Hashable, Sendable {
    /// The base URL, such as `https://codepipeline.eu-west-1.amazonaws.com`.
    package let url: String
    /// The Region of the signature; nil where only a URL is known.
    package let signingRegion: String?
    /// The service.
    package let service: AWSService

    /// Creates an endpoint.
    package init(url: String, signingRegion: String?, service: AWSService) {
        self.url = url
        self.signingRegion = signingRegion
        self.service = service
    }
}

/// Why no endpoint follows from the parameters; the first texts are those of the AWS SDKs.
package struct EndpointError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The problem.
    package let reason: String

    /// Creates an error.
    package init(_ reason: String) {
        self.reason = reason
    }

    package var description: String { reason }
}

extension Endpoint {
    /// Applies the endpoint rules of a service: those of its row, and those of all services.
    ///
    /// - Throws: ``EndpointError`` when the parameters contradict each other or lack a Region.
    package static func resolve(
        service: AWSService,
        _ parameters: EndpointParameters
    ) throws(EndpointError) -> Endpoint {
        if let url = parameters.url {
            return try custom(url, service: service, parameters)
        }
        guard let region = parameters.region, !region.isEmpty else {
            throw EndpointError("Invalid Configuration: Missing Region")
        }
        guard isHostLabel(region) else {
            throw EndpointError(
                "Invalid Configuration: Region \"\(region.printable(limit: 80))\" "
                    + "is not a valid host label"
            )
        }
        if let global = global(service, region: region, parameters) { return global }
        return Endpoint(
            url: "https://\(host(service: service, region: region, parameters))",
            signingRegion: region,
            service: service
        )
    }

    private static func custom(
        _ url: String,
        service: AWSService,
        _ parameters: EndpointParameters
    ) throws(EndpointError) -> Endpoint {
        guard !parameters.usesFIPS else {
            throw EndpointError(
                "Invalid Configuration: FIPS and custom endpoint are not supported"
            )
        }
        guard !parameters.usesDualStack else {
            throw EndpointError(
                "Invalid Configuration: Dualstack and custom endpoint are not supported"
            )
        }
        if let region = parameters.region, !isHostLabel(region) {
            throw EndpointError(
                "Invalid Configuration: Region \"\(region.printable(limit: 80))\" "
                    + "is not a valid host label"
            )
        }
        let region = parameters.region == "aws-global" ? "us-east-1" : parameters.region
        return Endpoint(url: url, signingRegion: region, service: service)
    }

    private static func host(
        service: AWSService,
        region: String,
        _ parameters: EndpointParameters
    ) -> String {
        let partition = Partition.of(region: region)
        let suffix =
            parameters.usesDualStack ? partition.dualStackDNSSuffix : partition.dnsSuffix
        let isPlainFIPS =
            service.plainFIPSPartitions.contains(partition.name) && !parameters.usesDualStack
        let fips = parameters.usesFIPS && !isPlainFIPS ? "-fips" : ""
        return "\(service.endpointPrefix)\(fips).\(region).\(suffix)"
    }

    private static func global(
        _ service: AWSService,
        region: String,
        _ parameters: EndpointParameters
    ) -> Endpoint? {
        guard !service.globalRegions.isEmpty, !parameters.usesFIPS, !parameters.usesDualStack
        else { return nil }
        let isGlobal =
            region == "aws-global"
            || parameters.usesGlobalSTS && service.globalRegions.contains(region)
        guard isGlobal else { return nil }
        return Endpoint(
            url: "https://\(service.endpointPrefix).amazonaws.com",
            signingRegion: "us-east-1",
            service: service
        )
    }

    /// Whether a text can be one label of a host name, so that it cannot lead elsewhere.
    package static func isHostLabel(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        let isPlain = bytes.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D: true
            case _: false
            }
        }
        return isPlain && (1...63).contains(bytes.count) && bytes.first != 0x2D
            && bytes.last != 0x2D
    }
}
