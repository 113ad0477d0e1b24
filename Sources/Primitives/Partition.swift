/// A family of Regions with DNS names of its own (botocore, partitions.json).
package struct Partition: Hashable, Sendable {
    /// The name in ARNs, such as `aws-cn`.
    package let name: String
    /// The part of a host name after the Region.
    package let dnsSuffix: String
    /// The same for hosts that are reached by IPv4 and IPv6.
    package let dualStackDNSSuffix: String
    /// The first parts of its Regions' names, such as `us-gov`.
    private let prefixes: [String]

    /// The partition of a Region; `aws` where no other claims it.
    package static func of(region: String) -> Partition {
        let known = all.first { partition in
            region == "\(partition.name)-global" || partition.claims(region)
        }
        return known ?? commercial
    }

    /// All partitions; the commercial one is the last, since it takes all remaining Regions.
    package static let all = [
        Partition("aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn", ["cn"]),
        Partition("aws-us-gov", "amazonaws.com", "api.aws", ["us-gov"]),
        Partition("aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu", ["eusc-de"]),
        Partition("aws-iso", "c2s.ic.gov", "api.aws.ic.gov", ["us-iso"]),
        Partition("aws-iso-b", "sc2s.sgov.gov", "api.aws.scloud", ["us-isob"]),
        Partition("aws-iso-e", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", ["eu-isoe"]),
        Partition("aws-iso-f", "csp.hci.ic.gov", "api.aws.hci.ic.gov", ["us-isof"]),
        commercial,
    ]

    private static let commercial = Partition("aws", "amazonaws.com", "api.aws", [])

    private init(_ name: String, _ suffix: String, _ dualStack: String, _ prefixes: [String]) {
        self.name = name
        dnsSuffix = suffix
        dualStackDNSSuffix = dualStack
        self.prefixes = prefixes
    }

    /// Whether the Region has the form `prefix-word-number` of this partition.
    private func claims(_ region: String) -> Bool {
        prefixes.contains { prefix in
            guard region.hasPrefix(prefix + "-") else { return false }
            let parts = region.dropFirst(prefix.count + 1)
                .split(separator: "-", omittingEmptySubsequences: false)
            return parts.count == 2 && !parts[0].isEmpty && !parts[1].isEmpty
                && parts[0].utf8.allSatisfy(\.isWordCharacter)
                && parts[1].utf8.allSatisfy { (48...57).contains($0) }
        }
    }
}

extension UInt8 {
    fileprivate var isWordCharacter: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: true
        case _: false
        }
    }
}
