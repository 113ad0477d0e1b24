/// Collects what is wrong while one file is read, so that all of it is reported at once.
///
/// One reader owns it; it is not shared.
final class FaultLog {
    private let file: String
    private var faults: Set<SettingsFault> = []

    init(file: String) {
        self.file = file
    }

    /// Whether nothing is wrong so far.
    var isEmpty: Bool { faults.isEmpty }

    /// The faults in the file's order; what an alias repeats is there once.
    var sorted: [SettingsFault] {
        faults.sorted { left, right in
            left.mark == right.mark
                ? left.description < right.description : left.mark < right.mark
        }
    }

    func add(
        at mark: Mark,
        _ key: String,
        _ problem: String,
        expected: String? = nil,
        suggestion: String? = nil
    ) {
        faults.insert(
            SettingsFault(
                file: file,
                mark: mark,
                key: key,
                problem: problem,
                expected: expected,
                suggestion: suggestion
            )
        )
    }

    /// The path of a key below another.
    static func path(_ parent: String, _ key: String) -> String {
        parent.isEmpty ? shown(key) : "\(parent).\(shown(key))"
    }

    /// A text from the file as it may stand in a line of output: short, no control characters.
    static func shown(_ text: String) -> String {
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
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse,
            .surrogate:
            false
        case _:
            true
        }
    }
}
