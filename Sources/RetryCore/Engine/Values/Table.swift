/// Large values by key, which are read and changed where they lie.
///
/// A dictionary moves a value out and in again for every change of one of its fields, and that of a
/// watch or an episode is hundreds of bytes.
struct Table<Key: Hashable & Sendable, Value: Hashable & Sendable>: Sendable {
    /// Up to so many places are found by comparing their keys: that is faster than a hash.
    private static var few: Int { 8 }

    private var places: [Key: Int] = [:]
    /// The key that each place had last, as long as the places are few.
    private var owners: [Key] = []
    /// Whether each of them is still its.
    private var isTaken: [Bool] = []
    private var slots: [Value?] = []
    private var free: [Int] = []

    /// How many values there are.
    var count: Int { places.count }

    /// Whether there is none.
    var isEmpty: Bool { places.isEmpty }

    /// How many slots it has, including freed ones.
    var capacity: Int { slots.count }

    /// The keys, in no order.
    var keys: Dictionary<Key, Int>.Keys { places.keys }

    /// The values, in no order.
    var values: some Sequence<Value> { slots.lazy.compactMap(\.self) }

    /// The value of a key; nil where there is none, and to remove it.
    subscript(key: Key) -> Value? {
        @inline(__always) get {
            guard let place = place(of: key) else { return nil }
            return slots[place]
        }
        // With a single place to yield from, a change allocates nothing.
        @inline(__always) _modify {
            let place = place(of: key) ?? reserve(key)
            yield &slots[place]
            if isVacant(place) { vacate(place, of: key) }
        }
    }

    /// A table of those that pass.
    func filter(_ isIncluded: ((key: Key, value: Value)) -> Bool) -> Table {
        var result = Table()
        for pair in self where isIncluded(pair) { result.insert(pair.value, for: pair.key) }
        return result
    }

    private mutating func insert(_ value: Value, for key: Key) {
        slots[place(of: key) ?? reserve(key)] = value
    }

    @inline(__always)
    private func place(of key: Key) -> Int? {
        guard slots.count <= Table.few else { return places[key] }
        var place = 0
        while place < owners.count {
            if owners[place] == key, isTaken[place] { return place }
            place += 1
        }
        return nil
    }

    /// Reserves an empty slot for a key.
    private mutating func reserve(_ key: Key) -> Int {
        let place = free.popLast() ?? slots.count
        if place == slots.count { slots.append(nil) }
        places[key] = place
        if slots.count <= Table.few {
            if place == owners.count {
                owners.append(key)
                isTaken.append(true)
            } else {
                owners[place] = key
                isTaken[place] = true
            }
        } else {
            owners = []
            isTaken = []
        }
        return place
    }

    @inline(__always)
    private func isVacant(_ place: Int) -> Bool {
        switch slots[place] {
        case .some: false
        case .none: true
        }
    }

    private mutating func vacate(_ place: Int, of key: Key) {
        places[key] = nil
        if place < owners.count { isTaken[place] = false }
        free.append(place)
    }
}

extension Table: Sequence {
    /// Every key with its value, in no order.
    func makeIterator() -> some IteratorProtocol<(key: Key, value: Value)> {
        places.lazy.compactMap { key, place in slots[place].map { (key: key, value: $0) } }
            .makeIterator()
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
