import Primitives
import YAML

/// Collects the errors while one file is read, so that all of them are reported at once.
///
/// One reader owns it; it is not shared.
final class ErrorLog {
    private let file: String
    private var errors: Set<SettingsError> = []

    init(file: String) {
        self.file = file
    }

    /// Whether there is no error so far.
    var isEmpty: Bool { errors.isEmpty }

    /// The errors in the file's order; one that an alias repeats is there once.
    var sorted: [SettingsError] {
        errors.sorted { left, right in
            left.position == right.position
                ? left.description < right.description : left.position < right.position
        }
    }

    func add(
        at position: SourcePosition,
        _ key: String,
        _ problem: String,
        expected: String? = nil,
        suggestion: String? = nil
    ) {
        errors.insert(
            SettingsError(
                file: file,
                position: position,
                key: key,
                problem: problem + ErrorLog.remark(problem),
                expected: expected,
                suggestion: suggestion
            )
        )
    }

    /// A remark on a value whose form has a meaning in other formats.
    private static func remark(_ problem: String) -> String {
        guard
            let start = problem.firstIndex(where: { $0 == "$" || $0 == "{" || quotes.contains($0) })
        else { return "" }
        if quotes.contains(problem[start]) { return " (typographic quotes are part of the text)" }
        let value = problem[start...].prefix { $0 != "\"" && $0 != " " }
        guard !problem.contains("variables are not replaced"),
            Variables.reference(in: problem) != nil || Variables.isBare(String(value))
        else { return "" }
        return " (variables are not replaced)"
    }

    private static let quotes: Set<Character> = [
        "\u{201C}", "\u{201D}", "\u{201E}", "\u{2018}", "\u{2019}",
    ]

    /// The path of a key below another.
    static func path(_ parent: String, _ key: String) -> String {
        parent.isEmpty ? shown(key) : "\(parent).\(shown(key))"
    }

    /// A text from the file, safe for a line of output: short, no control characters.
    static func shown(_ text: String) -> String {
        // Names, nearly always.
        if text.utf8.count <= 80, text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) {
            return text
        }
        var shown = ""
        for (count, scalar) in text.unicodeScalars.enumerated() {
            guard count < 80 else { return shown + "..." }
            if isPlain(scalar) {
                shown.unicodeScalars.append(scalar)
            } else {
                shown += "\\u{\(String(scalar.value, radix: 16))}"
            }
        }
        return shown
    }

    /// Whether a character neither controls the output nor hides in it.
    static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.steersOutput { return false }
        return switch scalar.properties.generalCategory {
        // Readers cannot tell other blanks from the ordinary space.
        case .spaceSeparator: scalar == " "
        case .unassigned, .privateUse: false
        case _: true
        }
    }
}
