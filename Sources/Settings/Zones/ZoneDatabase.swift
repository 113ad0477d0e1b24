/// Where time zones are read from.
package struct ZoneDatabase: Sendable {
    /// The TZif file (RFC 8536) of a zone; nil when there is none of that name.
    package let file: @Sendable (_ name: String) -> [UInt8]?
    /// All names, for suggestions.
    package let names: @Sendable () -> [String]

    /// Creates a database.
    package init(
        file: @escaping @Sendable (_ name: String) -> [UInt8]?,
        names: @escaping @Sendable () -> [String]
    ) {
        self.file = file
        self.names = names
    }
}

extension ZoneDatabase {
    /// The database of the operating system: Debian's package tzdata, below `/usr/share/zoneinfo`.
    package static let system = ZoneDatabase(
        file: { SystemFile.contents("/usr/share/zoneinfo/\($0)", atMost: 65_536) },
        names: {
            SystemFile.contents("/usr/share/zoneinfo/tzdata.zi", atMost: 1 << 20)
                .map(zoneNames) ?? []
        }
    )

    /// The names in `tzdata.zi`: lines `Z NAME ...` are zones, lines `L TARGET NAME` other names.
    static func zoneNames(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let words = line.split(separator: UInt8(ascii: " "), maxSplits: 3)
            switch (words.first?.first, words.count) {
            case (UInt8(ascii: "Z"), 2...): return String(decoding: words[1], as: UTF8.self)
            case (UInt8(ascii: "L"), 3...): return String(decoding: words[2], as: UTF8.self)
            case _: return nil
            }
        }
    }

    /// Whether a text can be the name of a zone: words of `A-Z a-z 0-9 _ + -` between slashes.
    ///
    /// Nothing else reaches the file system. The copies below `right/` and `posix/` are excluded:
    /// the first count leap seconds.
    static func isName(_ name: String) -> Bool {
        guard (1...64).contains(name.utf8.count) else { return false }
        let words = name.split(separator: "/", omittingEmptySubsequences: false)
        guard words.first != "right", words.first != "posix" else { return false }
        return words.allSatisfy { word in
            !word.isEmpty
                && word.utf8.allSatisfy { byte in
                    byte != UInt8(ascii: ".") && byte != UInt8(ascii: "@")
                        && NameForm.isAWSCharacter(byte) || byte == UInt8(ascii: "+")
                }
        }
    }
}
