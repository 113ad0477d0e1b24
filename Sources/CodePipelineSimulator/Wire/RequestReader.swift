/// Reads the members of a request and collects every violation, as the service reports them.
struct RequestReader {
    private let body: JSON
    private let path: String
    private(set) var faults: [String] = []
    private(set) var serialization: String?

    init(_ body: JSON, path: String = "") {
        self.body = body
        self.path = path
    }

    /// A string member; an absent one is a violation when it is required.
    mutating func string(_ key: String, _ rules: [Rule] = [], required: Bool = true) -> String {
        guard let value = body[key] else {
            if required { missing(key) }
            return ""
        }
        guard let text = value.string else {
            wrongType(key, "a string")
            return ""
        }
        for rule in rules {
            if let violation = rule.violation(text) {
                faults.append(
                    "Value at '\(path)\(key)' failed to satisfy constraint: \(violation)"
                )
            }
        }
        return text
    }

    /// A string member that may be absent.
    mutating func optionalString(_ key: String, _ rules: [Rule] = []) -> String? {
        body[key] == nil ? nil : string(key, rules)
    }

    /// A boolean member; absent counts as false.
    mutating func bool(_ key: String) -> Bool {
        guard let value = body[key] else { return false }
        guard let bool = value.bool else {
            wrongType(key, "a boolean")
            return false
        }
        return bool
    }

    /// A whole number within a range, or nil when absent.
    mutating func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let value = body[key] else { return nil }
        guard let number = value.integer, let integer = Int(exactly: number) else {
            wrongType(key, "an integer")
            return nil
        }
        if integer < range.lowerBound {
            violation(
                key,
                "Member must have value greater than or equal to \(range.lowerBound)"
            )
        } else if integer > range.upperBound {
            violation(
                key,
                "Member must have value less than or equal to \(range.upperBound)"
            )
        }
        return integer
    }

    /// A structure member, to be read with a reader of its own.
    mutating func structure(_ key: String, required: Bool) -> JSON? {
        guard let value = body[key] else {
            if required { missing(key) }
            return nil
        }
        guard value.object != nil else {
            wrongType(key, "a structure")
            return nil
        }
        return value
    }

    /// A list member.
    mutating func list(_ key: String, required: Bool) -> [JSON] {
        guard let value = body[key] else {
            if required { missing(key) }
            return []
        }
        guard let elements = value.array else {
            wrongType(key, "a list")
            return []
        }
        return elements
    }

    /// Takes over the errors of another reader.
    mutating func absorb(_ other: RequestReader) {
        faults += other.faults
        serialization = serialization ?? other.serialization
    }

    /// Throws the collected errors: a value of the wrong type first.
    func finish() throws(ServiceError) {
        if let serialization {
            throw .serialization(serialization)
        }
        guard faults.isEmpty else { throw .validation(faults) }
    }

    private mutating func missing(_ key: String) {
        faults.append(
            "Value at '\(path)\(key)' failed to satisfy constraint: Member must not be null"
        )
    }

    private mutating func violation(_ key: String, _ what: String) {
        faults.append("Value at '\(path)\(key)' failed to satisfy constraint: \(what)")
    }

    private mutating func wrongType(_ key: String, _ expected: String) {
        serialization = serialization ?? "The member '\(path)\(key)' is not \(expected)."
    }
}
