/// The forms of the names in the config file.
enum NameForm {
    /// The characters that a name in CodePipeline may have (API model: PipelineName, StageName,
    /// ActionName).
    static func isAWSCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "@"),
            UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        case _:
            false
        }
    }

    static func isGlobCharacter(_ byte: UInt8) -> Bool {
        isWildcard(byte) || isAWSCharacter(byte)
    }

    /// The characters of a glob that stand for others.
    static func isWildcard(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?")
    }

    /// The form of a name that is sent to AWS, for errors.
    static let aws = "1 to 100 of A-Z a-z 0-9 . @ _ -"
    /// The form of a glob, for errors.
    static let glob = "a glob of A-Z a-z 0-9 . @ _ - * ?"
}

extension NameForm {
    /// Whether a name has the form of CodePipeline's names.
    static func check(_ name: String) -> Bool {
        (1...100).contains(name.utf8.count) && name.utf8.allSatisfy(isAWSCharacter)
    }

    /// Whether a text fits in one line of output, without spaces at its ends.
    static func isOneLine(_ text: String) -> Bool {
        text.first != " " && text.last != " "
            && text.unicodeScalars.allSatisfy { ErrorLog.isPlain($0) }
    }
}
