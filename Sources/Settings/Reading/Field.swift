import YAML

/// One value of the config file with its position and the log for its errors.
///
/// Every reading method returns nil after it has reported why, so that a caller never reports the
/// same error again.
struct Field {
    let node: YAMLNode
    /// The value's path from the root.
    let key: String
    let log: ErrorLog

    var position: SourcePosition { node.position }

    /// Reports an error of this value.
    func reject(_ problem: String, expected: String? = nil, suggestion: String? = nil) {
        log.add(at: position, key, problem, expected: expected, suggestion: suggestion)
    }

    /// Reports that the value is of another type than expected; does nothing if an error is already
    /// reported.
    func mismatch(expected: String) {
        switch node.content {
        case .faulty:
            break
        case .sequence:
            reject("is a list", expected: expected)
        case .mapping(let pairs):
            // `{{ name }}` is a mapping whose key is a mapping.
            let isTemplate = pairs.contains {
                if case .mapping = $0.key.content { true } else { false }
            }
            let template = "is {{ }}, which YAML reads as a mapping (variables are not replaced)"
            reject(isTemplate ? template : "is a mapping", expected: expected)
        case .quoted(let text):
            reject("is the text \"\(ErrorLog.shown(text))\"", expected: expected)
        case .plain(let text):
            switch PlainScalar(text) {
            case .null:
                reject("has no value", expected: expected)
            case .boolean, .integer, .float, .text:
                let isPair = expected.hasPrefix("a mapping") && text.contains(":")
                let remark = isPair ? ", without a space after the colon" : ""
                reject("is \(ErrorLog.shown(text))\(remark)", expected: expected)
            }
        }
    }

    /// The items of a list that may not be empty.
    func items(expected: String) -> [Field]? {
        guard case .sequence(let nodes) = node.content else {
            mismatch(expected: expected)
            return nil
        }
        guard !nodes.isEmpty else {
            reject("is an empty list", expected: expected)
            return nil
        }
        return nodes.enumerated().map { index, node in
            Field(node: node, key: "\(key)[\(index)]", log: log)
        }
    }

    /// The value as a list, where a single value is shorthand for a list of one.
    func itemsOrOne(expected: String) -> [Field]? {
        if case .sequence = node.content { return items(expected: expected) }
        return [self]
    }

    /// A text that is not empty, of so many characters at most, on one line.
    func text(expected: @autoclosure () -> String, most: Int = 1024) -> String? {
        let found: String
        switch node.content {
        case .quoted(let text):
            found = text
        case .plain(let text):
            guard case .text = PlainScalar(text) else {
                if case .null = PlainScalar(text) {
                    mismatch(expected: expected())
                } else {
                    reject(
                        "is \(ErrorLog.shown(text)), which YAML does not read as text",
                        expected: "\(expected()), in quotes"
                    )
                }
                return nil
            }
            found = text
        case .sequence, .mapping, .faulty:
            mismatch(expected: expected())
            return nil
        }
        guard !found.isEmpty else {
            reject("is empty", expected: expected())
            return nil
        }
        guard found.unicodeScalars.count <= most else {
            reject("is longer than \(most) characters", expected: expected())
            return nil
        }
        return found
    }

    /// A whole number within bounds.
    func integer(in range: ClosedRange<Int>, _ what: String = "a whole number") -> Int? {
        let expected = "\(what) from \(range.lowerBound) to \(range.upperBound)"
        guard case .plain(let text) = node.content, case .integer(let found) = PlainScalar(text)
        else {
            mismatch(expected: expected)
            return nil
        }
        guard let found, range.contains(found) else {
            reject("is \(ErrorLog.shown(text))", expected: expected)
            return nil
        }
        return found
    }

    /// A number within bounds, the lower one excluded when `above` is set.
    func number(
        from lower: Double,
        to upper: Double,
        isAbove: Bool = false
    ) -> Double? {
        let bound = isAbove ? "above \(short(lower))" : "from \(short(lower))"
        let expected = "a number \(bound) to \(short(upper))"
        guard case .plain(let text) = node.content else {
            mismatch(expected: expected)
            return nil
        }
        let found: Double
        switch PlainScalar(text) {
        case .integer(let number): found = number.map(Double.init) ?? .infinity
        case .float(let number): found = number
        case .null, .boolean, .text:
            mismatch(expected: expected)
            return nil
        }
        guard found <= upper, isAbove ? found > lower : found >= lower else {
            reject("is \(ErrorLog.shown(text))", expected: expected)
            return nil
        }
        return found
    }

    func boolean() -> Bool? {
        guard case .plain(let text) = node.content, case .boolean(let found) = PlainScalar(text)
        else {
            mismatch(expected: "true or false")
            return nil
        }
        return found
    }

    /// A length of time of at least one second, such as `90s` or `1h30m`.
    func duration() -> Duration? {
        let expected = "a duration such as 30s, 5m, 2h or 1d"
        guard let text = scalarText else {
            mismatch(expected: expected)
            return nil
        }
        switch DurationText.parse(text) {
        case .success(let duration):
            return duration
        case .failure(.malformed):
            mismatch(expected: expected)
        case .failure(.tooShort):
            reject("is \(ErrorLog.shown(text))", expected: "1s at least")
        case .failure(.tooLong):
            reject("is \(ErrorLog.shown(text))", expected: "366d at most")
        }
        return nil
    }

    /// One of the values of an enumeration.
    func choice<Choice>(
        _ type: Choice.Type,
        of allowed: [Choice]? = nil
    ) -> Choice? where Choice: RawRepresentable<String> & CaseIterable {
        let words = (allowed ?? Array(Choice.allCases)).map(\.rawValue)
        let expected = words.listed(with: "or")
        guard let text = scalarText else {
            mismatch(expected: expected)
            return nil
        }
        guard words.contains(text), let found = Choice(rawValue: text) else {
            reject(
                text.isEmpty ? "has no value" : "is \(ErrorLog.shown(text))",
                expected: expected,
                suggestion: words.count > 2
                    ? Suggestion.nearest(to: text, among: words) : nil
            )
            return nil
        }
        return found
    }

    /// Whether the value is this plain word.
    func isWord(_ word: String) -> Bool { scalarText == word }

    /// The text of a scalar of any type.
    var scalarText: String? { node.text }

    private func short(_ number: Double) -> String {
        number == number.rounded() ? String(Int(number)) : String(number)
    }
}

extension [String] {
    /// `a`, `a or b`, `a, b or c`.
    func listed(with word: String) -> String {
        guard let last, count > 1 else { return first ?? "" }
        return dropLast().joined(separator: ", ") + " \(word) " + last
    }
}
