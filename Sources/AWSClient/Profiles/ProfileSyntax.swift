/// The shared file that a text comes from; their section rules differ.
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

/// A line of a shared file that cannot be read; never contains a value of the file.
package struct ProfileFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The path or other name of the file.
    package let file: String
    /// The line, counted from 1; 0 when the whole file is meant.
    package let line: Int
    /// The problem.
    package let problem: String

    /// Creates an error from a position and the problem.
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
    package private(set) var value: String
    /// The line of the name, counted from 1.
    package let line: Int
    /// The file that contains it.
    package let kind: ProfileFileKind
    /// The path or other name of that file; empty where there is none.
    package let file: String
    /// The first line that continues the value; nil when it is one line.
    private(set) var continuedAt: Int?

    /// Creates a property.
    package init(value: String, line: Int, kind: ProfileFileKind, file: String = "") {
        self.value = value
        self.line = line
        self.kind = kind
        self.file = file
    }

    /// Adds a line that continues the value.
    mutating func append(_ text: Substring, line: Int) {
        value += "\n" + text
        continuedAt = continuedAt ?? line
    }

    /// Its position: `FILE:LINE`.
    package var description: String { "\(file.isEmpty ? "\(kind)" : file):\(line)" }
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
    /// The lines of the section that cannot be read.
    var errors: [ProfileFileError] = []
}

/// Reads the bytes of a shared file into its sections.
///
/// The rules are those of the SDKs' shared configuration files. If botocore (the AWS CLI) reads a
/// line that those rules reject, the line is read as botocore does and noted as a deviation. A line
/// that neither can read is an error of its section, so that it only affects users of that section.
struct ProfileSyntax {
    private let file: String
    private let kind: ProfileFileKind
    private var line = 0
    private(set) var sections: [RawProfileSection] = []
    /// The unreadable lines before the first heading.
    private(set) var stray: [ProfileFileError] = []
    /// The lines that botocore reads and the rules of the SDKs refuse.
    private(set) var deviations: [ProfileFileError] = []
    /// How far the last property is indented; nil when no line can continue it.
    private var propertyIndent: Int?
    /// Whether the last property's own line has no value, so that sub-properties follow.
    private var hasSubproperties = false

    /// Reads a complete text.
    ///
    /// Lines end with LF, CR LF or CR. A byte order mark at the start is skipped. Bytes that are
    /// not UTF-8 are an error of their line, except in a comment.
    init(_ bytes: [UInt8], file: String, kind: ProfileFileKind) {
        self.file = file
        self.kind = kind
        let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = bytes.starts(with: byteOrderMark) ? bytes.dropFirst(3) : bytes[...]
        if text.contains(0) {
            stray.append(
                ProfileFileError(
                    file: file,
                    line: 0,
                    problem: "the file has zero bytes, as UTF-16 does; save it as UTF-8"
                )
            )
            return
        }
        var rest = text
        while true {
            line += 1
            let end = rest.firstIndex { $0 == 0x0A || $0 == 0x0D }
            read(rest[..<(end ?? rest.endIndex)])
            guard let end else { return }
            let isPair = rest[end] == 0x0D && end + 1 < rest.endIndex && rest[end + 1] == 0x0A
            rest = rest[(end + (isPair ? 2 : 1))...]
        }
    }

    /// The first line that the rules of the SDKs refuse.
    var firstRefusal: ProfileFileError? {
        (sections.flatMap(\.errors) + stray + deviations).min { $0.line < $1.line }
    }

    private mutating func read(_ bytes: ArraySlice<UInt8>) {
        let text = Substring(String(decoding: bytes, as: UTF8.self))
        let bare = text.trimmed
        // An indented comment is still a comment, as for botocore.
        guard let first = bare.unicodeScalars.first, !first.startsComment else { return }
        let indent = text.unicodeScalars.distance(from: text.startIndex, to: bare.startIndex)
        guard Array(text.utf8) == Array(bytes) else {
            if first == "[" { readHeading(bare, indent: indent) }
            propertyIndent = nil
            return refuse("the line has bytes that are not UTF-8; save the file as UTF-8")
        }
        if let propertyIndent, indent > propertyIndent {
            readContinuation(bare)
        } else if first == "[" {
            readHeading(bare, indent: indent)
        } else {
            readProperty(bare, indent: indent)
        }
    }

    private mutating func readHeading(_ text: Substring, indent: Int) {
        propertyIndent = nil
        if indent > 0 { deviate("Expected a property definition, found an indented heading") }
        let (heading, rest) = text.dropFirst().headingAndRest
        sections.append(RawProfileSection(heading: String(heading.trimmed), line: line))
        guard let rest = rest?.trimmed else {
            return refuse("Profile definition must end with ']'")
        }
        guard let first = rest.unicodeScalars.first, !first.startsComment else { return }
        deviate("Profile definition must end with ']'; what follows it is passed over")
    }

    private mutating func readProperty(_ text: Substring, indent: Int) {
        propertyIndent = nil
        guard !sections.isEmpty else {
            return refuse("Expected a profile definition before the first property")
        }
        guard let (name, value) = split(text, as: "property") else { return }
        if indent > 0 { deviate("Expected a property definition, found continuation") }
        let property = ProfileProperty(value: value, line: line, kind: kind, file: file)
        sections[sections.count - 1].properties.append((name, property))
        propertyIndent = indent
        hasSubproperties = value.isEmpty
    }

    private mutating func readContinuation(_ text: Substring) {
        guard let section = sections.indices.last,
            let property = sections[section].properties.indices.last
        else { return refuse("Expected a property definition, found continuation") }
        if hasSubproperties, split(text, as: "sub-property") == nil { return }
        sections[section].properties[property].property.append(text, line: line)
    }

    /// The name in lower case and the value; nil when there is none, which is noted as an error.
    private mutating func split(
        _ text: Substring,
        as what: String
    ) -> (name: String, value: String)? {
        let scalars = text.unicodeScalars
        let sign = what == "property" ? text.propertySign : scalars.firstIndex(of: "=")
        guard let sign else {
            refuse("Expected an '=' sign defining a \(what)")
            return nil
        }
        let name = text[..<sign].trimmed
        guard !name.isEmpty else {
            refuse("Property did not have a name" + (what == "property" ? "" : " in \(what)"))
            return nil
        }
        if scalars[sign] == ":" { deviate("Expected an '=' sign defining a property, found ':'") }
        let rest = text[scalars.index(after: sign)...]
        let lowered = name.lowercased()
        let value = rest.withoutComment(mindingQuotes: lowered == "credential_process")
        return (lowered, String(value.trimmed))
    }

    private mutating func refuse(_ problem: String) {
        let error = ProfileFileError(file: file, line: line, problem: problem)
        if let section = sections.indices.last {
            sections[section].errors.append(error)
        } else {
            stray.append(error)
        }
    }

    private mutating func deviate(_ problem: String) {
        deviations.append(ProfileFileError(file: file, line: line, problem: problem))
    }
}

extension Unicode.Scalar {
    fileprivate var startsComment: Bool { self == "#" || self == ";" }
}

extension Substring {
    /// The separator between name and value: `=`, or a colon as botocore takes it.
    ///
    /// A colon may be a part of a name. Before an `=` it is the separator when a blank is next to
    /// it or the name before it is one that this program reads.
    fileprivate var propertySign: Index? {
        let equals = unicodeScalars.firstIndex(of: "=")
        guard let colon = unicodeScalars.firstIndex(of: ":"), colon < equals ?? endIndex else {
            return equals
        }
        let before = self[..<colon]
        let after = self[unicodeScalars.index(after: colon)...]
        let isApart = before.trimmed.endIndex < colon || after.trimmed.startIndex > after.startIndex
        let isKnown = ProfileSection.usedProperties.contains(before.trimmed.lowercased())
        return equals == nil || isApart || isKnown ? colon : equals
    }

    /// The text without white space at its ends, scalar by scalar.
    var trimmed: Substring {
        var scalars = unicodeScalars
        while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
        while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        return Substring(scalars)
    }

    /// The text before the closing bracket and the text after it, nil when there is no bracket.
    ///
    /// A bracket or comment character between quotes is a part of the name.
    fileprivate var headingAndRest: (heading: Substring, rest: Substring?) {
        var quote: Unicode.Scalar?
        var cut: Index?
        for index in unicodeScalars.indices {
            let scalar = unicodeScalars[index]
            if let open = quote {
                if scalar == open { quote = nil }
            } else if scalar == "\"" || scalar == "'" {
                quote = scalar
            } else if scalar == "]", cut == nil {
                return (self[..<index], self[unicodeScalars.index(after: index)...])
            } else if scalar.startsComment, cut == nil {
                cut = index
            }
        }
        // A quote that nothing closes is a letter of the name.
        if quote != nil, let end = unicodeScalars.firstIndex(of: "]") {
            return (self[..<end], self[unicodeScalars.index(after: end)...])
        }
        return (self[..<(cut ?? endIndex)], nil)
    }

    /// The text up to a comment sign that follows white space.
    ///
    /// - Parameter mindingQuotes: Whether a sign between quotes is a part of the text.
    /// - Returns: The text in front of the comment, blanks included.
    func withoutComment(mindingQuotes: Bool = false) -> Substring {
        var quote: Unicode.Scalar?
        var previousIsBlank = false
        for index in unicodeScalars.indices {
            let scalar = unicodeScalars[index]
            if let open = quote {
                if scalar == open { quote = nil }
            } else if mindingQuotes, scalar == "\"" || scalar == "'" {
                quote = scalar
            } else if scalar.startsComment, previousIsBlank {
                return self[..<index]
            }
            previousIsBlank = scalar.properties.isWhitespace
        }
        return self
    }
}
