/// References to variables, as shells and templates have them; the file has none.
enum Variables {
    /// The first reference in a text, such as `${AWS_REGION}`, `{{ region }}` or `$(region)`.
    static func reference(in text: String) -> String? {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "$") || $0 == UInt8(ascii: "{") })
        else { return nil }
        for (open, close) in [("${", "}"), ("{{", "}}"), ("$(", ")")] {
            guard let start = text.firstRange(of: open) else { continue }
            let rest = text[start.upperBound...]
            guard let end = rest.firstRange(of: close) else { continue }
            let name = rest[..<end.lowerBound].drop { $0 == " " }
            guard let first = name.first, first.isLetter || first == "_" || first == "." else {
                continue
            }
            return ErrorLog.shown(String(text[start.lowerBound..<end.upperBound]))
        }
        return nil
    }

    /// Whether a value is one shell reference without braces, such as `$AWS_REGION`.
    static func isBare(_ text: String) -> Bool {
        let name = text.dropFirst()
        return text.first == "$" && !name.isEmpty
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }
}
