/// CodeBuild's sentence about a command that failed: `Error while executing command: <script>.
/// Reason: exit status 1`.
///
/// The script is what the user wrote, not what happened: no rule and no fingerprint may see it.
package struct CommandError: Hashable, Sendable {
    /// The text before the sentence.
    package let before: String
    /// The script.
    package let command: String
    /// The reason, such as `exit status 1`.
    package let reason: String

    /// Finds the sentence in a text; nil when it is not there.
    ///
    /// A script may have the words of the sentence itself: the last reason counts.
    package init?(in text: String) {
        guard let start = text.firstRange(of: "Error while executing command: ") else {
            return nil
        }
        let rest = text[start.upperBound...]
        let reason = rest.ranges(of: "Reason: ").last
        before = String(text[..<start.lowerBound])
        command = CommandError.trimmed(rest[..<(reason?.lowerBound ?? rest.endIndex)])
        self.reason = reason.map { String(rest[$0.upperBound...]) } ?? ""
    }

    /// The text without the script.
    package var withoutCommand: String {
        reason.isEmpty ? before : before + "Reason: " + reason
    }

    /// The number after `exit status`.
    package var exitStatus: Int? {
        CommandError.exitStatus(atEndOf: reason)
    }

    /// The number at the end of `… exit status 1`.
    static func exitStatus(atEndOf text: String) -> Int? {
        let words = text.split { $0 == " " || $0 == "\n" || $0 == "." }.suffix(3)
        guard words.count == 3, words.dropLast().elementsEqual(["exit", "status"]) else {
            return nil
        }
        return words.last.flatMap { Int($0) }
    }

    private static func trimmed(_ text: Substring) -> String {
        var rest = text
        while let last = rest.last, last == " " || last == "\n" || last == "." { rest.removeLast() }
        return String(rest)
    }
}
