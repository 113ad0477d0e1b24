extension ProfileSection {
    /// The role of this profile; a profile with a web identity token is a base and no role.
    var role: ProfileRole? {
        guard let roleARN = text("role_arn"), self["web_identity_token_file"] == nil else {
            return nil
        }
        return ProfileRole(
            profile: name,
            roleARN: roleARN,
            externalID: text("external_id"),
            sessionName: text("role_session_name"),
            duration: text("duration_seconds").flatMap { Int64($0) }.map { .seconds($0) },
            mfaSerial: text("mfa_serial")
        )
    }

    /// The name of the profile that a role takes its base from: itself with `credential_source`.
    func roleSource() throws(ProfilePlanError) -> String? {
        switch (text("source_profile"), text("credential_source")) {
        case (.some, .some):
            throw .broken(
                "profile \"\(name)\" has both source_profile and credential_source; keep one"
            )
        case (nil, nil):
            throw .broken(
                "profile \"\(name)\" has role_arn and neither source_profile nor credential_source"
            )
        case (let source?, nil): return source
        case (nil, .some): return name
        }
    }

    /// Whether key id and secret are both there.
    var hasWholeKeys: Bool {
        text("aws_access_key_id") != nil && text("aws_secret_access_key") != nil
    }

    /// The static credentials of this profile as a base; nil when it has none at all.
    ///
    /// - Throws: ``ProfilePlanError`` when one of the two is missing.
    func keys() throws(ProfilePlanError) -> ProfileBase? {
        let keyID = text("aws_access_key_id")
        let secret = text("aws_secret_access_key")
        switch (keyID, secret) {
        case (nil, nil):
            guard text("aws_session_token") == nil else { throw missing("aws_access_key_id") }
            return nil
        case (nil, .some): throw missing("aws_access_key_id")
        case (.some, nil): throw missing("aws_secret_access_key")
        case (let keyID?, let secret?):
            return .keys(
                Credentials(
                    accessKeyID: keyID,
                    secretAccessKey: Secret(secret),
                    sessionToken: text("aws_session_token").map { Secret($0) },
                    accountID: text("aws_account_id")
                )
            )
        }
    }

    /// The base of a chain that starts with this profile.
    ///
    /// - Parameters:
    ///   - set: The profiles, for a named `[sso-session]`.
    ///   - isFirst: Whether no role leads here; then it may have no credential settings.
    /// - Returns: The base.
    /// - Throws: ``ProfilePlanError``.
    func base(in set: ProfileSet, isFirst: Bool) throws(ProfilePlanError) -> ProfileBase {
        if let source = text("credential_source") { return .named(source) }
        if let tokenFile = text("web_identity_token_file") {
            guard let roleARN = text("role_arn") else { throw missing("role_arn") }
            return .webIdentity(
                WebIdentity(
                    roleARN: roleARN,
                    tokenFile: tokenFile,
                    sessionName: text("role_session_name")
                )
            )
        }
        if let signOn = try singleSignOn(in: set) { return .singleSignOn(signOn) }
        if let session = text("login_session") { return .login(session: session) }
        if let command = text("credential_process") {
            // Continuation lines are further words to botocore, not further commands.
            let line = command.split(separator: "\n").joined(separator: " ")
            return .process(command: Secret(line), accountID: text("aws_account_id"))
        }
        if let keys = try keys() { return keys }
        let reason = "profile \"\(name)\" contains no credentials"
        throw isFirst
            ? .notConfigured(reason)
            : .broken(
                reason + ", but another profile uses it as its source"
            )
    }

    private func singleSignOn(in set: ProfileSet) throws(ProfilePlanError) -> SingleSignOn? {
        let own = ["sso_account_id", "sso_role_name", "sso_region", "sso_start_url", "sso_session"]
        guard own.contains(where: { self[$0] != nil }) else { return nil }
        // A portal without account and role is for tokens, not for credentials: others apply, if
        // any.
        let namesRole = text("sso_account_id") != nil || text("sso_role_name") != nil
        guard namesRole || !(hasWholeKeys || text("credential_process") != nil) else { return nil }
        var portal = self
        if let session = text("sso_session") {
            for key in ["sso_region", "sso_start_url"] where self[key] != nil {
                throw .broken(
                    "profile \"\(name)\" names an sso-session; \(key) belongs in its section"
                )
            }
            guard let section = set.ssoSessions[session] else {
                throw .broken("[sso-session \(session)] of profile \"\(name)\" is not there")
            }
            portal = section
        }
        let accountID = text("sso_account_id")
        let roleName = text("sso_role_name")
        if accountID == nil, roleName != nil { throw missing("sso_account_id") }
        if accountID != nil, roleName == nil { throw missing("sso_role_name") }
        guard let region = portal.text("sso_region") else { throw missing("sso_region") }
        guard let startURL = portal.text("sso_start_url") else { throw missing("sso_start_url") }
        return SingleSignOn(
            accountID: accountID,
            roleName: roleName,
            region: region,
            startURL: startURL,
            session: text("sso_session")
        )
    }

    private func missing(_ property: String) -> ProfilePlanError {
        .broken("profile \"\(name)\" lacks \(property)")
    }
}
