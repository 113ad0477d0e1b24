/// The known names of Regions (botocore, partitions.json and endpoints.json).
enum RegionName {
    /// A warning about a name.
    struct Warning {
        let problem: String
        let suggestion: String?
    }

    /// Why a name is most likely not a Region; nil when it polls valid.
    static func warning(about name: String) -> Warning? {
        guard !known.contains(name) else { return nil }
        if let region = region(ofZone: name) {
            return Warning(
                problem: "is \(name), an availability zone, not a Region",
                suggestion: region
            )
        }
        let nearest = Suggestion.nearest(to: name, among: known)
        guard !hasShape(name) else {
            return Warning(
                problem: "is \(name), a Region that this version does not know",
                suggestion: nearest
            )
        }
        return Warning(
            problem: "is \(name), which does not look like a Region such as eu-west-1",
            suggestion: nearest
        )
    }

    /// The Region of an availability zone (`eu-west-1a`), a zone's id (`euw1-az1` has none), a
    /// local zone (`us-west-2-lax-1a`) or a wavelength zone (`us-east-1-wl1-bos-wlz-1`).
    private static func region(ofZone name: String) -> String? {
        known.first { region in
            guard name.hasPrefix(region) else { return false }
            let rest = name.dropFirst(region.count)
            return rest.count == 1 && rest.allSatisfy { ("a"..."z").contains($0) }
                || rest.hasPrefix("-")
        }
    }

    /// `xx-word-n`, `us-gov-word-n` and their like.
    private static func hasShape(_ name: String) -> Bool {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard (3...4).contains(parts.count), let number = parts.last, let head = parts.first,
            (1...2).contains(number.count), number.allSatisfy({ ("0"..."9").contains($0) }),
            (2...4).contains(head.count)
        else { return false }
        let word = parts[parts.count - 2]
        return parts.dropLast().allSatisfy { $0.allSatisfy { ("a"..."z").contains($0) } }
            && ["north", "south", "east", "west", "central"].contains { word.hasPrefix($0) }
    }

    static let known = [
        "af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2",
        "ap-northeast-3", "ap-south-1", "ap-south-2", "ap-southeast-1", "ap-southeast-2",
        "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7",
        "ca-central-1", "ca-west-1", "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1",
        "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3", "il-central-1", "me-central-1",
        "me-south-1", "mx-central-1", "sa-east-1", "us-east-1", "us-east-2", "us-west-1",
        "us-west-2", "cn-north-1", "cn-northwest-1", "us-gov-east-1", "us-gov-west-1",
        "us-iso-east-1", "us-iso-west-1", "us-isob-east-1", "us-isob-west-1", "eu-isoe-west-1",
        "us-isof-east-1", "us-isof-south-1", "eusc-de-east-1",
    ]
}
