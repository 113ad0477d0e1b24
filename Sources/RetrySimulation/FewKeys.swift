/// Values by a handful of keys, which are compared one by one: that is faster than to hash them.
///
/// A seed has five pipelines and two targets at most.
struct FewKeys<Key: Equatable & Sendable, Value: Sendable>: Sendable {
    private var keys: [Key] = []
    private var values: [Value] = []

    /// The value of a key; nil where there is none, and to take it away.
    subscript(key: Key) -> Value? {
        get {
            guard let place = keys.firstIndex(of: key) else { return nil }
            return values[place]
        }
        set {
            let place = keys.firstIndex(of: key)
            if let newValue {
                put(newValue, for: key, at: place)
            } else if let place {
                keys.remove(at: place)
                values.remove(at: place)
            }
        }
    }

    private mutating func put(_ value: Value, for key: Key, at place: Int?) {
        if let place {
            values[place] = value
        } else {
            keys.append(key)
            values.append(value)
        }
    }

    /// Sets the value of a key; returns the one before.
    mutating func replace(_ key: Key, by value: Value) -> Value? {
        guard let place = keys.firstIndex(of: key) else {
            put(value, for: key, at: nil)
            return nil
        }
        var former = value
        swap(&values[place], &former)
        return former
    }

    /// Changes the value of a key where it lies, or adds one.
    mutating func change<Result>(
        _ key: Key,
        from first: @autoclosure () -> Value,
        _ body: (inout Value) -> Result
    ) -> Result {
        if let place = keys.firstIndex(of: key) { return body(&values[place]) }
        keys.append(key)
        values.append(first())
        return body(&values[values.count - 1])
    }
}

extension FewKeys: ExpressibleByDictionaryLiteral {
    init(dictionaryLiteral pairs: (Key, Value)...) {
        for (key, value) in pairs { self[key] = value }
    }
}
