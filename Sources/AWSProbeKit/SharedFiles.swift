import AWSClient
import FoundationEssentials

/// The shared files as the daemon reads them, for comparison with botocore.
enum SharedFiles {
    /// Reads `{"config": BASE64, "credentials": BASE64, "profile": NAME}`.
    ///
    /// - Returns: `properties` of the profile, null if the files do not contain it; `error`, the
    ///   line that makes it unusable; `stray`, lines of no section; `warnings`; and `ProfileChain`,
    ///   its result, or `error`.
    static func read(_ row: JSONValue) -> JSONValue {
        let set = ProfileSet.reading(
            config: bytes(row["config"]),
            credentials: bytes(row["credentials"])
        )
        let name = row["profile"]?.text ?? "default"
        let profile = set.profile(named: name)
        var answer: [String: JSONValue] = [
            "properties": profile.map { profile in
                .object(profile.properties.mapValues { .string($0.value) })
            } ?? .null,
            "fault": profile?.error.map { .string($0.description) } ?? .null,
            "stray": .array(set.stray.map { .string($0.description) }),
            "warnings": .array(set.warnings.map { .string($0.description) }),
        ]
        let loaded = LoadedProfiles(
            sections: set,
            selected: name,
            isChosen: row["profile"] != nil
        )
        do throws(ProfilePlanError) {
            let plan = try ProfilePlan(loaded)
            answer["ProfileChain"] = .array([plan.base.json] + plan.roles.map(\.json))
        } catch {
            answer["error"] = .string(error.reason)
        }
        return .object(answer)
    }

    private static func bytes(_ value: JSONValue?) -> [UInt8] {
        value?.text.flatMap { Data(base64Encoded: $0) }.map(Array.init) ?? []
    }
}
