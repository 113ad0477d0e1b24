import FoundationEssentials

/// A JSON value of a test.
enum JSON: Hashable, Decodable {
    case null
    case boolean(Bool)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = JSON.decoded(Bool.self, container) {
            self = .boolean(value)
        } else if let value = JSON.decoded(Double.self, container) {
            self = .number(value)
        } else if let value = JSON.decoded(String.self, container) {
            self = .string(value)
        } else if let value = JSON.decoded([JSON].self, container) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSON].self))
        }
    }

    private static func decoded<Value: Decodable>(
        _ type: Value.Type,
        _ container: any SingleValueDecodingContainer
    ) -> Value? {
        do { return try container.decode(type) } catch { return nil }
    }

    var object: [String: JSON]? { if case .object(let value) = self { value } else { nil } }
    var array: [JSON]? { if case .array(let value) = self { value } else { nil } }
    var string: String? { if case .string(let value) = self { value } else { nil } }
    var number: Double? { if case .number(let value) = self { value } else { nil } }

    subscript(name: String) -> JSON? { object?[name] }

    func at(_ path: [String]) -> JSON? {
        path.reduce(self as JSON?) { value, name in
            if let index = Int(name) { value?.array?[index] } else { value?[name] }
        }
    }
}

/// A validator of the part of JSON Schema (draft 2020-12) that the config's schema uses.
///
/// A keyword that it does not know is a failure, so that nothing in the schema is passed over.
struct JSONSchema {
    let root: JSON

    init(_ root: JSON) {
        self.root = root
    }

    func accepts(_ document: String) throws -> Bool {
        let value = try JSONDecoder().decode(JSON.self, from: Data(document.utf8))
        return try accepts(value, root)
    }

    private static let annotations: Set<String> = [
        "$schema", "$defs", "$comment", "title", "description", "default", "examples",
    ]

    private func accepts(_ value: JSON, _ schema: JSON) throws -> Bool {
        if case .boolean(let answer) = schema { return answer }
        guard let keywords = schema.object else { throw Unexpected(what: "schema \(schema)") }
        return try keywords.allSatisfy { name, argument in
            try JSONSchema.annotations.contains(name)
                || holds(name, argument, of: value, in: keywords)
        }
    }

    private func holds(
        _ name: String,
        _ argument: JSON,
        of value: JSON,
        in keywords: [String: JSON]
    ) throws -> Bool {
        switch name {
        case "$ref":
            let path = (argument.string ?? "").split(separator: "/").dropFirst().map(String.init)
            guard let target = root.at(path) else { throw Unexpected(what: "\(argument)") }
            return try accepts(value, target)
        case "type": return isOf(type: argument.string ?? "", value)
        case "enum": return argument.array?.contains(value) == true
        case "const": return argument == value
        case "not": return try !accepts(value, argument)
        case "anyOf": return try argument.array?.contains { try accepts(value, $0) } == true
        case "allOf": return try argument.array?.allSatisfy { try accepts(value, $0) } == true
        case "oneOf":
            return try argument.array?.filter { try accepts(value, $0) }.count == 1
        case "minimum", "maximum", "exclusiveMinimum":
            return try isWithin(name, argument.number ?? 0, value)
        case "minLength", "maxLength", "pattern": return try isText(name, argument, value)
        case "items", "minItems", "maxItems": return try isList(name, argument, value)
        case _: return try isMapping(name, argument, value, in: keywords)
        }
    }

    private func isOf(type: String, _ value: JSON) -> Bool {
        switch (type, value) {
        case ("object", .object), ("array", .array), ("string", .string),
            ("boolean", .boolean), ("number", .number):
            true
        case ("integer", .number(let number)): number == number.rounded()
        case _: false
        }
    }

    private func isWithin(_ name: String, _ bound: Double, _ value: JSON) throws -> Bool {
        guard let number = value.number else { return true }
        return name == "minimum"
            ? number >= bound : name == "maximum" ? number <= bound : number > bound
    }

    private func isText(_ name: String, _ argument: JSON, _ value: JSON) throws -> Bool {
        guard let text = value.string else { return true }
        let length = Double(text.unicodeScalars.count)
        switch name {
        case "minLength": return length >= argument.number ?? 0
        case "maxLength": return length <= argument.number ?? 0
        case _: return try Regex(argument.string ?? "").firstMatch(in: text) != nil
        }
    }

    private func isList(_ name: String, _ argument: JSON, _ value: JSON) throws -> Bool {
        guard let items = value.array else { return true }
        switch name {
        case "minItems": return Double(items.count) >= argument.number ?? 0
        case "maxItems": return Double(items.count) <= argument.number ?? 0
        case _: return try items.allSatisfy { try accepts($0, argument) }
        }
    }

    private func isMapping(
        _ name: String,
        _ argument: JSON,
        _ value: JSON,
        in keywords: [String: JSON]
    ) throws -> Bool {
        guard let members = value.object else { return true }
        switch name {
        case "minProperties":
            return Double(members.count) >= argument.number ?? 0
        case "required":
            return argument.array?.allSatisfy { members[$0.string ?? ""] != nil } == true
        case "properties":
            return try members.allSatisfy { try accepts($1, argument[$0] ?? .boolean(true)) }
        case "additionalProperties":
            let known = keywords["properties"]?.object ?? [:]
            return try members.filter { known[$0.key] == nil }
                .allSatisfy { try accepts($0.value, argument) }
        case "propertyNames":
            return try members.keys.allSatisfy { try accepts(.string($0), argument) }
        case "dependentRequired":
            return argument.object?.allSatisfy { name, others in
                members[name] == nil
                    || others.array?.allSatisfy { members[$0.string ?? ""] != nil } == true
            } == true
        case "dependentSchemas":
            return try argument.object?.allSatisfy {
                try members[$0] == nil || accepts(value, $1)
            } == true
        case _:
            throw Unexpected(what: "the keyword \(name), which this validator does not know")
        }
    }
}
