import YAML

/// A value of the file with its position for error messages.
struct Located<Value> {
    let value: Value
    let position: SourcePosition
    let key: String
}

extension Section {
    /// The value of a key as `read` understands it; nil when it is unset or invalid.
    func written<Value>(_ name: String, _ read: (Field) -> Value?) -> Located<Value>? {
        guard let field = self[name], let value = read(field) else { return nil }
        return Located(value: value, position: field.position, key: field.key)
    }
}
