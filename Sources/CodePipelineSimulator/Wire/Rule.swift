/// A constraint of the API model on one member of a request.
enum Rule {
    case length(ClosedRange<Int>)
    case maximumLength(Int)
    case pattern(String, @Sendable (String) -> Bool)
    case oneOf([String])

    /// The violation of a value, in AWS's wording; nil when it is valid.
    func violation(_ value: String) -> String? {
        switch self {
        case .length(let range):
            let count = value.unicodeScalars.count
            if count < range.lowerBound {
                return "Member must have length greater than or equal to \(range.lowerBound)"
            }
            return count > range.upperBound
                ? "Member must have length less than or equal to \(range.upperBound)" : nil
        case .maximumLength(let limit):
            return value.unicodeScalars.count > limit
                ? "Member must have length less than or equal to \(limit)" : nil
        case .pattern(let text, let matches):
            return matches(value)
                ? nil : "Member must satisfy regular expression pattern: \(text)"
        case .oneOf(let values):
            return values.contains(value)
                ? nil
                : "Member must satisfy enum value set: "
                    + "[\(values.sorted().joined(separator: ", "))]"
        }
    }
}

extension Rule {
    /// The rules of API shapes PipelineName, StageName and ActionName.
    static let name: [Rule] = [
        .length(1...100),
        .pattern(#"[A-Za-z0-9.@\-_]+"#) { isName($0) },
    ]

    /// The rule of API shapes PipelineExecutionId and ApprovalToken.
    static let uuid: [Rule] = [
        .pattern("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}") { isUUID($0) }
    ]

    /// The rule of API shape NextToken.
    static let nextToken: [Rule] = [.length(1...2048)]

    /// The rules of API shape DisabledReason.
    static let disabledReason: [Rule] = [
        .length(1...300),
        .pattern(#"[a-zA-Z0-9!@ \(\)\.\*\?\-]+"#) { text in
            text.utf8.allSatisfy { isAlphanumeric($0) || Array("!@ ().*?-".utf8).contains($0) }
        },
    ]

    /// The rules of API shape ClientRequestToken.
    static let requestToken: [Rule] = [
        .length(1...128),
        .pattern("^[a-zA-Z0-9-]+$") { text in
            !text.isEmpty && text.utf8.allSatisfy { isAlphanumeric($0) || $0 == 0x2D }
        },
    ]

    /// The rules of API shape ActionProvider.
    static let provider: [Rule] = [
        .length(1...35),
        .pattern("[0-9A-Za-z_-]+") { isToken($0) },
    ]

    /// The rules of API shape Version.
    static let version: [Rule] = [
        .length(1...9),
        .pattern("[0-9A-Za-z_-]+") { isToken($0) },
    ]

    /// The rules of API shape RoleArn.
    static let roleARN: [Rule] = [
        .maximumLength(1024),
        .pattern(#"arn:aws(-[\w]+)*:iam::[0-9]{12}:role/.*"#) { isRoleARN($0) },
    ]

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { isAlphanumeric($0) || Array(".@-_".utf8).contains($0) }
    }

    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { isAlphanumeric($0) || $0 == 0x2D || $0 == 0x5F }
    }

    static func isUUID(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 36 else { return false }
        return bytes.indices.allSatisfy { index in
            if [8, 13, 18, 23].contains(index) { return bytes[index] == UInt8(ascii: "-") }
            switch bytes[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"):
                return true
            default: return false
            }
        }
    }

    private static func isRoleARN(_ text: String) -> Bool {
        let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", parts[1] == "aws" || parts[1].hasPrefix("aws-"),
            parts[2] == "iam", parts[3].isEmpty, parts[4].utf8.count == 12,
            parts[4].utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return false }
        return parts[5].hasPrefix("role/")
    }
}
