import Primitives

extension KeyedDecodingContainer {
    /// A list's elements; absent and null lists are empty, null elements are omitted.
    func list<Element: Decodable>(_ key: Key, of: Element.Type = Element.self) throws -> [Element] {
        try decodeIfPresent([Element?].self, forKey: key)?.compactMap { $0 } ?? []
    }

    /// The elements of a list without which a document is not the requested one; the list may be
    /// empty.
    func needed<Element: Decodable>(_ key: Key, of: Element.Type = Element.self) throws -> [Element]
    {
        try decode([Element?].self, forKey: key).compactMap { $0 }
    }

    /// A map's values; an absent map is empty, null values are omitted.
    func map(_ key: Key) throws -> [String: String] {
        try decodeIfPresent([String: String?].self, forKey: key)?.compactMapValues { $0 } ?? [:]
    }

    /// A value, where it is there and not null.
    func value<Value: Decodable>(_ key: Key, of: Value.Type = Value.self) throws -> Value? {
        try decodeIfPresent(Value.self, forKey: key)
    }

    /// A timestamp, where it is there and can be computed with.
    func time(_ key: Key) throws -> WallTime? {
        try decodeIfPresent(WireTime.self, forKey: key)?.time
    }
}
