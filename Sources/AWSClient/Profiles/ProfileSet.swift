/// What kind of section a shared file's heading opens.
package enum ProfileSectionKind: Hashable, Sendable {
    /// A profile.
    case profile
    /// `[sso-session NAME]`.
    case ssoSession
    /// `[services NAME]`.
    case services
}

/// One section after merging: a name and its properties by lower-case name.
package struct ProfileSection: Hashable, Sendable {
    /// The name without its prefix; case matters.
    package let name: String
    /// The line of its first heading, counted from 1.
    package let line: Int
    /// The properties by lower-case name.
    package var properties: [String: ProfileProperty]

    /// Makes a section of its parts.
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

    /// A nested value, such as `endpoint_url` below `sts =` of a `[services]` section.
    ///
    /// Names compare without case; of a name that stands twice the last one counts.
    package func subproperty(_ name: String, of property: String) -> String? {
        guard let value = self[property] else { return nil }
        var found: String?
        for line in value.split(separator: "\n") {
            let text = line.trimmed
            guard let first = text.first, first != "#", first != ";",
                let equals = text.firstIndex(of: "="),
                text[..<equals].trimmed.lowercased() == name.lowercased()
            else { continue }
            found = String(text[text.index(after: equals)...].trimmed)
        }
        return found
    }
}

/// A part of a shared file that was ignored, said as a warning.
package struct ProfileWarning: Hashable, Sendable, CustomStringConvertible {
    /// The path or other name of the file.
    package let file: String
    /// The line, counted from 1; 0 when the whole file is meant.
    package let line: Int
    /// What is ignored and why.
    package let problem: String

    /// Makes a warning of a place and what is ignored there.
    package init(file: String, line: Int, problem: String) {
        self.file = file
        self.line = line
        self.problem = problem
    }

    package var description: String { "\(file):\(line): \(problem)" }
}

/// The profiles of the two shared files, merged.
package struct ProfileSet: Hashable, Sendable {
    /// The profiles by name; case matters.
    package private(set) var profiles: [String: ProfileSection] = [:]
    /// The `[sso-session]` sections by name.
    package private(set) var ssoSessions: [String: ProfileSection] = [:]
    /// The `[services]` sections by name.
    package private(set) var services: [String: ProfileSection] = [:]
    /// What was ignored, in the order of the files.
    package private(set) var warnings: [ProfileWarning] = []

    /// Makes an empty set.
    package init() {}

    /// Makes a set of sections that are already merged; for tests and tools.
    package init(profiles: [ProfileSection], ssoSessions: [ProfileSection] = []) {
        for section in profiles { self.profiles[section.name] = section }
        for section in ssoSessions { self.ssoSessions[section.name] = section }
    }

    /// Reads both files; an absent file is an empty text.
    ///
    /// Between the files the credentials file wins, property by property. Within a file the last
    /// of two equal properties wins, also over two sections of one name.
    ///
    /// - Throws: ``ProfileFileError`` when either text has a syntax fault.
    package init(
        config: String,
        credentials: String,
        configName: String = "config",
        credentialsName: String = "credentials"
    ) throws(ProfileFileError) {
        try add(config, file: configName, kind: .config)
        try add(credentials, file: credentialsName, kind: .credentials)
    }

    private mutating func add(
        _ text: String,
        file: String,
        kind: ProfileFileKind
    ) throws(ProfileFileError) {
        let sections = try ProfileSyntax.sections(of: text, file: file, kind: kind)
        let headings = sections.map { ProfileHeading($0.heading) }
        let hasPrefixedDefault = headings.contains(ProfileHeading("profile default"))
        for (section, heading) in zip(sections, headings) {
            let isOvershadowed =
                kind == .config && hasPrefixedDefault && heading == ProfileHeading("default")
            if isOvershadowed {
                warn(file, section.line, "[default] is ignored because [profile default] is there")
            } else if let target = heading.target(in: kind) {
                merge(section, named: heading.name, into: target, file: file)
            } else {
                warn(file, section.line, "section [\(section.heading)] is ignored: \(kind.rule)")
            }
        }
    }

    private mutating func merge(
        _ section: RawProfileSection,
        named name: String,
        into kind: ProfileSectionKind,
        file: String
    ) {
        var merged = self[kind, name] ?? ProfileSection(name: name, line: section.line)
        for (propertyName, property) in section.properties {
            guard propertyName.isProfileIdentifier else {
                warn(file, property.line, "property is ignored: its name has invalid characters")
                continue
            }
            merged.properties[propertyName] = property
        }
        self[kind, name] = merged
    }

    private subscript(kind: ProfileSectionKind, name: String) -> ProfileSection? {
        get {
            switch kind {
            case .profile: profiles[name]
            case .ssoSession: ssoSessions[name]
            case .services: services[name]
            }
        }
        set {
            switch kind {
            case .profile: profiles[name] = newValue
            case .ssoSession: ssoSessions[name] = newValue
            case .services: services[name] = newValue
            }
        }
    }

    private mutating func warn(_ file: String, _ line: Int, _ problem: String) {
        warnings.append(ProfileWarning(file: file, line: line, problem: problem))
    }
}

/// A heading taken apart: an optional prefix and a name.
private struct ProfileHeading: Hashable {
    let prefix: String?
    let name: String

    init(_ heading: String) {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        if let blank = heading.firstIndex(where: isBlank) {
            prefix = String(heading[..<blank])
            name = String(heading[blank...].trimmed)
        } else {
            prefix = nil
            name = heading
        }
    }

    /// Where the section belongs; nil when the file ignores it.
    func target(in kind: ProfileFileKind) -> ProfileSectionKind? {
        guard name.isProfileIdentifier else { return nil }
        switch (kind, prefix) {
        case (.credentials, nil): return .profile
        case (.config, nil): return name == "default" ? .profile : nil
        case (.config, "profile"): return .profile
        case (.config, "sso-session"): return .ssoSession
        case (.config, "services"): return .services
        case (.credentials, .some), (.config, .some): return nil
        }
    }
}

extension ProfileFileKind {
    fileprivate var rule: String {
        switch self {
        case .config:
            "expected [default], [profile NAME], [sso-session NAME] or [services NAME]"
        case .credentials:
            "expected a bare profile name such as [NAME]"
        }
    }
}

extension String {
    /// Whether this may name a profile or a property.
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
