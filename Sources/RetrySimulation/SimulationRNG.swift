import Primitives

/// Seeded chances, one stream for each purpose, so that one more roll here moves nothing there.
struct SimulationRNG: Sendable {
    private var generator: SplitMix64

    init(seed: UInt64, _ purpose: String) {
        var hash = StableHash()
        hash.add(seed)
        hash.add(purpose)
        generator = SplitMix64(seed: hash.value)
    }

    /// True with a probability from 0 to 1; nothing is drawn for an impossible event.
    mutating func chance(_ probability: Double) -> Bool {
        probability > 0 && generator.uniform() < probability
    }

    /// A number from 0 up to but not including 1.
    mutating func uniform() -> Double {
        generator.uniform()
    }

    /// A whole number of a range.
    mutating func number(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(generator.next() % UInt64(range.count))
    }

    /// Milliseconds between two spans given in milliseconds.
    mutating func span(_ range: ClosedRange<Int>) -> Int64 {
        Int64(number(range))
    }

    /// One of several, all alike.
    mutating func pick<Value>(_ values: [Value]) -> Value {
        precondition(!values.isEmpty, "there is nothing to pick from")
        return values[number(0...values.count - 1)]
    }

    /// A seed for a generator of somebody else's.
    mutating func seed() -> UInt64 {
        generator.next()
    }
}
