/// The start of a role chain according to the profiles.
package enum ProfileBase: Hashable, Sendable {
    /// Credentials in the profile.
    case keys(Credentials)
    /// `credential_source`: Environment, Ec2InstanceMetadata or EcsContainer, as written.
    case named(String)
    /// `web_identity_token_file` with its role.
    case webIdentity(WebIdentity)
    /// `credential_process` and the account that the profile names.
    case process(command: Secret, accountID: String?)
    /// `sso_*` properties, which need a person.
    case singleSignOn(SingleSignOn)
    /// `login_session`, which needs a person.
    case login(session: String)
}

/// A token file and the role that it opens.
package struct WebIdentity: Hashable, Sendable {
    /// The role.
    package let roleARN: String
    /// The file with the token, read at every refresh.
    package let tokenFile: String
    /// The session's name; nil for ours.
    package let sessionName: String?

    /// Creates a web identity.
    package init(roleARN: String, tokenFile: String, sessionName: String?) {
        self.roleARN = roleARN
        self.tokenFile = tokenFile
        self.sessionName = sessionName
    }
}

/// A profile's single sign-on settings; only recognised, never used.
package struct SingleSignOn: Hashable, Sendable {
    /// The account.
    package let accountID: String?
    /// The role.
    package let roleName: String?
    /// The Region of the portal.
    package let region: String
    /// The portal.
    package let startURL: String
    /// The `[sso-session]` section, where one is named.
    package let session: String?
}

/// One role of a chain.
package struct ProfileRole: Hashable, Sendable {
    /// The profile that names it.
    package let profile: String
    /// The role.
    package let roleARN: String
    /// `external_id`.
    package let externalID: String?
    /// `role_session_name`; nil for ours.
    package let sessionName: String?
    /// `duration_seconds`; nil when it is absent or no whole number.
    package let duration: Duration?
    /// `mfa_serial`, which needs a person.
    package let mfaSerial: String?
}

/// Why the profiles give no plan.
package enum ProfilePlanError: Error, Hashable, Sendable {
    /// There are no credential settings: the next source is tried.
    case notConfigured(String)
    /// The profiles ask for something impossible.
    case broken(String)

    /// The text for people.
    package var reason: String {
        switch self {
        case .notConfigured(let text), .broken(let text): text
        }
    }
}

/// The path from a base to the last role that a profile leads to.
package struct ProfilePlan: Hashable, Sendable {
    /// The start of the path.
    package let base: ProfileBase
    /// The profile that the base is in.
    package let baseProfile: String
    /// The roles in the order in which they are assumed.
    package let roles: [ProfileRole]

    /// Follows the profiles from the selected one.
    ///
    /// `role_arn` needs exactly one of `source_profile` and `credential_source`. A source profile
    /// with its own credentials ends the path, whatever else it contains. A profile that names
    /// itself is its own base. Any other cycle is an error.
    ///
    /// - Throws: ``ProfilePlanError``.
    package init(_ loaded: LoadedProfiles) throws(ProfilePlanError) {
        var name = loaded.selected
        guard loaded.isChosen && name != "default" || loaded.profile != nil else {
            throw .notConfigured("no profile \"\(name)\" in the shared files")
        }
        var visited: [String] = []
        var roles: [ProfileRole] = []
        while true {
            guard let profile = loaded.sections.profile(named: name) else {
                let by = visited.last.map { ", the source_profile of \"\($0)\"," } ?? ""
                throw .broken(
                    "profile \"\(name)\"\(by) is not in the shared files"
                        + loaded.sections.hint(onMissing: name)
                )
            }
            if let error = profile.error { throw .broken("profile \"\(name)\": \(error)") }
            guard !visited.contains(name) else {
                throw .broken(
                    "profiles form a loop: " + (visited + [name]).joined(separator: " -> ")
                )
            }
            visited.append(name)
            // Half a pair of keys counts as none: then the other settings of the source profile
            // apply.
            if visited.count > 1, profile.hasWholeKeys, let keys = try profile.keys() {
                (base, baseProfile) = (keys, name)
                break
            }
            if let role = profile.role, let source = try profile.roleSource() {
                roles.append(role)
                if source != name {
                    name = source
                    continue
                }
            }
            (base, baseProfile) = (
                try profile.base(in: loaded.sections, isFirst: roles.isEmpty), name
            )
            break
        }
        self.roles = roles.reversed()
    }
}

extension ProfileSet {
    /// Why a profile that somebody wrote may be missing.
    fileprivate func hint(onMissing name: String) -> String {
        if let prefixed = looseProfiles["profile \(name)"] {
            return "; line \(prefixed.line) of the credentials file has [profile \(name)], where "
                + "that file wants [\(name)]"
        }
        return stray.first.map { " (\($0))" } ?? ""
    }
}
