/// The paths of the two shared files, and whether the user named them.
package struct ProfileFileLocations: Hashable, Sendable {
    /// One path.
    package struct Location: Hashable, Sendable {
        /// The path; nil when no home directory is known and none was named.
        package let path: String?
        /// Whether an environment variable named it, so that its absence deserves a warning.
        package let isNamed: Bool

        /// Creates a location.
        package init(path: String?, isNamed: Bool) {
            self.path = path
            self.isNamed = isNamed
        }
    }

    /// The config file's location.
    package let config: Location
    /// The credentials file's location.
    package let credentials: Location

    /// Finds both locations.
    ///
    /// The order is `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE`, then `aws-config` and
    /// `aws-credentials` in `$CREDENTIALS_DIRECTORY` (systemd credentials) if they exist, then
    /// `~/.aws`. A leading `~/` stands for the home directory, and `$NAME` and `${NAME}` for
    /// variables that are set.
    package init(environment: AWSEnvironment, useSystemdCredentials: Bool = true) {
        func location(_ variable: String, _ systemdName: String, _ name: String) -> Location {
            let home = environment.homeDirectory
            if let path = environment.variable(variable).map(environment.expandingVariables) {
                guard path == "~" || path.hasPrefix("~/") else {
                    return Location(path: path, isNamed: true)
                }
                return Location(path: home.map { $0 + path.dropFirst() }, isNamed: true)
            }
            if useSystemdCredentials, let directory = environment.variable("CREDENTIALS_DIRECTORY"),
                environment.stat("\(directory)/\(systemdName)") != nil
            {
                return Location(path: "\(directory)/\(systemdName)", isNamed: true)
            }
            return Location(path: home.map { "\($0)/.aws/\(name)" }, isNamed: false)
        }
        config = location("AWS_CONFIG_FILE", "aws-config", "config")
        credentials = location(
            "AWS_SHARED_CREDENTIALS_FILE",
            "aws-credentials",
            "credentials"
        )
    }
}

/// The shared files as read at one moment.
package struct LoadedProfiles: Hashable, Sendable {
    /// The merged profiles.
    package let sections: ProfileSet
    /// The name of the profile in use.
    package let selected: String
    /// Whether the name was chosen explicitly; otherwise it is the fallback `default`.
    package let isChosen: Bool
    /// The files looked for, with their stamps; nil means an absent file.
    package let files: [String: FileStamp?]

    /// Creates loaded profiles.
    package init(
        sections: ProfileSet,
        selected: String,
        isChosen: Bool,
        files: [String: FileStamp?] = [:]
    ) {
        self.sections = sections
        self.selected = selected
        self.isChosen = isChosen
        self.files = files
    }

    /// The profile in use, nil where the files do not have it.
    package var profile: ProfileSection? { sections.profile(named: selected) }

    /// Why the files cannot be used for the profile in use; nil when they can, or do not contain
    /// it.
    ///
    /// Unreadable lines in other sections are ignored. Lines before the first heading may be the
    /// missing profile.
    package var error: ProfileFileError? {
        guard let profile else { return sections.stray.first }
        return profile.error
    }

    /// Reads the shared files.
    ///
    /// The profile is `chosen`, else `AWS_PROFILE`, else `AWS_DEFAULT_PROFILE`, else `default`. An
    /// absent file counts as empty. So does, with a warning, a file at its default path that may
    /// not be read, because a hardened unit hides home directories that way.
    ///
    /// - Throws: ``CredentialsError`` when a file cannot be read or is unsafe, or when the profile
    ///   in use has a line that cannot be read.
    package static func load(
        environment: AWSEnvironment,
        chosen: String? = nil,
        useSystemdCredentials: Bool = true
    ) throws(CredentialsError) -> LoadedProfiles {
        let locations = ProfileFileLocations(
            environment: environment,
            useSystemdCredentials: useSystemdCredentials
        )
        var files: [String: FileStamp?] = [:]
        let config = try bytes(
            at: locations.config,
            kind: .config,
            environment: environment,
            files: &files
        )
        let credentials = try bytes(
            at: locations.credentials,
            kind: .credentials,
            environment: environment,
            files: &files
        )
        let sections = ProfileSet.reading(
            config: config,
            credentials: credentials,
            configName: locations.config.path ?? "config",
            credentialsName: locations.credentials.path ?? "credentials"
        )
        for warning in sections.warnings {
            environment.log(.warning, warning.description)
        }
        let name =
            chosen ?? environment.variable("AWS_PROFILE")
            ?? environment.variable("AWS_DEFAULT_PROFILE")
        let loaded = LoadedProfiles(
            sections: sections,
            selected: name ?? "default",
            isChosen: name != nil,
            files: files
        )
        if let error = loaded.error {
            throw CredentialsError(
                source: "profile \"\(loaded.selected)\"",
                reason: error.description
            )
        }
        return loaded
    }

    private static func bytes(
        at location: ProfileFileLocations.Location,
        kind: ProfileFileKind,
        environment: AWSEnvironment,
        files: inout [String: FileStamp?]
    ) throws(CredentialsError) -> [UInt8] {
        guard let path = location.path else { return [] }
        let contents: FileContents
        do {
            contents = try environment.readFile(path)
        } catch {
            files[path] = environment.stat(path)
            switch error {
            case .absent:
                environment.log(location.isNamed ? .warning : .debug, "\(path) does not exist")
            case .unreadable(let detail) where location.isNamed:
                throw CredentialsError(source: path, reason: detail)
            case .unreadable(let detail):
                environment.log(.warning, "\(path) is skipped: \(detail)")
            }
            return []
        }
        files[path] = contents.stamp
        try environment.judge(
            contents.stamp,
            of: path,
            holdsSecrets: kind == .credentials
        )
        return contents.bytes
    }
}

extension AWSEnvironment {
    /// A path with `$NAME` and `${NAME}` replaced by variables; unset ones stay as they are.
    fileprivate func expandingVariables(_ path: String) -> String {
        var expanded = ""
        var rest = path[...]
        while let dollar = rest.firstIndex(of: "$") {
            expanded += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            let isBraced = rest.first == "{"
            let inner = isBraced ? rest.dropFirst() : rest
            let name = inner.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
            let after = inner[name.endIndex...]
            guard !name.isEmpty, let value = variables[String(name)],
                !isBraced || after.first == "}"
            else {
                expanded += "$"
                continue
            }
            expanded += value
            rest = isBraced ? after.dropFirst() : after
        }
        return expanded + rest
    }
}
