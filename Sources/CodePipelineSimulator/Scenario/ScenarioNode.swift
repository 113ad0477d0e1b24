import YAML

/// A node of a scenario file with its path, and the list that collects problems.
struct ScenarioNode {
    let node: YAMLNode
    let path: String

    var line: Int {
        node.position.line
    }

    /// The text of a scalar; nil for any other node.
    var text: String? {
        node.text
    }

    var integer: Int? {
        guard case .integer(let value) = scalar else { return nil }
        return value
    }

    var number: Double? {
        switch scalar {
        case .integer(let value): value.map(Double.init)
        case .float(let value): value
        case .null, .boolean, .text, nil: nil
        }
    }

    var bool: Bool? {
        guard case .boolean(let value) = scalar else { return nil }
        return value
    }

    /// The items of a sequence; nil for any other node.
    var items: [YAMLNode]? {
        guard case .sequence(let items) = node.content else { return nil }
        return items
    }

    /// The members of a mapping; nil for any other node.
    var pairs: [YAMLPair]? {
        guard case .mapping(let pairs) = node.content else { return nil }
        return pairs
    }

    /// The members of a mapping whose values are scalars; nil for any other node.
    var texts: [String: String]? {
        guard let pairs else { return nil }
        var texts: [String: String] = [:]
        for pair in pairs {
            guard let name = pair.key.text, let text = pair.value.text else { return nil }
            texts[name] = text
        }
        return texts
    }

    /// The type and value of a plain scalar; nil for any other node.
    private var scalar: PlainScalar? {
        guard case .plain(let text) = node.content else { return nil }
        return PlainScalar(text)
    }

    func child(_ key: String, _ node: YAMLNode) -> ScenarioNode {
        ScenarioNode(node: node, path: path.isEmpty ? key : "\(path).\(key)")
    }

    func element(_ index: Int, _ node: YAMLNode) -> ScenarioNode {
        ScenarioNode(node: node, path: "\(path)[\(index)]")
    }
}

/// Collects the problems of one file.
struct ProblemList {
    let file: String
    private(set) var problems: [ScenarioError.Problem] = []

    init(file: String) {
        self.file = file
    }

    mutating func add(_ node: ScenarioNode, _ what: String) {
        problems.append(
            ScenarioError.Problem(file: file, line: node.line, key: node.path, what: what)
        )
    }
}

/// A mapping whose keys are all known.
struct ScenarioMapping {
    let whole: ScenarioNode
    private var members: [String: ScenarioNode] = [:]

    /// Reads a mapping; reports unknown keys, and returns an empty one for any other node.
    init(_ whole: ScenarioNode, keys: [String], _ problems: inout ProblemList) {
        self.whole = whole
        guard let pairs = whole.pairs else {
            problems.add(whole, "expected a mapping with \(keys.joined(separator: ", "))")
            return
        }
        for pair in pairs {
            let name = pair.key.text ?? ""
            let place = whole.child(name, pair.key)
            guard keys.contains(name) else {
                problems.add(place, "unknown key; expected \(keys.joined(separator: ", "))")
                continue
            }
            guard members[name] == nil else {
                problems.add(place, "the key is given twice")
                continue
            }
            members[name] = whole.child(name, pair.value)
        }
    }

    subscript(key: String) -> ScenarioNode? {
        members[key]
    }

    /// The text of a scalar member.
    func text(
        _ key: String,
        default fallback: String? = nil,
        _ problems: inout ProblemList
    ) -> String {
        guard let node = members[key] else {
            if let fallback { return fallback }
            problems.add(whole, "the key '\(key)' is missing")
            return ""
        }
        guard let text = node.text else {
            problems.add(node, "expected text")
            return ""
        }
        return text
    }

    func optionalText(_ key: String, _ problems: inout ProblemList) -> String? {
        members[key] == nil ? nil : text(key, &problems)
    }

    func bool(_ key: String, _ problems: inout ProblemList) -> Bool {
        guard let node = members[key] else { return false }
        guard let value = node.bool else {
            problems.add(node, "expected true or false")
            return false
        }
        return value
    }

    func integer(
        _ key: String,
        default fallback: Int,
        in range: ClosedRange<Int>,
        _ problems: inout ProblemList
    ) -> Int {
        guard let node = members[key] else { return fallback }
        guard let value = node.integer, range.contains(value) else {
            problems.add(
                node,
                "expected a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
            return fallback
        }
        return value
    }

    func duration(
        _ key: String,
        default fallback: Duration?,
        _ problems: inout ProblemList
    ) -> Duration {
        guard let node = members[key] else {
            if fallback == nil {
                problems.add(whole, "the key '\(key)' is missing")
            }
            return fallback ?? .zero
        }
        return Self.duration(node, &problems)
    }

    static func duration(_ node: ScenarioNode, _ problems: inout ProblemList) -> Duration {
        guard let text = node.text, let duration = parseDuration(text) else {
            problems.add(node, "expected a duration such as 250ms, 2s, 5m or 1h")
            return .zero
        }
        return duration
    }

    /// A member from a closed set of words.
    func choice<Value: RawRepresentable & CaseIterable>(
        _ key: String,
        default fallback: Value,
        _ problems: inout ProblemList
    ) -> Value where Value.RawValue == String {
        guard let node = members[key] else { return fallback }
        guard let text = node.text, let value = Value(rawValue: text) else {
            let words = Value.allCases.map(\.rawValue).joined(separator: ", ")
            problems.add(node, "expected one of \(words)")
            return fallback
        }
        return value
    }

    /// The elements of a sequence member; an absent one is empty.
    func list(_ key: String, _ problems: inout ProblemList) -> [ScenarioNode] {
        members[key].map { Self.list($0, &problems) } ?? []
    }

    static func list(_ node: ScenarioNode, _ problems: inout ProblemList) -> [ScenarioNode] {
        guard let items = node.items else {
            problems.add(node, "expected a list")
            return []
        }
        return items.enumerated().map { node.element($0.offset, $0.element) }
    }
}
