import Primitives

/// The profiles of the two shared files, merged.
package struct ProfileSet: Hashable, Sendable {
    /// The profiles by name; case matters.
    package private(set) var profiles: [String: ProfileSection] = [:]
    /// Profiles whose headings only botocore (the AWS CLI) accepts, by name.
    package private(set) var looseProfiles: [String: ProfileSection] = [:]
    /// The `[sso-session]` sections by name.
    package private(set) var ssoSessions: [String: ProfileSection] = [:]
    /// The `[services]` sections by name.
    package private(set) var services: [String: ProfileSection] = [:]
    /// The parts that were ignored, or read although the SDKs' rules reject them, in the order of
    /// the files.
    package private(set) var warnings: [ProfileWarning] = []
    /// The lines that cannot be read and belong to no section.
    package private(set) var stray: [ProfileFileError] = []

    /// Creates an empty set.
    package init() {}

    /// Creates a set of sections that are already merged; for tests and tools.
    package init(profiles: [ProfileSection], ssoSessions: [ProfileSection] = []) {
        for section in profiles { self.profiles[section.name] = section }
        for section in ssoSessions { self.ssoSessions[section.name] = section }
    }

    /// Reads both files by the rules of the SDKs alone; an absent file is an empty text.
    ///
    /// The credentials file takes precedence over the config file, property by property. Within a
    /// file the last of two equal properties counts, also across two sections of one name.
    ///
    /// - Throws: ``ProfileFileError`` at the first line that those rules reject, even if
    ///   ``reading(config:credentials:configName:credentialsName:)`` accepts it.
    package init(
        config: String,
        credentials: String,
        configName: String = "config",
        credentialsName: String = "credentials"
    ) throws(ProfileFileError) {
        for (text, name, kind) in [
            (config, configName, ProfileFileKind.config),
            (credentials, credentialsName, .credentials),
        ] {
            let syntax = ProfileSyntax(Array(text.utf8), file: name, kind: kind)
            if let refusal = syntax.firstRefusal { throw refusal }
            add(syntax, file: name, kind: kind)
        }
    }

    /// Reads everything readable of both files: by the rules of the SDKs, and as botocore (the AWS
    /// CLI) does if it reads a line that they reject.
    ///
    /// A line that cannot be read is an error of its section, for ``ProfileSection/error``.
    package static func reading(
        config: [UInt8],
        credentials: [UInt8],
        configName: String = "config",
        credentialsName: String = "credentials"
    ) -> ProfileSet {
        var set = ProfileSet()
        for (bytes, name, kind) in [
            (config, configName, ProfileFileKind.config),
            (credentials, credentialsName, .credentials),
        ] {
            set.add(ProfileSyntax(bytes, file: name, kind: kind), file: name, kind: kind)
        }
        return set
    }

    /// The profile of a name; nil where the files do not have it.
    package func profile(named name: String) -> ProfileSection? {
        switch (profiles[name], looseProfiles[name]) {
        case (let plain?, let loose?): plain.merged(over: loose)
        case (let plain, let loose): plain ?? loose
        }
    }

    private mutating func add(_ syntax: ProfileSyntax, file: String, kind: ProfileFileKind) {
        stray += syntax.stray
        for line in syntax.deviations {
            warn(file, line.line, "\(line.problem); it is read as the AWS CLI does")
        }
        // Python's configparser makes it the default of every section of the file.
        let general = syntax.sections.filter { $0.heading == "DEFAULT" }
        let inherited = general.flatMap(\.properties)
        let headings = syntax.sections.map { ProfileHeading($0.heading, kind) }
        let hasPrefixedDefault = headings.contains { $0.isPrefixedDefault }
        for (section, heading) in zip(syntax.sections, headings) {
            let isOvershadowed =
                kind == .config && hasPrefixedDefault && section.heading == "default"
            if isOvershadowed {
                warn(file, section.line, "[default] is ignored because [profile default] is there")
                continue
            }
            guard let target = heading.target else {
                guard section.heading != "DEFAULT" else { continue }
                let shown = section.heading.printable(limit: 80)
                warn(file, section.line, "section [\(shown)] is ignored: \(kind.rule)")
                continue
            }
            if target == .looseProfile {
                let shown = section.heading.printable(limit: 80)
                let problem = "[\(shown)] is read as the AWS CLI does; other SDKs ignore it"
                warn(file, section.line, problem)
            }
            var whole = section
            let own = Set(section.properties.map(\.name))
            whole.properties = inherited.filter { !own.contains($0.name) } + section.properties
            whole.errors = general.flatMap(\.errors) + section.errors
            merge(whole, named: heading.name, into: target, file: file)
        }
    }

    private mutating func merge(
        _ section: RawProfileSection,
        named name: String,
        into target: ProfileHeading.Target,
        file: String
    ) {
        var merged = self[target, name] ?? ProfileSection(name: name, line: section.line)
        merged.errors += section.errors
        for (propertyName, property) in section.properties {
            guard propertyName.isProfileIdentifier else {
                warn(file, property.line, "property is ignored: its name has invalid characters")
                continue
            }
            merged.properties[propertyName] = property
        }
        self[target, name] = merged
    }

    private subscript(target: ProfileHeading.Target, name: String) -> ProfileSection? {
        get {
            switch target {
            case .profile: profiles[name]
            case .looseProfile: looseProfiles[name]
            case .ssoSession: ssoSessions[name]
            case .services: services[name]
            }
        }
        set {
            switch target {
            case .profile: profiles[name] = newValue
            case .looseProfile: looseProfiles[name] = newValue
            case .ssoSession: ssoSessions[name] = newValue
            case .services: services[name] = newValue
            }
        }
    }

    private mutating func warn(_ file: String, _ line: Int, _ problem: String) {
        warnings.append(ProfileWarning(file: file, line: line, problem: problem))
    }
}

/// A parsed heading: its target, and the name.
private struct ProfileHeading {
    /// The kind of section that a heading opens.
    enum Target {
        /// A profile by every SDK's rules.
        case profile
        /// A profile by botocore's rules.
        case looseProfile
        /// `[sso-session NAME]`.
        case ssoSession
        /// `[services NAME]`.
        case services
    }

    /// The name without its prefix.
    let name: String
    /// Its section; nil when the file ignores it.
    let target: Target?
    /// Whether it is `[profile default]` of the config file.
    let isPrefixedDefault: Bool

    init(_ heading: String, _ kind: ProfileFileKind) {
        switch kind {
        case .credentials:
            name = heading
            isPrefixedDefault = false
            // An empty name belongs to no profile, and DEFAULT is for every section.
            let isName = !heading.isEmpty && heading != "DEFAULT"
            target = heading.isProfileIdentifier ? .profile : isName ? .looseProfile : nil
        case .config:
            let words = HeadingWords.split(heading) ?? []
            name = words.last ?? ""
            target = ProfileHeading.target(of: words)
            isPrefixedDefault = words == ["profile", "default"]
        }
    }

    private static func target(of words: [String]) -> Target? {
        if words == ["default"] { return .profile }
        guard words.count == 2, !words[1].isEmpty else { return nil }
        let isPlain = words[1].isProfileIdentifier
        switch words[0] {
        case "profile": return isPlain ? .profile : .looseProfile
        case "sso-session": return .ssoSession
        case "services": return .services
        case let word where word.hasPrefix("profile"): return .looseProfile
        case _: return nil
        }
    }
}

extension ProfileFileKind {
    fileprivate var rule: String {
        switch self {
        case .config:
            "expected [default], [profile NAME], [sso-session NAME] or [services NAME]"
        case .credentials:
            "expected a profile name such as [NAME]"
        }
    }
}

extension String {
    /// Whether this may name a profile or a property in every SDK.
    fileprivate var isProfileIdentifier: Bool {
        !isEmpty
            && utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                case _: Array("_-/.%@:+".utf8).contains(byte)
                }
            }
    }
}
