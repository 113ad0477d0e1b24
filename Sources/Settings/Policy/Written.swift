/// A value that the file writes, with the place to point at.
struct Written<Value> {
    let value: Value
    let mark: Mark
    let key: String
}

extension Section {
    /// The value of a key as `read` understands it; nil when it is not written or faulty.
    func written<Value>(_ name: String, _ read: (Field) -> Value?) -> Written<Value>? {
        guard let field = self[name], let value = read(field) else { return nil }
        return Written(value: value, mark: field.mark, key: field.key)
    }
}
