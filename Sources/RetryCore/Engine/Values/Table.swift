/// Large values by key, which are read and changed where they lie.
///
/// A dictionary moves a value out and in again for every change of one of its fields, and that of a
/// watch or an episode is hundreds of bytes. What is asked often takes the ``place(of:)`` once and
/// then names only fields of ``subscript(at:)``, which copies nothing else.
struct Table<Key: Hashable & Sendable, Value: Hashable & Sendable>: Sendable {
    /// Up to so many keys are compared one by one: that is faster than a hash.
    private static var few: Int { 8 }

    /// The keys, in no order.
    private(set) var keys: [Key] = []
    /// The values at the places of their keys, in no order.
    private(set) var values: [Value] = []
    /// The place of each key; empty while the keys are few.
    private var places: [Key: Int] = [:]

    /// How many values there are.
    var count: Int { keys.count }

    /// Whether there is none.
    var isEmpty: Bool { keys.isEmpty }

    /// Where the value of a key lies, until a key is added or taken away; nil where there is none.
    @inline(__always)
    func place(of key: Key) -> Int? {
        guard keys.count <= Table.few else { return places[key] }
        var place = 0
        while place < keys.count {
            if keys[place] == key { return place }
            place += 1
        }
        return nil
    }

    /// The value at a place.
    subscript(at place: Int) -> Value {
        @inline(__always) _read { yield values[place] }
        @inline(__always) _modify { yield &values[place] }
    }

    /// The value of a key; nil where there is none, and to remove it.
    subscript(key: Key) -> Value? {
        @inline(__always) get {
            guard let place = place(of: key) else { return nil }
            return values[place]
        }
        // Out of the table meanwhile: a second holder would make every change a copy.
        _modify {
            let place = place(of: key)
            var value = place.map { takeValue(at: $0) }
            defer { put(value, for: key, at: place) }
            yield &value
        }
    }

    /// A table of those that pass.
    func filter(_ isIncluded: ((key: Key, value: Value)) -> Bool) -> Table {
        var result = Table()
        for pair in self where isIncluded(pair) { result.insert(pair.value, for: pair.key) }
        return result
    }

    /// Takes the value at a place out; its key stays until ``put(_:for:at:)``.
    private mutating func takeValue(at place: Int) -> Value {
        values.swapAt(place, values.count - 1)
        return values.removeLast()
    }

    /// Puts a value back, or takes its key away.
    private mutating func put(_ value: Value?, for key: Key, at place: Int?) {
        switch (value, place) {
        case (let value?, let place?):
            values.append(value)
            values.swapAt(place, values.count - 1)
        case (let value?, nil): insert(value, for: key)
        case (nil, let place?): removeKey(at: place)
        case (nil, nil): break
        }
    }

    private mutating func insert(_ value: Value, for key: Key) {
        keys.append(key)
        values.append(value)
        if keys.count > Table.few + 1 {
            places[key] = keys.count - 1
        } else if keys.count > Table.few {
            for (place, key) in keys.enumerated() { places[key] = place }
        }
    }

    /// Takes the key of a place away whose value is out; the last one has moved there.
    private mutating func removeKey(at place: Int) {
        keys.swapAt(place, keys.count - 1)
        let key = keys.removeLast()
        guard keys.count > Table.few else {
            places = [:]
            return
        }
        places[key] = nil
        if place < keys.count { places[keys[place]] = place }
    }
}

extension Table: Sequence {
    /// Every key with its value, in no order.
    func makeIterator() -> some IteratorProtocol<(key: Key, value: Value)> {
        zip(keys, values).lazy.map { (key: $0, value: $1) }.makeIterator()
    }
}

extension Table: Hashable {
    static func == (left: Table, right: Table) -> Bool {
        left.count == right.count && left.allSatisfy { right[$0.key] == $0.value }
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        var pairs = 0
        for (key, value) in self {
            var one = Hasher()
            one.combine(key)
            one.combine(value)
            pairs ^= one.finalize()
        }
        hasher.combine(pairs)
    }
}
