/// One section after merging: a name and its properties by lower-case name.
package struct ProfileSection: Hashable, Sendable {
    /// The name without its prefix; case matters.
    package let name: String
    /// The line of its first heading, counted from 1.
    package let line: Int
    /// The properties by lower-case name.
    package var properties: [String: ProfileProperty]
    /// The lines of the section that cannot be read, in the order of the files.
    package var errors: [ProfileFileError] = []

    /// Creates a section.
    package init(name: String, line: Int, properties: [String: ProfileProperty] = [:]) {
        self.name = name
        self.line = line
        self.properties = properties
    }

    /// The value of a property, nil where it is absent; it may be empty.
    package subscript(_ property: String) -> String? { properties[property]?.value }

    /// A value with something in it, nil where it is absent or blank.
    package func text(_ property: String) -> String? {
        guard let value = self[property], !value.allSatisfy(\.isWhitespace) else { return nil }
        return value
    }

    /// Why the section cannot be used: a line that cannot be read, or a value that continues in the
    /// next line although the property never has two lines.
    package var error: ProfileFileError? {
        if let error = errors.first { return error }
        let broken = properties.filter { name, property in
            property.continuedAt != nil && !property.value.hasPrefix("\n")
                && ProfileSection.usedProperties.contains(name)
        }
        return broken.min { $0.value.line < $1.value.line }.map { name, property in
            ProfileFileError(
                file: property.file,
                line: property.continuedAt ?? property.line,
                problem: "the line is indented, and so continues the value of \(name); begin it "
                    + "in the first column"
            )
        }
    }

    /// The section with missing properties taken from another one.
    func merged(over other: ProfileSection) -> ProfileSection {
        var merged = self
        merged.properties = other.properties.merging(properties) { _, own in own }
        merged.errors = other.errors + errors
        return merged
    }

    /// The properties that this program reads and that are one line each.
    static let usedProperties: Set<String> = [
        "aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_account_id",
        "ca_bundle", "credential_source", "duration_seconds", "ec2_metadata_service_endpoint",
        "ec2_metadata_service_endpoint_mode", "endpoint_url", "external_id",
        "ignore_configured_endpoint_urls", "login_session", "mfa_serial", "region", "role_arn",
        "role_session_name", "services", "source_profile", "sso_account_id", "sso_region",
        "sso_role_name", "sso_session", "sso_start_url", "use_dualstack_endpoint",
        "use_fips_endpoint", "web_identity_token_file",
    ]

    /// A nested value, such as `endpoint_url` below `sts =` of a `[services]` section.
    ///
    /// Names are compared ignoring case; the last of several equal names counts.
    package func subproperty(_ name: String, of property: String) -> String? {
        guard let value = self[property] else { return nil }
        var found: String?
        for line in value.split(separator: "\n") {
            let text = line.trimmed
            guard let first = text.first, first != "#", first != ";",
                let equals = text.firstIndex(of: "="),
                text[..<equals].trimmed.lowercased() == name.lowercased()
            else { continue }
            found = String(text[text.index(after: equals)...].withoutComment().trimmed)
        }
        return found
    }
}

/// An ignored part of a shared file, as a warning.
package struct ProfileWarning: Hashable, Sendable, CustomStringConvertible {
    /// The path or other name of the file.
    package let file: String
    /// The line, counted from 1; 0 when the whole file is meant.
    package let line: Int
    /// The ignored part and the reason.
    package let problem: String

    /// Creates a warning from a position and what is ignored there.
    package init(file: String, line: Int, problem: String) {
        self.file = file
        self.line = line
        self.problem = problem
    }

    package var description: String { "\(file):\(line): \(problem)" }
}
