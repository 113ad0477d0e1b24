/// Which of the two shared files a text comes from; their section rules differ.
package enum ProfileFileKind: Hashable, Sendable, CustomStringConvertible {
    /// `~/.aws/config`: sections carry a `profile`, `sso-session` or `services` prefix.
    case config
    /// `~/.aws/credentials`: sections are bare profile names.
    case credentials

    /// The word for an error text.
    package var description: String {
        switch self {
        case .config: "config file"
        case .credentials: "credentials file"
        }
    }
}

/// A shared file that cannot be read as profiles; never holds a value of the file.
package struct ProfileFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The path or other name of the file.
    package let file: String
    /// The line, counted from 1; 0 when the whole file is meant.
    package let line: Int
    /// What is wrong there.
    package let problem: String

    /// Makes an error of a place and what is wrong there.
    package init(file: String, line: Int, problem: String) {
        self.file = file
        self.line = line
        self.problem = problem
    }

    package var description: String {
        line == 0 ? "\(file): \(problem)" : "\(file):\(line): \(problem)"
    }
}

/// One `name = value` of a shared file with its continuation lines.
///
/// The value may be a secret key: no rendering shows it.
package struct ProfileProperty: Hashable, Sendable, CustomStringConvertible,
    CustomDebugStringConvertible, CustomReflectable
{
    /// The value, trimmed; continuation lines follow, each after a line feed.
    package var value: String
    /// The line of the name, counted from 1.
    package let line: Int
    /// The file that it stands in.
    package let kind: ProfileFileKind

    /// Makes a property of its parts.
    package init(value: String, line: Int, kind: ProfileFileKind) {
        self.value = value
        self.line = line
        self.kind = kind
    }

    package var description: String { "\(kind), line \(line)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// One section of a file as written, before any name is judged.
struct RawProfileSection: Sendable {
    /// The text between the brackets, trimmed.
    let heading: String
    /// The line of the heading, counted from 1.
    let line: Int
    /// The properties in order; names are in lower case.
    var properties: [(name: String, property: ProfileProperty)] = []
}

/// Reads the text of a shared file into its sections.
///
/// Syntax faults are fatal wherever they stand, also in a section whose name will be ignored. The
/// rules are those of the SDKs' shared configuration files.
struct ProfileSyntax {
    private let file: String
    private let kind: ProfileFileKind
    private var line = 0
    private var sections: [RawProfileSection] = []
    /// Whether the lines that follow may continue the last property of the last section.
    private var isInProperty = false
    /// Whether the last property's own line has no value, so that what follows are sub-properties.
    private var hasSubproperties = false

    private init(file: String, kind: ProfileFileKind) {
        self.file = file
        self.kind = kind
    }

    /// Reads a whole text.
    ///
    /// - Throws: ``ProfileFileError`` at the first line that does not fit.
    static func sections(
        of text: String,
        file: String,
        kind: ProfileFileKind
    ) throws(ProfileFileError) -> [RawProfileSection] {
        var syntax = ProfileSyntax(file: file, kind: kind)
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.endsLine) {
            syntax.line += 1
            try syntax.read(line)
        }
        return syntax.sections
    }

    private mutating func read(_ line: Substring) throws(ProfileFileError) {
        guard !line.trimmed.isEmpty, let first = line.first, !first.startsComment else { return }
        if first == "[" {
            try readHeading(line)
        } else if first.isBlank {
            try readContinuation(line)
        } else {
            try readProperty(line)
        }
    }

    private mutating func readHeading(_ line: Substring) throws(ProfileFileError) {
        let bare = line.withoutComment(afterBlankOnly: false).trimmed
        guard bare.last == "]" else { throw fault("Profile definition must end with ']'") }
        let heading = bare.dropFirst().dropLast().trimmed
        sections.append(RawProfileSection(heading: String(heading), line: self.line))
        isInProperty = false
    }

    private mutating func readProperty(_ line: Substring) throws(ProfileFileError) {
        guard let section = sections.indices.last else {
            throw fault("Expected a profile definition before the first property")
        }
        let bare = line.withoutComment(afterBlankOnly: true).trimmed
        let (name, value) = try split(bare, as: "property")
        let property = ProfileProperty(value: String(value), line: self.line, kind: kind)
        sections[section].properties.append((name.lowercased(), property))
        isInProperty = true
        hasSubproperties = value.isEmpty
    }

    private mutating func readContinuation(_ line: Substring) throws(ProfileFileError) {
        guard let section = sections.indices.last else {
            throw fault("Expected a profile definition, found continuation")
        }
        guard isInProperty, let property = sections[section].properties.indices.last else {
            throw fault("Expected a property definition, found continuation")
        }
        let text = line.trimmed
        // An indented comment among sub-properties is what people write; it is kept and not judged.
        if hasSubproperties, let first = text.first, !first.startsComment {
            _ = try split(text, as: "sub-property")
        }
        sections[section].properties[property].property.value += "\n" + text
    }

    private func split(
        _ text: Substring,
        as what: String
    ) throws(ProfileFileError) -> (name: Substring, value: Substring) {
        guard let equals = text.firstIndex(of: "=") else {
            throw fault("Expected an '=' sign defining a \(what)")
        }
        let name = text[..<equals].trimmed
        guard !name.isEmpty else {
            throw fault("Property did not have a name" + (what == "property" ? "" : " in \(what)"))
        }
        return (name, text[text.index(after: equals)...].trimmed)
    }

    private func fault(_ problem: String) -> ProfileFileError {
        ProfileFileError(file: file, line: line, problem: problem)
    }
}

extension Character {
    /// Whether this is the only white space that the shared files know.
    fileprivate var isBlank: Bool { self == " " || self == "\t" }
    fileprivate var startsComment: Bool { self == "#" || self == ";" }
    fileprivate var endsLine: Bool { self == "\n" || self == "\r\n" }
}

extension Substring {
    /// The text without spaces and tabs at its ends.
    var trimmed: Substring {
        var text = self
        while let first = text.first, first.isBlank { text.removeFirst() }
        while let last = text.last, last.isBlank { text.removeLast() }
        return text
    }

    /// The text up to its comment sign.
    fileprivate func withoutComment(afterBlankOnly: Bool) -> Substring {
        var previousIsBlank = false
        for index in indices {
            if self[index].startsComment, previousIsBlank || !afterBlankOnly {
                return self[..<index]
            }
            previousIsBlank = self[index].isBlank
        }
        return self
    }
}
