import Primitives

/// Finds the Region where no setting of ours names it; there is no default.
package enum RegionLookup {
    /// `AWS_REGION`, `AWS_DEFAULT_REGION`, the profile's `region`; nil when none is set.
    ///
    /// - Throws: ``CredentialsError`` when the value cannot be part of a host name.
    package static func configured(
        environment: AWSEnvironment,
        profile: ProfileSection?
    ) throws(CredentialsError) -> String? {
        for variable in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
            if let region = environment.variable(variable) {
                return try checked(region, source: variable)
            }
        }
        guard let profile, let region = profile.text("region") else { return nil }
        let place = profile.properties["region"].map { " (\($0))" } ?? ""
        return try checked(region, source: "region of profile \"\(profile.name)\"\(place)")
    }

    /// The configured Region, else that of the instance (`placement/region` of IMDS).
    ///
    /// The error tells what to set.
    package static func region(
        environment: AWSEnvironment,
        profile: ProfileSection?,
        metadata: InstanceMetadata
    ) async -> Result<String, CredentialsError> {
        do throws(CredentialsError) {
            if let region = try configured(environment: environment, profile: profile) {
                return .success(region)
            }
        } catch {
            return .failure(error)
        }
        do throws(InstanceMetadataError) {
            let region = try await metadata.text(at: "placement/region", profile: profile)
            guard isHostLabel(region) else { throw .failed("it names an unusable Region") }
            return .success(region)
        } catch {
            return .failure(
                CredentialsError(
                    source: "Region",
                    reason: "none is set: give region in the settings, AWS_REGION or the "
                        + "profile's region (IMDS: \(error.reason))"
                )
            )
        }
    }

    /// Refuses a Region that would change the host it becomes part of.
    package static func checked(
        _ region: String,
        source: String
    ) throws(CredentialsError) -> String {
        guard isHostLabel(region) else {
            throw CredentialsError(
                source: source,
                reason: "`\(region.printable(limit: 40))` is not a Region; expected letters, "
                    + "digits and hyphens such as eu-central-1"
            )
        }
        return region
    }

    private static func isHostLabel(_ text: String) -> Bool {
        (1...63).contains(text.utf8.count) && text.first != "-" && text.last != "-"
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D: true
                case _: false
                }
            }
    }
}
